import {
  type Flag,
  type HoldCode,
  REFUSED_BY_OPERATOR,
  type ReceiptOutcome,
  type RecordState,
  type RefusalCode,
  type UncountedCode,
} from "@xueshi/domain";
import { type CodeText, codeText } from "../language.ts";

export const RECEIPT_TEXTS: Readonly<Record<ReceiptOutcome, CodeText>> = {
  accepted: codeText("已接收", "新记录，已接收。", "Accepted", "A new record; it was taken in."),
  unchanged: codeText(
    "无变化",
    "与已有内容相同，无任何影响。",
    "Unchanged",
    "The same content is known already; nothing changes.",
  ),
  superseded: codeText(
    "已更新",
    "较新的版本，取代了原有版本。",
    "Superseded",
    "A later version; it takes the place of the one before.",
  ),
  conflict: codeText(
    "版本冲突",
    "同一更新时间有两种内容：学时较少的一种有效，另一种留待处理。",
    "Conflict",
    "Two contents carry the same update time: the one with fewer hours stands, the other is kept for a decision.",
  ),
  history: codeText(
    "历史版本",
    "较早的版本，已存档，不改变现状。",
    "History",
    "An earlier version; it is kept in the history and changes nothing.",
  ),
  held: codeText("暂挂", "暂不入账，原因见 code。", "Held", "It is held and not posted; the reason is in code."),
  refused: codeText(
    "未接收",
    "未接收，原因见 code；改正后可重新上报。",
    "Refused",
    "It was refused; the reason is in code. Correct it and send it again.",
  ),
};

export const REFUSAL_TEXTS: Readonly<Record<RefusalCode, CodeText>> = {
  record_invalid: codeText(
    "记录不完整",
    "记录缺少必填字段、含有未知字段或字段类型不对；请按 errors 所列或接口文档改正，以同一记录号重新上报。",
    "Record is not acceptable",
    "A required field is missing, a field is unknown, or a field has the wrong type; correct what errors or the docs say and send it again under the same id.",
  ),
  id_invalid: codeText(
    "证件号码无效",
    "证件号码须为所填证件类型的有效号码（居民身份证 18 位或 15 位，校验码与出生日期须正确）；请对照证件改正，以同一记录号重新上报。",
    "Id is not valid",
    "The id must be a valid number of its type of document (a resident id has the right check character and birth date); compare it with the document and send it again under the same id.",
  ),
  hours_invalid: codeText(
    "学时无效",
    "学时须为大于 0 的数，至多两位小数，不带单位，如 8 或 4.5；请改正后以同一记录号重新上报。",
    "Hours are not valid",
    "Hours must be a number greater than 0 with at most two decimals and no unit, like 8 or 4.5; correct them and send it again under the same id.",
  ),
  date_invalid: codeText(
    "日期无效",
    "获得日期须为存在的日期，形如 2020-03-02，或带时区的时刻；请改正后以同一记录号重新上报。",
    "Date is not valid",
    "The obtained date must exist, like 2020-03-02, or be an instant with its zone; correct it and send it again under the same id.",
  ),
  year_invalid: codeText(
    "年度无效",
    "年度须为四位数字的年份，如 2020；请改正或不填（按获得日期），以同一记录号重新上报。",
    "Year is not valid",
    "The attributed year must be a year of four digits, like 2020; correct it, or leave it out to have the year of the obtained date, and send it again.",
  ),
  status_invalid: codeText(
    "状态无效",
    "状态不在该来源的状态表中；上报的记录为 draft、submitted、final 或 withdrawn，请改正后重新上报。",
    "Status is not valid",
    "The status is not among those of the source; a pushed record is draft, submitted, final or withdrawn. Correct it and send it again.",
  ),
  update_time_invalid: codeText(
    "更新时间无效",
    "更新时间须为可识别的时刻，形如 2020-03-02T08:00:00+08:00；请改正，或不填以到达时间为准。",
    "Update time is not valid",
    "The update time must be an instant that can be read, like 2020-03-02T08:00:00+08:00; correct it, or leave it out to have the arrival.",
  ),
  erased: codeText(
    "本人信息已删除",
    "该证件号码的个人信息已依法删除，不再接收其记录，此行内容也未保存；请勿再次上报。如认为有误，请与本系统管理单位联系。",
    "The person was erased",
    "The personal data behind this id were erased by law; records of it are taken no more, and nothing of this row was kept. Please do not send it again, and ask the operator if you think this is wrong.",
  ),
};

