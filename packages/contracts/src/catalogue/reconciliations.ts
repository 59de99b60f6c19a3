import { type CodeText, codeText } from "../language.ts";

/** How far a reconciliation is. */
export const RECONCILIATION_STATES = ["queued", "comparing", "different", "repairing", "closed", "failed"] as const;
export type ReconciliationState = (typeof RECONCILIATION_STATES)[number];

export const RECONCILIATION_STATE_TEXTS: Readonly<Record<ReconciliationState, CodeText>> = {
  queued: codeText("排队中", "等待开始比对。", "Queued", "It waits to begin."),
  comparing: codeText("比对中", "正在与平台逐日比对。", "Comparing", "The two sides are being compared."),
  different: codeText(
    "有差异",
    "两边不一致；可补采修复，或凭说明结案。",
    "Different",
    "The two sides differ; read the days again to repair it, or close it with an explanation.",
  ),
  repairing: codeText(
    "修复中",
    "正在补采有差异的各日，完成后重新比对。",
    "Repairing",
    "The days that differ are read again; after that they are compared anew.",
  ),
  closed: codeText("已结案", "已结案，证明见 proof。", "Closed", "It is closed; what shows it is in proof."),
  failed: codeText(
    "未能比对",
    "比对没有完成，原因见 error。",
    "Failed",
    "It was not compared; the reason is in error.",
  ),
};

/** On what a reconciliation was closed. */
export const CLOSING_TEXTS = {
  agreed: codeText("两边一致", "两边一致，无须修复。", "Agreed", "The two sides agreed without a repair."),
  repaired: codeText(
    "修复后一致",
    "补采之后重新比对，两边一致。",
    "Repaired",
    "After the days were read again the two sides agreed.",
  ),
  explained: codeText(
    "凭说明结案",
    "仍有差异，由经办人凭说明结案。",
    "Explained",
    "Differences remain; an operator closed it with an explanation.",
  ),
} as const satisfies Record<string, CodeText>;
export type ClosingBasis = keyof typeof CLOSING_TEXTS;

export const DIFFERENCE_TEXTS = {
  missing_here: codeText(
    "本方缺失",
    "平台有此记录，本方没有；补采可以修复。",
    "Missing here",
    "The platform has the record and this service has not; reading the day again repairs it.",
  ),
  missing_there: codeText(
    "平台缺失",
    "本方有此记录，平台没有；补采不能修复，请向平台核实。",
    "Missing there",
    "This service has the record and the platform has not; reading again cannot repair it, please ask the platform.",
  ),
  differs: codeText(
    "内容不同",
    "两边的更新时间、学时或状态不同；平台的更新时间不早于本方时，补采可以修复。",
    "Differs",
    "Update time, hours or status differ; where the platform's update time is not the earlier one, reading again repairs it.",
  ),
} as const satisfies Record<string, CodeText>;

/** How a day came out. */
export const DAY_STATE_TEXTS = {
  equal: codeText("一致", "条数、学时与摘要都一致。", "Equal", "Count, hours and digest agree."),
  different: codeText(
    "不一致",
    "有差异，见差异清单。",
    "Different",
    "It differs; the records are among the differences.",
  ),
  digest_wrong: codeText(
    "摘要有误",
    "各条记录一致，但平台给出的摘要与其自己的记录不符；请平台核对摘要的算法。",
    "Digest is wrong",
    "All records agree, but the platform's digest is not that of its own records; please ask it to check how it computes it.",
  ),
  sums_wrong: codeText(
    "合计与清单不符",
    "平台列出的各条记录与本方一致，但平台给出的条数或学时与其自己的清单不符，清单可能不全；请平台核对，或凭说明结案。",
    "Sums do not fit the list",
    "The records that the platform lists agree, but its count or hours are not those of its own list, which may be cut off; please ask it to check, or close it with an explanation.",
  ),
  not_listed: codeText(
    "未逐条比对",
    "不一致；此前差异已过多，这一天没有逐条比对。修复后重新比对。",
    "Not listed",
    "It differs; so much did before that its records were not compared. They are after a repair.",
  ),
} as const satisfies Record<string, CodeText>;

