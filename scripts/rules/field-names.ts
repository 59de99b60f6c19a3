import type { Language } from "@xueshi/contracts";

type Names = Readonly<Record<string, readonly [zh: string, en: string]>>;

/** Lists whose items have names, by what one item is called. */
const LISTS: Names = {
  declarations: ["行", "row"],
  requirements: ["要求", "requirement"],
  caps: ["上限", "cap"],
  gates: ["计入条件", "gate"],
  grants: ["免除与延期", "grant"],
  notices: ["提示", "notice"],
  overrides: ["例外年份自", "other need from"],
  authorities: ["登记平台，系列", "platform of record, series"],
  sources: ["数据来源", "source"],
  maxAgeHours: ["数据时效，平台", "freshness, platform"],
};

const FIELDS: Names = {
  version: ["版本", "version"],
  place: ["地区", "place"],
  layer: ["层级", "layer"],
  subjects: ["科目", "subjects"],
  yearStartsOn: ["学习年度起始日", "first day of the study year"],
  recognition: ["认定规则集", "recognition rule set"],
  isDraft: ["草案", "draft"],
  years: ["适用年度", "years"],
  title: ["名称", "title"],
  citation: ["依据", "citation"],
  provenance: ["来源", "provenance"],
  quote: ["原句", "quote"],
  publishedOn: ["发布日期", "published on"],
  lastVerifiedOn: ["核对日期", "last verified on"],
  when: ["适用申报", "declarations answered"],
  window: ["时间窗口", "window"],
  needHundredths: ["学时", "hours"],
  mostHundredths: ["至多学时", "most hours"],
  aboveHundredths: ["超出学时", "above hours"],
  lastMonths: ["最后月数", "last months"],
  numerator: ["比例分子", "share's numerator"],
  denominator: ["比例分母", "share's denominator"],
  of: ["比例基数", "share of"],
  span: ["时间范围", "span"],
  perYear: ["按年累计", "per year"],
  pathways: ["途径", "pathways"],
  assessed: ["须考核合格", "assessed"],
  per: ["计算范围", "per"],
  test: ["条件", "test"],
  carryOver: ["结转", "carry-over"],
  start: ["义务起点", "start of the duty"],
  fact: ["个人日期", "fact"],
  plusYears: ["延后年数", "years later"],
  effect: ["效力", "effect"],
  inherits: ["沿用", "inherits"],
  delegatedTo: ["规定者", "left to"],
  toPlace: ["转问地区", "place asked instead"],
  mode: ["方式", "mode"],
  platforms: ["平台", "platforms"],
  platform: ["平台", "platform"],
  from: ["起", "from"],
  until: ["止", "until"],
  order: ["先后次序", "order"],
};

/** What one item of a list is called; null for a field that is no list of named items. */
export function listName(field: string, language: Language): string | null {
  return Object.hasOwn(LISTS, field) ? nameOf(LISTS, field, language) : null;
}

export function fieldName(field: string, language: Language): string {
  return nameOf(FIELDS, field, language) ?? listName(field, language) ?? field;
}

function nameOf(names: Names, field: string, language: Language): string | null {
  const [zh, en] = names[field] ?? [null, null];
  return language === "en" ? en : zh;
}