/** Why a row is held, or was refused by a decision; it counts in nothing until the reason is gone. */
export const HOLD_TEXTS = {
  identity_conflict: codeText(
    "姓名与证件号码不符",
    "该证件号码已以另一姓名登记；请核对证件后以正确的姓名或号码重新上报，姓名确已变更的由经办人认可。",
    "Name and id do not match",
    "The id is known under another name; please check the document and send the record again with the right name or number. Where the name did change, an operator can accept it.",
  ),
  implausible: codeText(
    "内容存疑",
    "不合常理（见 flags），按该来源的规则暂不计入；请核对后更正重报，内容属实的由经办人认可。",
    "Not plausible",
    "It can hardly be right (see flags), and by the rules of its source it is not counted so far; please check and correct it, or ask an operator to accept it where it is true.",
  ),
  [REFUSED_BY_OPERATOR]: codeText(
    "经办人未予认可",
    "经办人核查后未予认可，不计入；有异议请向经办人提供依据，内容有更正的以更新的时间重新上报。",
    "Refused by an operator",
    "An operator looked at it and refused it, so it does not count; please give the operator evidence, or send corrected content with a later update time.",
  ),
} as const satisfies Record<HoldCode | typeof REFUSED_BY_OPERATOR, CodeText>;

export const RECORD_STATE_TEXTS: Readonly<Record<RecordState, CodeText>> = {
  registered: codeText("已登记", "已登记的学时，可以计入。", "Registered", "Registered hours; they can count."),
  not_registered: codeText(
    "未登记",
    "平台上尚未办结（草稿或审核中），不计入。",
    "Not registered",
    "Not final on its platform (draft or under review); it does not count.",
  ),
  unclassified: codeText(
    "科目未定",
    "科目尚未认定，正待处理，暂不计入。",
    "Unclassified",
    "Its subject is not decided yet and waits for review; it does not count so far.",
  ),
  duplicate: codeText(
    "重复成果",
    "与另一条为同一成果，只计学时最高的一条。",
    "Duplicate",
    "It is the same achievement as another record; only the one with the most hours counts.",
  ),
  withdrawn: codeText(
    "已撤回",
    "来源已撤回或删除，不计入。",
    "Withdrawn",
    "Its source withdrew or deleted it; it does not count.",
  ),
  held: codeText(
    "暂挂",
    "姓名与证件号码不符等原因，暂不计入。",
    "Held",
    "It is held, for instance because name and id do not match; it does not count.",
  ),
  refused: codeText(
    "未接收",
    "内容有误未被接收，不计入。",
    "Refused",
    "It was refused because of its content; it does not count.",
  ),
};

