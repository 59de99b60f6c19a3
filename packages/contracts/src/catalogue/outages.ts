import { codeText } from "../language.ts";

const outage = (...texts: Parameters<typeof codeText>) => ({ status: 503, ...codeText(...texts) });

/** What is answered while the service, or what it works on, is not itself; all of them may be sent again. */
export const OUTAGE_PROBLEMS = {
  service_unavailable: outage(
    "服务暂不可用",
    "服务暂时不能回答；请按 Retry-After 所示秒数后重试。",
    "Service unavailable",
    "The service cannot answer just now; please try again after the seconds that Retry-After gives.",
  ),
  outcome_unknown: outage(
    "结果未知",
    "数据库连接在提交时中断，请求可能已经生效；请按 Retry-After 所示秒数后原样重发（如有 Idempotency-Key，用同一键），可放心重发。",
    "Outcome unknown",
    "The connection to the database was lost while the request was being committed, so it may have taken effect. Please send it again after the seconds that Retry-After gives, as it was and with the same Idempotency-Key if it had one; that is safe.",
  ),
  deadline_exceeded: outage(
    "处理超时",
    "服务未能在限定时间内答复；请求可能已经生效，可放心重发。",
    "Not answered in time",
    "The service did not answer in time; the request may have taken effect, and sending it again is safe.",
  ),
} as const;
