import {
  type CountedRecord,
  formatHours,
  hoursToNumber,
  type MissingHours,
  type UncountedRecord,
  type Verdict,
  type YearResult,
} from "@xueshi/domain";
import { renderText } from "../catalogue/render-text.ts";
import { NOTICE_TEXTS, REASON_TEXTS } from "../catalogue/verdicts.ts";
import type { Language } from "../language.ts";
import type { VerdictResponse } from "../schemas/verdict.ts";
import { formatInstant } from "./format-instant.ts";
import { type CountsInsteadToPresent, presentCountsInstead } from "./present-counts-instead.ts";
import { presentMissing } from "./present-missing.ts";
import { presentCap, presentRequirement, titleOf } from "./present-requirement.ts";

/** What goes with a verdict besides itself; what is absent is left out of the answer. */
export interface VerdictExtras {
  /** The caller's own reference. */
  readonly id?: string | null;
  /** The id of a kept verdict. */
  readonly verdictId?: string | null;
  /** Each counted record says how much of it counts toward which requirements. */
  readonly explain?: boolean;
  /** Which record counts in the place of a duplicate, by source and record id; null where nobody knows. */
  readonly countsInstead?: (record: UncountedRecord) => CountsInsteadToPresent | null;
  /** Null when nothing is missing. */
  readonly missing?: MissingHours | null;
  /** How many hypothetical hours the verdict was decided with. */
  readonly hypothetical?: number;
}

/** A verdict as the JSON of a check's answer. Plain objects, no validation: this runs for every check. */
export function presentVerdict(verdict: Verdict, language: Language, extras: VerdictExtras = {}): VerdictResponse {
  const { id = null, verdictId = null, explain = false, missing = null, hypothetical = 0, countsInstead } = extras;
  const { ruleSet, window, authority, cut } = verdict;
  return {
    ...(id === null ? undefined : { id }),
    verdict: verdict.verdict,
    provisional: verdict.provisional,
    ...(verdictId === null ? undefined : { verdictId }),
    reasons: verdict.reasons.map((reason) => presentReason(reason, verdict, language)),
    ruleSet: ruleSet === null ? null : presentRuleSet(ruleSet),
    window: window === null ? null : presentWindow(window),
    authority: authority === null ? null : { mode: authority.mode, platforms: authority.platforms as string[] },
    requirements: verdict.requirements.map((result) => presentRequirement(result, verdict.asOf, language)),
    ...(verdict.caps.length === 0 ? undefined : { caps: verdict.caps.map((cap) => presentCap(cap, language)) }),
    notices: verdict.notices.map((notice) => presentNotice(notice, language)),
    years: verdict.years.map((year) => presentYear(year, ruleSet?.subjects ?? [])),
    counted: verdict.counted.map((record) => presentCounted(record, explain)),
    uncounted: verdict.uncounted.map((record) => presentUncounted(record, countsInstead?.(record) ?? null, language)),
    ...(missing !== null && { missing: presentMissing(missing, language) }),
    ...(hypothetical > 0 && { hypothetical }),
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

function presentRuleSet({ id, version, citation, basedOn }: NonNullable<Verdict["ruleSet"]>) {
  if (basedOn.length === 0) return { id, version, citation };
  return { id, version, citation, basedOn: basedOn as { id: string; version: string; digest: string }[] };
}

function presentWindow({ years, from, until, changed }: NonNullable<Verdict["window"]>) {
  const plain = { years: years as number[], from, until };
  if (changed.length === 0) return plain;
  return {
    ...plain,
    changed: changed.map(({ year, dueYears, because, document }) => ({
      year,
      dueYears: dueYears as number[],
      because,
      ...(document !== null && { document }),
    })),
  };
}

function presentReason(
  reason: Verdict["reasons"][number],
  { requirements }: Verdict,
  language: Language,
): VerdictResponse["reasons"][number] {
  const found = requirements.find(({ rule }) => rule.id === reason.detail.requirement);
  const detail = found === undefined ? reason.detail : { ...reason.detail, requirement: titleOf(found.rule, language) };
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

function presentYear(
  { year, hundredthsBySubject, totalHundredths }: YearResult,
  subjects: readonly string[],
): VerdictResponse["years"][number] {
  const hours: Record<string, number> = { year };
  for (let index = 0; index < subjects.length; index += 1) {
    hours[memberName(subjects[index] ?? "")] = hoursToNumber(hundredthsBySubject[index] ?? 0);
  }
  hours.total = hoursToNumber(totalHundredths);
  return hours as VerdictResponse["years"][number];
}

const memberNames = new Map<string, string>();

/** A subject as the name of a JSON member: `industry_common` is `industryCommon`. Subjects are few. */
function memberName(subject: string): string {
  const known = memberNames.get(subject);
  if (known !== undefined) return known;
  const name = subject.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  memberNames.set(subject, name);
  return name;
}

/** One shape of object for nearly every record, without spreading: there are many in an answer. */
function presentCounted(record: CountedRecord, explain: boolean): VerdictResponse["counted"][number] {
  const presented: VerdictResponse["counted"][number] = {
    recordId: record.recordId,
    platform: record.platform,
    source: record.source,
    hours: hoursToNumber(record.hoursHundredths),
    subject: record.subject,
    year: record.attributedYear,
    flags: presentFlags(record.flags) as VerdictResponse["counted"][number]["flags"],
  };
  if (explain) {
    presented.of = hoursToNumber(record.ofHundredths);
    presented.toward = record.toward as string[];
  }
  if (record.code !== null) presented.code = record.code as VerdictResponse["uncounted"][number]["code"];
  if (record.byRule !== null) presented.byRule = record.byRule;
  return presented;
}

function presentUncounted(
  record: UncountedRecord,
  instead: CountsInsteadToPresent | null,
  language: Language,
): VerdictResponse["uncounted"][number] {
  const presented: VerdictResponse["uncounted"][number] = {
    recordId: record.recordId,
    platform: record.platform,
    source: record.source,
    hours: record.hoursHundredths === null ? null : hoursToNumber(record.hoursHundredths),
    subject: record.subject,
    year: record.attributedYear,
    code: record.code as VerdictResponse["uncounted"][number]["code"],
  };
  if (record.byRule !== null) presented.byRule = record.byRule;
  if (instead !== null) presented.countsInstead = presentCountsInstead(instead, language);
  return presented;
}

const NO_FLAGS: string[] = [];

/** Comma-joined flags as a list; the empty list is shared, because nearly every record has none. */
export function presentFlags(flags: string): string[] {
  return flags === "" ? NO_FLAGS : flags.split(",");
}