/** Why a reconciliation failed, besides the reasons for which a pull fails. */
export const RECONCILIATION_FAILURE_TEXTS = {
  not_due: codeText(
    "尚未到期",
    "范围内没有一天早于最近一次完整采集（再往前减去回看的时间）；请先采集，再比对。",
    "Not due",
    "No day of the range ended before the last complete pull, less its overlap; please pull first.",
  ),
  day_wrong: codeText(
    "日期不符",
    "平台把记录列在了与其更新时间（东八区）不同的一天；请平台按东八区分日。",
    "Day is wrong",
    "The platform lists a record under a day on which, in UTC+8, it was not updated; please ask it to take days in UTC+8.",
  ),
  day_too_large: codeText(
    "一日过多",
    "平台某一天的记录超过可比对的上限。",
    "Day is too large",
    "A day of the platform has more records than can be compared.",
  ),
  ids_ignored: codeText(
    "未按记录号应答",
    "按记录号查询时，平台给出了未问到的记录；请平台按 recordIds 应答。",
    "Ids are ignored",
    "Asked for records by their ids, the platform answered others; please ask it to answer by recordIds.",
  ),
  no_progress: codeText(
    "分页没有尽头",
    "平台的分页不断给出同样的游标，或没有尽头；请平台核对 nextCursor。",
    "Paging has no end",
    "The platform's pages give the same cursor again, or have no end; please ask it to check nextCursor.",
  ),
  body_too_large: codeText(
    "应答过大",
    "平台的一页应答超过上限；请平台减小每页的记录数。",
    "Answer is too large",
    "One page of the platform's answer is larger than is taken; please ask it for smaller pages.",
  ),
  credential_missing: codeText(
    "没有凭据",
    "该平台的凭据没有配置，或不能放入请求头；请核对配置。",
    "No credentials",
    "The credentials of the platform are not configured, or cannot be sent in a header; please check the target.",
  ),
  login_refused: codeText(
    "拒绝登录",
    "平台拒绝登录，请核对凭据。",
    "Login refused",
    "The platform refused the login; please check the credentials.",
  ),
  signature_refused: codeText(
    "拒绝签名",
    "平台拒绝签名，请核对密钥。",
    "Signature refused",
    "The platform refused the signature; please check the key.",
  ),
  redirect_refused: codeText(
    "指向别处",
    "平台的应答指向别的地址；为保护凭据没有跟随，请核对地址。",
    "Leads elsewhere",
    "The platform's answer leads to another address, which was not followed to keep the credentials safe; please check the target.",
  ),
  timeout: codeText(
    "应答超时",
    "平台没有在规定时间内应答；请稍后再比对，或缩小范围。",
    "Too late",
    "The platform did not answer in time; please compare again later, or fewer days.",
  ),
  no_protocol: codeText(
    "不支持对账",
    "该平台没有配置对账接口；可按总数对账（totals）。",
    "No protocol",
    "The platform does not serve reconciliation; totals can be compared instead.",
  ),
  target_missing: codeText(
    "没有地址",
    "没有配置该平台的地址。",
    "No address",
    "No address is configured for this platform.",
  ),
  body_invalid: codeText(
    "应答不合协议",
    "平台的应答不是对账协议的格式。",
    "Answer is not of the protocol",
    "The platform's answer is not of the form that the protocol gives it.",
  ),
  http_status: codeText(
    "平台未能应答",
    "平台以错误状态应答；请核对其对账接口的地址。",
    "Platform did not answer",
    "The platform answered with an error status; please check the address of its reconciliation.",
  ),
  connection_failed: codeText(
    "连接不上",
    "连接不上该平台，请核对地址和网络。",
    "Not reachable",
    "The platform cannot be reached; please check the address and the network.",
  ),
  platform_failed: codeText(
    "平台未能应答",
    "平台的应答不可用；请稍后再比对。",
    "Platform did not answer",
    "The platform's answer could not be used; please compare again later.",
  ),
  internal_error: codeText(
    "系统出错",
    "因系统自身的原因未能完成；请重新发起，仍不成功请联系运维。",
    "Something went wrong here",
    "For a reason of ours it was not finished; please start it again, and tell the operator if it fails once more.",
  ),
} as const satisfies Record<string, CodeText>;
