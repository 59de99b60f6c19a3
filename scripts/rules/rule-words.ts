import type { Language } from "@xueshi/contracts";
import {
  type CapRule,
  type CarryOverRule,
  type DutyStart,
  formatHours,
  type GateRule,
  type GrantRule,
  type NeedOverride,
  type RequirementRule,
  type Selection,
  type Span,
  type WindowRule,
} from "@xueshi/domain";
import { FACT_NAMES, listOf, wordName } from "./names.ts";

/** Which hours a value is about: 专业科目, professional hours. */
export function selectionWords({ subjects, pathways, assessed }: Selection, language: Language): string {
  const isEnglish = language === "en";
  const names = subjects === "all" ? [] : subjects.map((code) => wordName("subjects", code, language));
  const joined = names.length > 1 ? (isEnglish ? " together" : "合计") : "";
  const base = names.length === 0 ? (isEnglish ? "all hours" : "总学时") : listOf(names, language);
  const narrower = [
    ...(pathways === undefined ? [] : [`${isEnglish ? "by " : "途径 "}${listOf(pathways, language)}`]),
    ...(assessed === undefined ? [] : [isEnglish ? "assessed" : "考核合格"]),
  ];
  const [open, close] = isEnglish ? [" (", ")"] : ["（", "）"];
  const tail = narrower.length === 0 ? "" : `${open}${listOf(narrower, language)}${close}`;
  return `${base}${isEnglish && names.length > 0 ? " hours" : ""}${joined}${tail}`;
}

/** One requirement as a sentence without its citation. */
export function requirementWords(rule: RequirementRule, language: Language): string {
  const isEnglish = language === "en";
  const title = selectionWords(rule, language);
  const span = spanWords(rule.span, language);
  if (rule.kind === "ratio") {
    const [share, of] = [`${rule.numerator}/${rule.denominator}`, selectionWords(rule.of, language)];
    return isEnglish ? `${title}: at least ${share} of ${of}, ${span}` : `${title}不少于${of}的 ${share}，${span}`;
  }
  const need = formatHours(rule.needHundredths);
  if (rule.perYear) {
    return isEnglish
      ? `${title}: at least ${need} hours for each year with a duty, as one sum`
      : `${title}按有义务的年数每年 ${need} 学时累计`;
  }
  return isEnglish ? `${title}: at least ${need} hours, ${span}` : `${title}不少于 ${need} 学时，${span}`;
}

/** Over which part of the window a value holds. */
export function spanWords(span: Span | undefined, language: Language): string {
  const isEnglish = language === "en";
  if (span === undefined || span.over === "window") return isEnglish ? "over the window as one sum" : "窗口内累计";
  const { from, until } = span;
  if (isEnglish) {
    return `each year${from === undefined ? "" : ` from ${from}`}${until === undefined ? "" : ` until ${until}`}`;
  }
  return `${from === undefined ? "" : `自 ${from} 年`}${until === undefined ? "" : `至 ${until} 年`}每年分别满足`;
}

/** Another need for some years. */
export function overrideWords({ from, until, needHundredths }: NeedOverride, language: Language): string {
  const isEnglish = language === "en";
  const years = from === until ? `${from}` : `${from}–${until}`;
  if (needHundredths === 0) return isEnglish ? `waived in ${years}` : `${years} 年免除`;
  const hours = formatHours(needHundredths);
  return isEnglish ? `${hours} hours in ${years}` : `${years} 年为 ${hours} 学时`;
}