export const UNCOUNTED_TEXTS: Readonly<Record<UncountedCode, CodeText>> = {
  registered_elsewhere: codeText(
    "登记在其他平台",
    "登记在本次申报不予认可的平台，不计入。",
    "Registered elsewhere",
    "It is registered on a platform that does not count for this declaration.",
  ),
  recognised_elsewhere: codeText(
    "按其他规则认定",
    "其学时按另一套学时认定规则认定，不与本规则的学时相加，不计入。",
    "Recognised under another rule set",
    "Its hours were recognised under another rule set; hours of two rule sets are never added up.",
  ),
  outside_window: codeText(
    "不在年度范围内",
    "所属年度不在本次申报要求的年度内，不计入。",
    "Outside the window",
    "Its year is not among the years that this declaration asks for.",
  ),
  after_as_of: codeText(
    "晚于核验基准日",
    "获得日期晚于核验基准日，不计入。",
    "After the as-of date",
    "It was obtained after the date as of which the check is made.",
  ),
  subject_not_in_rules: codeText(
    "科目不在规定之内",
    "所适用的规定没有此科目，不计入。",
    "Subject is not in the rules",
    "The rules that apply do not know its subject.",
  ),
  hours_expired: codeText(
    "学时已过有效期",
    "学时已超过规定的有效期，不计入。",
    "Hours have expired",
    "It was obtained longer ago than hours stay valid under the rules.",
  ),
  below_item_minimum: codeText(
    "低于单项最低学时",
    "单项学时低于规定的最低学时，不计入。",
    "Below the minimum of an item",
    "It has fewer hours than one item needs to count.",
  ),
  not_assessed: codeText(
    "未通过考核",
    "规定须在期限内考核合格方可计入，未见合格记录。",
    "Assessment not passed",
    "It counts only after an assessment was passed in time, and none is on record.",
  ),
  over_cap: codeText(
    "超出上限",
    "超出规定的上限，超出部分不计入。",
    "Over a cap",
    "It is above a cap of the rules; what is above does not count.",
  ),
  not_carried_over: codeText(
    "不在结转范围内",
    "上一周期的学时超出可结转的范围，不计入。",
    "Not carried over",
    "It belongs to the period before, and no more hours of it are carried over.",
  ),
  delegated: codeText(
    "由主管部门另行规定",
    "此申报由主管部门另行规定，未作计算。",
    "Delegated",
    "The rule for this declaration is set elsewhere, so nothing was counted.",
  ),
  no_rule_in_force: codeText(
    "没有适用的规定",
    "没有适用的规定，未作计算。",
    "No rule in force",
    "No rule set is in force for this declaration, so nothing was counted.",
  ),
  fact_not_given: codeText(
    "缺少个人日期",
    "所适用的规定需要申报人的某个日期，请求中未提供，未作计算。",
    "A fact is missing",
    "The rule needs a date about the person that was not given, so nothing was counted.",
  ),
};

export const FLAG_TEXTS: Readonly<Record<Flag, CodeText>> = {
  more_hours_than_days_hold: codeText(
    "学时超出日程",
    "学时多于所跨天数所能容纳，仅作提示，照常计入。",
    "More hours than the days hold",
    "More hours than its days can hold; this is shown and removes nothing.",
  ),
  updated_before_obtained: codeText(
    "更新早于获得",
    "更新时间早于获得日期，仅作提示，照常计入。",
    "Updated before it was obtained",
    "Its update time is before the obtained date; this is shown and removes nothing.",
  ),
  training_in_future: codeText(
    "学习尚未结束",
    "学习日期晚于更新时间，仅作提示，照常计入。",
    "Training in the future",
    "A day of study is after its update time; this is shown and removes nothing.",
  ),
  registered_long_after_end: codeText(
    "登记过晚",
    "学习结束很久之后才登记或更新，仅作提示，照常计入。",
    "Registered long after its end",
    "It was registered or updated long after the last day of study; this is shown and removes nothing.",
  ),
  title_names_other_year: codeText(
    "标题所写年度不同",
    "标题写明的年度与所属年度相差较远，仅作提示，照常计入。",
    "The title names another year",
    "The title names a year far from the one that it counts for; this is shown and removes nothing.",
  ),
  overlapping_sessions: codeText(
    "面授时间重叠",
    "同一人另有一项面授或会议在同一天，仅作提示，照常计入。",
    "Overlapping sessions",
    "The same person attended something else in person on the same day; this is shown and removes nothing.",
  ),
  held_as_implausible: codeText(
    "存疑待认可",
    "按该来源的规则，有上述提示的记录须经办人认可后才计入。",
    "Held as implausible",
    "By the rules of its source a row with such a flag counts only after an operator accepted it.",
  ),
  settled_later: codeText(
    "已有更晚的版本",
    "此行被拒或暂挂之后，同一记录已有更晚的有效版本；此行只作为历史保留。",
    "Settled by a later version",
    "After this row was refused or held, a later version of the record was admitted; the row is kept as history.",
  ),
};
