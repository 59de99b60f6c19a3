import type { FreshnessState, NoticeRule, VerdictReason } from "@xueshi/domain";
import { type CodeText, codeText, type Text } from "../language.ts";

/** Why a verdict is what it is. A part in square brackets is shown only when the reason carries its details. */
export const REASON_TEXTS: Readonly<Record<VerdictReason, CodeText>> = {
  requirement_not_met: codeText(
    "学时未达要求",
    "学时要求未达到[：{requirement}还差 {gap} 学时]。",
    "Requirement not met",
    "A requirement is not met[: {requirement}, short by {gap}].",
  ),
  unclassified_hours: codeText(
    "有科目未定的学时",
    "有科目未定的学时，其归类会改变结论；请待科目认定后再核验。",
    "Unclassified hours would decide",
    "Hours without a subject would change the answer; please check again once they are classified.",
  ),
  delegated: codeText(
    "由主管部门另行规定",
    "此申报的学时要求由主管部门另行规定[：{delegatedTo}]，本系统未收录该规定。",
    "Delegated",
    "The requirement for this declaration is set by another authority[: {delegatedTo}], whose rule is not on file.",
  ),
  no_rule_in_force: codeText(
    "没有适用的规定",
    "没有收录适用的规定[：{place} {year} 年]。",
    "No rule in force",
    "No rule set in force is on file[ for {place} in {year}].",
  ),
  authority_not_connected: codeText(
    "认定平台未接入",
    "该职称系列[（{series}）]的学时登记平台尚未接入，无法核验。",
    "Authority not connected",
    "The platform of record for this series[ ({series})] is not connected, so this cannot be checked.",
  ),
  erased: codeText(
    "个人信息已删除",
    "该申报人的个人信息已依法删除，不能再作核验；如认为有误，请与本系统管理单位联系。",
    "The personal data were erased",
    "The personal data of this person were erased by law, so nothing can be checked; please ask the operator if you think this is wrong.",
  ),
  identity_conflict: codeText(
    "姓名与证件号码不符",
    "所填姓名与该证件号码已登记的姓名不符；请核对后重新核验。",
    "Name and id do not match",
    "The name given is not the one that the id is known under; please check both and ask again.",
  ),
  source_stale: codeText(
    "平台数据已过期",
    "所依据平台的数据不够新[：{platform}]，结论暂不能确定。",
    "Source is stale",
    "The data of the platform of record are too old[: {platform}], so the answer is not certain.",
  ),
  source_partial: codeText(
    "平台数据不完整",
    "所依据平台最近一次采集不完整[：{platform}]，结论暂不能确定。",
    "Source is partial",
    "The last pull of the platform of record was incomplete[: {platform}], so the answer is not certain.",
  ),
  source_not_yet_known: codeText(
    "平台数据尚未采集",
    "所依据的平台尚未完成首次采集[：{platform}]。",
    "Source not yet known",
    "The platform of record has not been pulled completely yet[: {platform}].",
  ),
  fact_not_given: codeText(
    "缺少个人日期",
    "所适用的规定需要申报人的一个日期[（{fact}）]；请在 declaration.facts 中提供后重新核验。",
    "A fact is missing",
    "The rule that applies needs a date about the person[ ({fact})]; please give it in declaration.facts and ask again.",
  ),
  provenance_second_hand: codeText(
    "规定系转引",
    "所依据的规定系转引自他处，未见原文；请以原文为准。",
    "The rule is second hand",
    "The rule is known from someone who quotes it, not from its own text; the text itself decides.",
  ),
};

/** Information beside a verdict that does not bind. `{year}`, `{have}` and `{need}` are filled in. */
export const NOTICE_TEXTS: Readonly<Record<NoticeRule["code"], CodeText>> = {
  year_below_annual_duty: codeText(
    "年度学时不足",
    "{year} 年 {have} 学时，低于年度要求的 {need} 学时；仅作提示。",
    "Year below the annual duty",
    "{have} hours in {year} are fewer than the {need} of the annual duty; for information only.",
  ),
};

export const FRESHNESS_TEXTS: Readonly<Record<FreshnessState, CodeText>> = {
  fresh: codeText("最新", "数据完整且在时效内。", "Fresh", "The data are complete and recent enough."),
  stale: codeText("过期", "最近一次完整采集已超过时效。", "Stale", "The last complete pull is too long ago."),
  partial: codeText("不完整", "最近一次采集没有到达末尾。", "Partial", "The last pull did not reach its end."),
  not_yet_known: codeText("尚未采集", "尚未完成首次采集。", "Not yet known", "No pull has been complete so far."),
};

/** How one requirement stands. `{need}` of a ratio is the least that would do beside the hours there are. */
export const REQUIREMENT_TEXTS: Readonly<Record<"met" | "not_met" | "too_late", Text>> = {
  met: {
    "zh-CN": "{title}已有 {have} 学时，要求 {need} 学时[（{yearly}）]，已满足。",
    en: "{title}: {have} of {need} hours[ ({yearly})]; met.",
  },
  not_met: {
    "zh-CN":
      "{title}已有 {have} 学时，要求 {need} 学时[（{yearly}）]，还差 {gap} 学时，须在 {until} 前（含当日）取得。",
    en: "{title}: {have} of {need} hours[ ({yearly})]; {gap} short, to be obtained by {until}.",
  },
  too_late: {
    "zh-CN": "{title}已有 {have} 学时，要求 {need} 学时[（{yearly}）]，差 {gap} 学时；期限 {until} 已过。",
    en: "{title}: {have} of {need} hours[ ({yearly})]; {gap} short, and the last day was {until}.",
  },
};

export const CAP_TEXT: Text = {
  "zh-CN": "{title}至多计 {most} 学时，已计 {counted} 学时，另有 {cut} 学时超出而未计。",
  en: "{title}: at most {most} hours count; {counted} do, {cut} are above it and do not.",
};

/** What is missing at least. */
export const MISSING_TEXTS: Readonly<Record<"possible" | "too_late" | "item", Text>> = {
  possible: {
    "zh-CN": "至少还需 {hours} 学时：{items}。",
    en: "At least {hours} more hours are needed: {items}.",
  },
  too_late: {
    "zh-CN": "所要求的期限已过，再补学时也无法满足。",
    en: "The time for it has passed; more hours cannot meet the requirements any more.",
  },
  item: { "zh-CN": "{title} {hours} 学时（{until} 前）", en: "{hours} of {title} by {until}" },
};

/** How groups of subjects are called in messages. */
export const SUBJECT_TITLES: Readonly<Record<string, Text>> = {
  all: { "zh-CN": "总学时", en: "total hours" },
  professional: { "zh-CN": "专业科目", en: "professional hours" },
  industry_common: { "zh-CN": "行业公需", en: "industry-common hours" },
  general_common: { "zh-CN": "一般公需", en: "general-common hours" },
  common: { "zh-CN": "公需科目", en: "common hours" },
  elective: { "zh-CN": "选修科目", en: "elective hours" },
  class_one: { "zh-CN": "Ⅰ类学分", en: "class I" },
  class_two: { "zh-CN": "Ⅱ类学分", en: "class II" },
  federal_tax: { "zh-CN": "联邦税务", en: "federal tax hours" },
  ethics: { "zh-CN": "职业道德", en: "ethics hours" },
  verifiable: { "zh-CN": "可核实学时", en: "verifiable hours" },
  unverifiable: { "zh-CN": "不可核实学时", en: "unverifiable hours" },
  group_a: { "zh-CN": "A 组学时", en: "group A hours" },
  group_b: { "zh-CN": "B 组学时", en: "group B hours" },
};
