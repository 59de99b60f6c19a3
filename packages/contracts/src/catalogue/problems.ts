import { type CodeText, codeText } from "../language.ts";

export interface ProblemText extends CodeText {
  /** HTTP status of the answer that carries the code. */
  readonly status: number;
}

function problem(status: number, titleZh: string, messageZh: string, titleEn: string, messageEn: string): ProblemText {
  return { status, ...codeText(titleZh, messageZh, titleEn, messageEn) };
}

/** Every code that `application/problem+json` can carry (RFC 9457), with its one HTTP status. Closed list. */
export const PROBLEMS = {
  malformed_request: problem(
    400,
    "请求无法解析",
    "请求的地址、请求头或正文不符合 HTTP 规范，请检查后重发。",
    "Request cannot be read",
    "The address, the headers or the body of the request are not valid HTTP; please correct and send it again.",
  ),
  malformed_json: problem(
    400,
    "正文不是有效的 JSON",
    "正文须是 UTF-8 编码的 JSON，嵌套不超过 32 层；请检查编码、引号与逗号。",
    "Body is not valid JSON",
    "The body must be JSON in UTF-8, nested at most 32 deep; please check encoding, quotes and commas.",
  ),
  credentials_missing: problem(
    401,
    "缺少访问密钥",
    "请在 Authorization 请求头中以 Bearer 方式提供访问密钥。",
    "API key is missing",
    "Please send your API key in the Authorization header: Bearer <key>.",
  ),
  credentials_invalid: problem(
    401,
    "访问密钥无效",
    "访问密钥不存在、已停用或格式不对；请核对，或向管理员申请新密钥。",
    "API key is not valid",
    "The API key is unknown, revoked or malformed; please check it, or ask the operator for a new one.",
  ),
  scope_missing: problem(
    403,
    "密钥无此权限",
    "此密钥没有本接口要求的权限；请向管理员申请相应权限。",
    "API key lacks the scope",
    "This key does not hold the scope that this operation requires; please ask the operator for it.",
  ),
  route_not_found: problem(
    404,
    "没有这个接口",
    "此地址下没有接口；全部接口见 /docs。",
    "No such operation",
    "There is nothing at this address; all operations are listed at /docs.",
  ),
  batch_not_found: problem(
    404,
    "没有这个批次",
    "没有这个批次，或它属于另一来源；批次号见上报时的回执。",
    "No such batch",
    "There is no such batch, or it belongs to another source; the id is in the answer to the push.",
  ),
  record_not_found: problem(
    404,
    "没有这条记录",
    "贵来源没有上报过这个记录号。",
    "No such record",
    "Your source has never sent a record with this id.",
  ),
  verdict_not_found: problem(
    404,
    "没有这个结论",
    "没有以此编号保存的结论；核验时须带 keep: true 才会保存。",
    "No such verdict",
    "No verdict is kept under this id; a check keeps its verdict only with keep: true.",
  ),
  platform_not_found: problem(
    404,
    "没有这个平台",
    "没有配置这个平台；已接入的平台见 GET /v1/platforms。",
    "No such platform",
    "No such platform is configured; the connected ones are listed by GET /v1/platforms.",
  ),
  review_not_found: problem(
    404,
    "没有这条待办",
    "这条记录没有待处理的事项，也未曾有过。",
    "No such review",
    "This record does not wait for a review and never did.",
  ),
  method_not_allowed: problem(
    405,
    "不支持这种请求方法",
    "此地址不支持该请求方法；可用的方法见 Allow 响应头。",
    "Method not allowed",
    "This address does not take this method; the ones it takes are in the Allow header.",
  ),
  request_timeout: problem(
    408,
    "请求发送过慢",
    "服务在限定时间内没有收到完整的请求；请重发。",
    "Request came too slowly",
    "The whole request did not arrive in time; please send it again.",
  ),
  decision_conflict: problem(
    409,
    "事项已有不同的决定",
    "这条记录已经作出另一决定，或其状态已变；请重新读取后再决定。",
    "Already decided otherwise",
    "The record was decided otherwise, or its state has changed; please read it again before deciding.",
  ),
  pull_in_progress: problem(
    409,
    "采集正在进行",
    "该平台的采集正在进行；请等它结束，进度见 GET /v1/pulls。",
    "Pull is in progress",
    "A pull of this platform is running; please wait for its end, see GET /v1/pulls.",
  ),
  idempotency_key_in_use: problem(
    409,
    "同一请求正在处理",
    "带同一 Idempotency-Key 的请求正在处理；请按 Retry-After 所示秒数后重发，将得到同一结果。",
    "The same request is under way",
    "A request with this Idempotency-Key is being answered; send it again after the seconds that Retry-After gives, for the same answer.",
  ),
  body_too_large: problem(
    413,
    "正文过大",
    "正文超过本接口的上限；请分成几次发送。",
    "Body is too large",
    "The body is larger than this operation takes; please split it.",
  ),
  unsupported_media_type: problem(
    415,
    "不支持这种正文类型",
    "请以文档所列的 Content-Type 发送（多为 application/json）；压缩只接受 gzip。",
    "Unsupported media type",
    "Please send a Content-Type that the docs list (application/json mostly); gzip is the only content encoding.",
  ),
  validation_failed: problem(
    422,
    "内容不符合要求",
    "正文或参数有误，各处错误见 errors。",
    "Content is not acceptable",
    "The body or a parameter is not acceptable; each place is listed in errors.",
  ),
  idempotency_key_reused: problem(
    422,
    "幂等键已用于其他内容",
    "此 Idempotency-Key 已用于另一内容的请求；内容不同须用新的键。",
    "The key was used for other content",
    "This Idempotency-Key was sent with other content before; other content needs a key of its own.",
  ),
  rate_limited: problem(
    429,
    "请求过于频繁",
    "请求超过此密钥的限额；请按 Retry-After 所示秒数后重试。",
    "Too many requests",
    "The key's rate limit is exceeded; please try again after the seconds that Retry-After gives.",
  ),
  headers_too_large: problem(
    431,
    "请求头过大",
    "请求头超过上限；请减少后重发。",
    "Headers are too large",
    "The headers are larger than the service takes; please send fewer.",
  ),
  internal_error: problem(
    500,
    "服务内部错误",
    "服务出错，已记录；联系管理员时请提供 requestId。",
    "Internal error",
    "Something went wrong here and was logged; please give the requestId when you ask the operator.",
  ),
  service_unavailable: problem(
    503,
    "服务暂不可用",
    "服务暂时不能回答；请按 Retry-After 所示秒数后重试。",
    "Service unavailable",
    "The service cannot answer just now; please try again after the seconds that Retry-After gives.",
  ),
  deadline_exceeded: problem(
    503,
    "处理超时",
    "服务未能在限定时间内答复；请求可能已经生效，可放心重发。",
    "Not answered in time",
    "The service did not answer in time; the request may have taken effect, and sending it again is safe.",
  ),
} as const satisfies Record<string, ProblemText>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];
