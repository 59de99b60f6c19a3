import { type Feeds, type Platform, readRows } from "./read-rows.ts";
import { type OperatorDecision, readKnownNames, type SettledRecord, settleRows } from "./settle.ts";
import { readIdNumber, readName } from "./values.ts";

/** The body of `POST /v1/checks`, as far as the oracle reads it. */
export type Declaration = Readonly<{
  practitioner: Readonly<{ idType: string; idNumber: string; name: string }>;
  declaration: Readonly<{
    place: string;
    year: number;
    kind: "annual-duty" | "review" | "initial-determination";
    level?: string;
    series: string;
    education?: string;
  }>;
}>;

export type UnknownReason =
  | "identity_conflict"
  | "no_rule_in_force"
  | "authority_not_connected"
  | "delegated"
  | "source_partial"
  | "unclassified_hours";
/** Hours, not hundredths: the form of the expected answers. */
export type Gaps = { total?: number; professional?: number; common?: number };
export type Answer = { verdict: "met" | "not_met" | "unknown"; reason: UnknownReason | null; gaps: Gaps };
/** `asOf`: only hours obtained on or before this day count ('yyyy-mm-dd'). */
export type AnswerOptions = Readonly<{ asOf?: string }>;

export type Needs = Readonly<{ years: readonly number[]; total: number; professional?: number; common?: number }>;
/** What the three kinds of question need, hours in hundredths. */
export type Rules = Readonly<Record<"annual" | "initial" | "review", Needs>>;
type Sums = { total: number; professional: number; common: number };

/** 衢市人社专〔2020〕55号, hours in hundredths. */
export const NOTICE_2020: Rules = {
  annual: { years: [2020], total: 9_000 },
  initial: { years: [2020], total: 9_000, professional: 6_000, common: 1_800 },
  review: { years: [2019, 2020], total: 18_000, professional: 12_000, common: 3_600 },
};

const SERIES_AUTHORITIES: Readonly<Record<string, Platform | null>> = {
  "natural-resources": "zj-natural-resources",
  manufacturing: "zj-industry",
  accounting: null,
  health: null,
  teaching: null,
};

/** The verdict of the rules on one declaration. Settles the feeds anew; for many declarations use `answerer`. */
export function answer(feeds: Feeds, declaration: Declaration, options: AnswerOptions = {}): Answer {
  return answerer(feeds)(declaration, options);
}

/** Settles once and answers many. The feeds as they are now: later changes of the lists are not seen. */
export function answerer(
  feeds: Feeds,
  decisions: readonly OperatorDecision[] = [],
): (declaration: Declaration, options?: AnswerOptions) => Answer {
  const rows = readRows(feeds);
  const names = readKnownNames(rows);
  const byPerson = new Map<string, SettledRecord[]>();
  for (const records of settleRows(rows, decisions).values()) {
    for (const record of records.values()) {
      const ofPerson = byPerson.get(record.personId);
      if (ofPerson === undefined) byPerson.set(record.personId, [record]);
      else ofPerson.push(record);
    }
  }
  return (declaration, options = {}) => {
    const personId = readIdNumber(declaration.practitioner.idNumber);
    const person = { knownName: names.get(personId), records: byPerson.get(personId) ?? [] };
    return answerTo(declaration, person, { ...options, incomplete: feeds.incomplete });
  };
}

/** A person as the rules see them: by which name known, if by any, and how their records stand. */
export type SettledPerson = Readonly<{ knownName: string | undefined; records: readonly SettledRecord[] }>;
export type JudgingOptions = AnswerOptions & Readonly<{ incomplete?: readonly string[]; rules?: Rules }>;

/** The verdict on one declaration of a person who is settled; by the notice, unless other rules are given. */
export function answerTo(
  { practitioner, declaration }: Declaration,
  { knownName, records }: SettledPerson,
  { asOf, incomplete = [], rules = NOTICE_2020 }: JudgingOptions = {},
): Answer {
  if (knownName !== undefined && knownName !== readName(practitioner.name)) return unknown("identity_conflict");
  if (declaration.place !== "quzhou" || declaration.year !== 2020) return unknown("no_rule_in_force");
  const routed = SERIES_AUTHORITIES[declaration.series];
  if (routed === null) return unknown("authority_not_connected");
  const needs = needsOf(declaration, rules);
  if (needs === null) return unknown("delegated");
  const authority = routed ?? "quzhou-city";
  const inWindow = records.filter(
    (record) =>
      record.authority === authority &&
      needs.years.includes(record.attributedYear) &&
      (asOf === undefined || record.obtainedOn <= asOf),
  );
  return judge(needs, inWindow, incomplete.includes(authority));
}

function unknown(reason: UnknownReason): Answer {
  return { verdict: "unknown", reason, gaps: {} };
}

function needsOf({ kind, level, education }: Declaration["declaration"], rules: Rules): Needs | null {
  if (kind === "annual-duty") return rules.annual;
  if (kind === "initial-determination") return rules.initial;
  if (level === "senior") return null;
  return level === "junior" && ["bachelor", "master", "doctor"].includes(education ?? "") ? rules.annual : rules.review;
}

function judge(needs: Needs, records: readonly SettledRecord[], incomplete: boolean): Answer {
  const sums: Sums = { total: 0, professional: 0, common: 0 };
  for (const record of records) {
    if (record.state !== "registered") continue;
    const hundredths = record.hoursHundredths ?? 0;
    sums.total += hundredths;
    sums[record.subject === "professional" ? "professional" : "common"] += hundredths;
  }
  const unclassified = records
    .filter((record) => record.state === "unclassified")
    .map((record) => record.hoursHundredths ?? 0);
  const gaps = gapsOf(needs, sums);
  if (incomplete) return { verdict: "unknown", reason: "source_partial", gaps };
  if (isMet(needs, sums)) return { verdict: "met", reason: null, gaps };
  if (canBeMet(needs, sums, unclassified)) return { verdict: "unknown", reason: "unclassified_hours", gaps };
  return { verdict: "not_met", reason: null, gaps };
}

function isMet(needs: Needs, sums: Sums): boolean {
  return (
    sums.total >= needs.total && sums.professional >= (needs.professional ?? 0) && sums.common >= (needs.common ?? 0)
  );
}

/** Tries every sum of whole records that can go to 专业; what is left goes to 公需. */
function canBeMet(needs: Needs, sums: Sums, unclassified: readonly number[]): boolean {
  let reachable = new Set([0]);
  for (const hundredths of unclassified) {
    reachable = new Set([...reachable].flatMap((sum) => [sum, sum + hundredths]));
  }
  const all = unclassified.reduce((total, hundredths) => total + hundredths, 0);
  return [...reachable].some((professional) =>
    isMet(needs, {
      total: sums.total + all,
      professional: sums.professional + professional,
      common: sums.common + all - professional,
    }),
  );
}

function gapsOf(needs: Needs, sums: Sums): Gaps {
  const gap = (need: number, have: number) => Math.max(0, need - have) / 100;
  return {
    total: gap(needs.total, sums.total),
    ...(needs.professional === undefined ? {} : { professional: gap(needs.professional, sums.professional) }),
    ...(needs.common === undefined ? {} : { common: gap(needs.common, sums.common) }),
  };
}
