import { daysInclusive, type LocalDate, localDateAt, yearOf } from "../values/local-date.ts";
import { type Flag, PLAUSIBILITY_FLAGS, type PlausibilityFlag } from "./refusal.ts";

/** What happens to a row that a rule finds implausible: it is flagged and counts, it is held, or the rule is not asked. */
export const PLAUSIBILITY_EFFECTS = ["flag", "hold", "off"] as const;
export type PlausibilityEffect = (typeof PLAUSIBILITY_EFFECTS)[number];

/** The rules of one source. */
export interface PlausibilityRules extends Readonly<Record<PlausibilityFlag, PlausibilityEffect>> {
  /** Days between the last day of study and the update time, beyond which a row was registered long after its end. */
  readonly registeredAfterDaysMax: number;
  /** Years by which a year that the title names may differ from the attributed year. */
  readonly titleYearsApartMax: number;
}

/** Unless a source says otherwise every rule flags, and nothing is held. */
export const PLAUSIBILITY_DEFAULT: PlausibilityRules = {
  more_hours_than_days_hold: "flag",
  updated_before_obtained: "flag",
  training_in_future: "flag",
  registered_long_after_end: "flag",
  title_names_other_year: "flag",
  registeredAfterDaysMax: 90,
  titleYearsApartMax: 1,
};

/** The part of a version that the rules look at; hours in hundredths, instants in milliseconds since 1970 UTC. */
export interface PlausibilitySubject {
  readonly isFinal: boolean;
  readonly hoursHundredths: number | null;
  readonly obtainedOn: LocalDate | null;
  readonly studiedFrom: LocalDate | null;
  readonly studiedUntil: LocalDate | null;
  readonly attributedYear: number | null;
  readonly title: string;
  readonly updateTimeMs: number;
}

/** An hour of study is 45 minutes, so a day holds at most 32 of them. */
const DAY_HUNDREDTHS_MAX = 3_200;
/** A year, or two that a stroke makes a span; a bracketed one is the number of a notice, 〔2020〕55号. */
const TITLE_YEARS = /(?<![\d〔])(20\d\d)(?:年|年度)?(?:[-–—~至到](20\d\d))?(?![\d〕])/gu;

/**
 * The flags of a version, joined by commas in the order of FLAGS, with `held_as_implausible` where one of them holds. They
 * follow from the version and the rules alone, so they do not depend on the order in which rows came. Only a final record
 * is held: a draft or a withdrawal counts nothing, and held it would leave hours standing. Source: platforms.md, rule 9.
 */
export function flagsOf(subject: PlausibilitySubject, rules: PlausibilityRules): string {
  let flags = "";
  let isHeld = false;
  for (const flag of PLAUSIBILITY_FLAGS) {
    const effect = rules[flag];
    if (effect === "off" || !FINDS[flag](subject, rules)) continue;
    flags = flags === "" ? flag : `${flags},${flag}`;
    if (effect === "hold" && subject.isFinal) isHeld = true;
  }
  return isHeld ? `${flags},${HELD}` : flags;
}

const HELD = "held_as_implausible" satisfies Flag;

/** Whether a rule of its source holds the row until an operator accepts it. */
export function isHeldAsImplausible(version: { readonly flags: string }): boolean {
  return version.flags !== "" && version.flags.split(",").includes(HELD);
}

/** The flags of a row that was accepted: what was found stays to be seen. */
export function withoutHold(flags: string): string {
  return flags
    .split(",")
    .filter((flag) => flag !== HELD)
    .join(",");
}

type Rule = (subject: PlausibilitySubject, rules: PlausibilityRules) => boolean;

const FINDS: Readonly<Record<PlausibilityFlag, Rule>> = {
  more_hours_than_days_hold({ hoursHundredths, studiedFrom, ...subject }) {
    const last = lastDayOf(subject);
    if (hoursHundredths === null || studiedFrom === null || last === null || studiedFrom > last) return false;
    return hoursHundredths > DAY_HUNDREDTHS_MAX * daysInclusive(studiedFrom, last);
  },
  updated_before_obtained: ({ obtainedOn, updateTimeMs }) =>
    obtainedOn !== null && localDateAt(updateTimeMs) < obtainedOn,
  /** Other than the obtained date, a day of study says itself that the training was still to come. A plan is a draft. */
  training_in_future({ isFinal, studiedFrom, studiedUntil, updateTimeMs }) {
    const last = studiedUntil ?? studiedFrom;
    return isFinal && last !== null && last > localDateAt(updateTimeMs);
  },
  registered_long_after_end({ isFinal, studiedFrom, updateTimeMs, ...subject }, { registeredAfterDaysMax }) {
    const last = studiedFrom === null ? subject.studiedUntil : lastDayOf(subject);
    if (!isFinal || last === null) return false;
    const registeredOn = localDateAt(updateTimeMs);
    return registeredOn > last && daysInclusive(last, registeredOn) - 1 > registeredAfterDaysMax;
  },
  title_names_other_year({ attributedYear, obtainedOn, title }, { titleYearsApartMax }) {
    const year = attributedYear ?? (obtainedOn === null ? null : yearOf(obtainedOn));
    if (year === null || !title.includes("20")) return false;
    const spans = Array.from(title.matchAll(TITLE_YEARS), ([, from, until]) => [Number(from), Number(until ?? from)]);
    return spans.length > 0 && spans.every(([from = 0, until = 0]) => distance(year, from, until) > titleYearsApartMax);
  },
};

function lastDayOf(subject: Pick<PlausibilitySubject, "studiedUntil" | "obtainedOn">): LocalDate | null {
  return subject.studiedUntil ?? subject.obtainedOn;
}

/** How far a year is from a span of years; 0 within it, whichever end comes first. */
function distance(year: number, from: number, until: number): number {
  return Math.max(Math.min(from, until) - year, year - Math.max(from, until), 0);
}
