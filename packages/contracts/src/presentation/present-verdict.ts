import {
  type CountedRecord,
  formatHours,
  hoursToNumber,
  type UncountedRecord,
  type Verdict,
  type YearResult,
} from "@xueshi/domain";
import { renderText } from "../catalogue/render-text.ts";
import { NOTICE_TEXTS, REASON_TEXTS, REQUIREMENT_TITLES } from "../catalogue/verdicts.ts";
import type { Language } from "../language.ts";
import type { VerdictResponse } from "../schemas/verdict.ts";
import { formatInstant } from "./format-instant.ts";

/**
 * A verdict as the JSON of a check's answer. Plain objects, no validation: this runs for every check.
 * `id` is the caller's own reference and `verdictId` the id of a kept verdict; both are left out when null.
 */
export function presentVerdict(
  verdict: Verdict,
  language: Language,
  id: string | null = null,
  verdictId: string | null = null,
): VerdictResponse {
  const { ruleSet, window, authority, cut } = verdict;
  return {
    ...(id === null ? undefined : { id }),
    verdict: verdict.verdict,
    provisional: verdict.provisional,
    ...(verdictId === null ? undefined : { verdictId }),
    reasons: verdict.reasons.map((reason) => presentReason(reason, language)),
    ruleSet: ruleSet === null ? null : { id: ruleSet.id, version: ruleSet.version, citation: ruleSet.citation },
    window: window === null ? null : { years: window.years as number[] },
    authority: authority === null ? null : { mode: authority.mode, platforms: authority.platforms as string[] },
    requirements: verdict.requirements.map((requirement) => ({
      id: requirement.id,
      kind: requirement.kind,
      subjects: requirement.subjects as "all" | string[],
      have: hoursToNumber(requirement.haveHundredths),
      need: hoursToNumber(requirement.needHundredths),
      gap: hoursToNumber(requirement.gapHundredths),
      outcome: requirement.outcome,
      citation: requirement.citation,
    })),
    notices: verdict.notices.map((notice) => presentNotice(notice, language)),
    years: verdict.years.map(presentYear),
    counted: verdict.counted.map(presentCounted),
    uncounted: verdict.uncounted.map(presentUncounted),
    freshness: verdict.freshness.map((freshness) => ({
      platform: freshness.platform,
      completeUntil: freshness.completeUntilMs === null ? null : formatInstant(freshness.completeUntilMs),
      state: freshness.state,
    })),
    asOf: verdict.asOf,
    knownAt: formatInstant(verdict.knownAtMs),
    cut: { sequence: cut.sequence, head: cut.head, ruleSetDigest: cut.ruleSetDigest, format: cut.format },
  };
}

function presentReason(reason: Verdict["reasons"][number], language: Language): VerdictResponse["reasons"][number] {
  const requirement = reason.detail.requirement;
  const title = requirement === undefined ? undefined : REQUIREMENT_TITLES[requirement]?.[language];
  const detail = title === undefined ? reason.detail : { ...reason.detail, requirement: title };
  return { code: reason.code, message: renderText(REASON_TEXTS[reason.code].message[language], detail) };
}

function presentNotice(notice: Verdict["notices"][number], language: Language): VerdictResponse["notices"][number] {
  const template = (NOTICE_TEXTS as Readonly<Record<string, (typeof NOTICE_TEXTS)["year_below_annual_duty"]>>)[
    notice.code
  ];
  return {
    code: notice.code,
    year: notice.year,
    have: hoursToNumber(notice.haveHundredths),
    need: hoursToNumber(notice.needHundredths),
    message: renderText(template?.message[language] ?? notice.code, {
      year: String(notice.year),
      have: formatHours(notice.haveHundredths),
      need: formatHours(notice.needHundredths),
    }),
  };
}

function presentYear(year: YearResult): VerdictResponse["years"][number] {
  return {
    year: year.year,
    professional: hoursToNumber(year.professionalHundredths),
    industryCommon: hoursToNumber(year.industryCommonHundredths),
    generalCommon: hoursToNumber(year.generalCommonHundredths),
    total: hoursToNumber(year.totalHundredths),
  };
}

function presentCounted(record: CountedRecord): VerdictResponse["counted"][number] {
  return {
    recordId: record.recordId,
    platform: record.platform,
    source: record.source,
    hours: hoursToNumber(record.hoursHundredths),
    subject: record.subject as VerdictResponse["counted"][number]["subject"],
    year: record.attributedYear,
    flags: presentFlags(record.flags) as VerdictResponse["counted"][number]["flags"],
  };
}

function presentUncounted(record: UncountedRecord): VerdictResponse["uncounted"][number] {
  return {
    recordId: record.recordId,
    platform: record.platform,
    source: record.source,
    hours: record.hoursHundredths === null ? null : hoursToNumber(record.hoursHundredths),
    subject: record.subject,
    year: record.attributedYear,
    code: record.code as VerdictResponse["uncounted"][number]["code"],
  };
}

const NO_FLAGS: string[] = [];

/** Comma-joined flags as a list; the empty list is shared, because nearly every record has none. */
export function presentFlags(flags: string): string[] {
  return flags === "" ? NO_FLAGS : flags.split(",");
}
