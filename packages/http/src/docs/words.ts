import type { CatalogueGroup, Text } from "@xueshi/contracts";

/** The fixed words of the docs page. */
export const WORDS = {
  operations: { "zh-CN": "接口", en: "Operations" },
  codes: { "zh-CN": "代码", en: "Codes" },
  conventions: { "zh-CN": "约定", en: "Conventions" },
  scope: { "zh-CN": "权限", en: "Scope" },
  public: { "zh-CN": "公开", en: "public" },
  parameters: { "zh-CN": "参数", en: "Parameters" },
  body: { "zh-CN": "正文", en: "Body" },
  answer: { "zh-CN": "回答", en: "Answer" },
  problems: { "zh-CN": "错误", en: "Problems" },
  field: { "zh-CN": "字段", en: "Field" },
  type: { "zh-CN": "类型", en: "Type" },
  notes: { "zh-CN": "说明", en: "Notes" },
  required: { "zh-CN": "必填", en: "required" },
  code: { "zh-CN": "代码", en: "Code" },
  status: { "zh-CN": "状态码", en: "Status" },
  meaning: { "zh-CN": "含义", en: "Meaning" },
  bytes: { "zh-CN": "字节", en: "bytes" },
  otherLanguage: { "zh-CN": "English", en: "中文" },
} as const satisfies Record<string, Text>;

/** What holds for every operation. */
export const CONVENTIONS: readonly Text[] = [
  {
    "zh-CN": "访问密钥放在 Authorization: Bearer xs_… 请求头中；密钥只以 SHA-256 保存。",
    en: "Send your API key as Authorization: Bearer xs_…; only its SHA-256 is stored.",
  },
  {
    "zh-CN": "学时是至多两位小数的 JSON 数；日期形如 2020-07-31，按北京时间；时刻为 ISO 8601，带时区。",
    en: "Hours are JSON numbers with at most two decimals; dates look like 2020-07-31 and are read in Asia/Shanghai; instants are ISO 8601 with their zone.",
  },
  {
    "zh-CN": "代码（code）不随语言变化，请以代码为准；message 随 Accept-Language，默认中文。",
    en: "Codes never change with the language: rely on them. Messages follow Accept-Language, Chinese by default.",
  },
  {
    "zh-CN": "错误一律是 application/problem+json（RFC 9457）；requestId 供联系管理员时使用。",
    en: "Every error is application/problem+json (RFC 9457); give its requestId when you ask the operator.",
  },
  {
    "zh-CN": "列表以 cursor 翻页：原样送回 nextCursor；为 null 时已是末页。",
    en: "Lists are paged by cursor: send nextCursor back unchanged; null is the last page.",
  },
];

export const GROUP_TITLES: Readonly<Record<CatalogueGroup, Text>> = {
  problem: { "zh-CN": "错误（problem）", en: "Problems" },
  field: { "zh-CN": "字段错误（errors）", en: "Field errors" },
  receipt: { "zh-CN": "回执结果（outcome）", en: "Receipt outcomes" },
  refusal: { "zh-CN": "未接收的原因", en: "Why a record is refused" },
  hold: { "zh-CN": "暂挂的原因", en: "Why a record is held" },
  record: { "zh-CN": "记录状态（state）", en: "Record states" },
  uncounted: { "zh-CN": "未计入的原因（uncounted）", en: "Why a record does not count" },
  flag: { "zh-CN": "提示（flags）", en: "Flags" },
  reason: { "zh-CN": "结论的理由（reasons）", en: "Reasons of a verdict" },
  notice: { "zh-CN": "附注（notices）", en: "Notices" },
  freshness: { "zh-CN": "数据时效（freshness）", en: "Freshness" },
  replay: { "zh-CN": "结论重算（replay）", en: "Why a verdict is not replayed as it was" },
  batch: { "zh-CN": "批次状态", en: "Batch states" },
  pull: { "zh-CN": "采集状态", en: "Pull states" },
  quarantine: { "zh-CN": "待核查的行", en: "Rows kept apart" },
  "not-decided": { "zh-CN": "未作决定的原因", en: "Why a row was not decided of" },
  pullKind: { "zh-CN": "采集方式（kind）", en: "Kinds of pulls" },
  finding: { "zh-CN": "采集可疑的原因（findings）", en: "Why a pull is suspicious" },
  breaker: { "zh-CN": "平台的定时采集（breaker）", en: "Whether pulls on schedule go" },
  review: { "zh-CN": "待办的原因", en: "Why a record waits for review" },
  readmission: { "zh-CN": "重读状态", en: "States of a re-admission" },
  readmissionFailure: { "zh-CN": "重读未完成的原因（failure）", en: "Why a re-admission did not come to its end" },
  upload: { "zh-CN": "上传状态", en: "Upload states" },
  uploadFailure: { "zh-CN": "上传未被接收的原因（reason）", en: "Why an upload is not taken" },
  uploadFinding: { "zh-CN": "上传检查的发现（findings）", en: "Findings of an upload" },
  reconciliation: { "zh-CN": "对账状态", en: "States of a reconciliation" },
  reconciliationDay: { "zh-CN": "对账各日的结果", en: "How a day of a reconciliation came out" },
  reconciliationFailure: { "zh-CN": "对账未能完成的原因（error）", en: "Why a reconciliation failed" },
  difference: { "zh-CN": "对账差异的种类（kind）", en: "Kinds of differences" },
  correction: { "zh-CN": "更正的种类（kind）", en: "Kinds of corrections" },
  correctionState: { "zh-CN": "更正的状态（state）", en: "States of a correction" },
  correctionOutcome: { "zh-CN": "更正对一条记录的结果（outcome）", en: "What a correction does to a record" },
  ruleChange: { "zh-CN": "规则变化的状态", en: "States of a change of the rules" },
  duplicateDecision: { "zh-CN": "重复认定的种类（kind）", en: "Kinds of decisions about duplicates" },
  revocation: { "zh-CN": "学时被撤销的原因", en: "Why the hours of a record were taken back" },
  closing: { "zh-CN": "对账结案的依据（basis）", en: "On what a reconciliation is closed" },
  ledgerFinding: { "zh-CN": "台账核对的发现", en: "Findings of a verification" },
};