/** Which time a row looks at. */
export function windowWords(rule: WindowRule, language: Language): string {
  const isEnglish = language === "en";
  switch (rule.kind) {
    case "years": {
      const ends = endWords(rule.endsYearsBefore, language);
      if (rule.count === 1) return ends;
      return isEnglish ? `${rule.count} years, ending with ${ends}` : `至${ends}的 ${rule.count} 年`;
    }
    case "since_year": {
      const ends = endWords(rule.endsYearsBefore, language);
      return isEnglish ? `from ${rule.from} until ${ends}` : `自 ${rule.from} 年至${ends}`;
    }
    case "since_fact": {
      const fact = FACT_NAMES[rule.fact][language];
      if (!isEnglish) return `自${fact}所在年${later(rule.plusYears, language)}至申报年度，至多 ${rule.yearsMax} 年`;
      return `from the year of the ${fact}${later(rule.plusYears, language)} until the declaration year, ${rule.yearsMax} years at most`;
    }
    case "cycle": {
      const fact = FACT_NAMES[rule.fact][language];
      return isEnglish
        ? `the person's own cycle of ${rule.count} years, counted from the ${fact}`
        : `本人的 ${rule.count} 年周期，自${fact}起算`;
    }
    case "months":
      return isEnglish ? `the ${rule.count} months before the day of the check` : `核验日之前的 ${rule.count} 个月`;
  }
}

function endWords(yearsBefore: number, language: Language): string {
  const isEnglish = language === "en";
  if (yearsBefore === 0) return isEnglish ? "the declaration year" : "申报年度";
  if (yearsBefore === 1) return isEnglish ? "the year before the declaration year" : "申报年度的上一年";
  return isEnglish ? `the year ${yearsBefore} before the declaration year` : `申报年度前第 ${yearsBefore} 年`;
}

function later(years: number, language: Language): string {
  if (years === 0) return "";
  return language === "en" ? ` and ${years} later` : `后第 ${years} 年`;
}

export function capWords(rule: CapRule, language: Language): string {
  const [title, most] = [selectionWords(rule, language), formatHours(rule.mostHundredths)];
  const per = {
    item: language === "en" ? "of each item" : "每项",
    year: language === "en" ? "each year" : "每年",
    window: language === "en" ? "over the window" : "窗口内",
  }[rule.per];
  return language === "en" ? `${title}: at most ${most} hours count ${per}` : `${title}${per}至多计 ${most} 学时`;
}

export function gateWords(rule: GateRule, language: Language): string {
  const title = selectionWords(rule, language);
  return language === "en"
    ? `${title}: ${testWords(rule.test, language)}`
    : `${title}：${testWords(rule.test, language)}`;
}

/** What a record must fulfil to count at all. */
export function testWords(test: GateRule["test"], language: Language): string {
  const isEnglish = language === "en";
  switch (test.kind) {
    case "assessed": {
      if (test.withinDays === null) return isEnglish ? "count only once assessed" : "考核合格方计";
      return isEnglish
        ? `count only when assessed within ${test.withinDays} days`
        : `${test.withinDays} 天内考核合格方计`;
    }
    case "item_minimum": {
      const least = formatHours(test.leastHundredths);
      return isEnglish ? `only items of at least ${least} hours count` : `单项不足 ${least} 学时不计`;
    }
    case "expires":
      return isEnglish ? `count for ${test.months} months` : `自取得起 ${test.months} 个月内有效`;
  }
}

export function carryOverWords(rule: CarryOverRule, language: Language): string {
  const isEnglish = language === "en";
  const [most, above] = [formatHours(rule.mostHundredths), formatHours(rule.aboveHundredths)];
  const title = selectionWords(rule, language);
  const last = rule.lastMonths;
  if (isEnglish) {
    const months = last === null ? "" : `, obtained in its last ${last} months`;
    return `${title}: at most ${most} hours of the window before, what it holds above ${above}${months}`;
  }
  const months = last === null ? "" : `（限其最后 ${last} 个月取得的）`;
  return `${title}可结转上一窗口超出 ${above} 学时的部分${months}，至多 ${most} 学时`;
}

export function startWords({ fact, plusYears }: DutyStart, language: Language): string {
  const name = FACT_NAMES[fact][language];
  return language === "en"
    ? `the duty begins with the study year of the ${name}${later(plusYears, language)}`
    : `义务自${name}所在学习年度${later(plusYears, language)}起`;
}

export function grantWords({ code, effect }: GrantRule, language: Language): string {
  if (language === "en")
    return effect === "exemption" ? `${code}: waives the year's need` : `${code}: defers it by a year`;
  return effect === "exemption" ? `${code}：免除当年要求` : `${code}：当年要求延至次年`;
}
