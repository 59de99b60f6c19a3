import type { FindingCode } from "@xueshi/contracts";
import type { PullFinding } from "@xueshi/database";
import { endOfDayMs, type LocalDate, startOfDayMs } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { ExpectedDay } from "./expected-records.ts";

type Expectations = Platform["expectations"];

/** So many findings of a pull are kept; the first one says why it is suspicious. */
export const FINDINGS_MAX = 100;

/** Records of a range of update times that were expected again. */
export interface RangeRead {
  /** First and last update time of the range, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly days: ReadonlyMap<LocalDate, ExpectedDay>;
  /** How many were missing on a day when an operator accepted that: no more than these are still in order. */
  readonly acceptedMissing: ReadonlyMap<string, number>;
}

/**
 * Holds a range that was read again against what is stored of it: too large a share of its records is gone, or all of a
 * day that lies in it as a whole. A record that has moved to a later update time is not gone.
 */
export function judgeRange(range: RangeRead, expectations: Expectations): PullFinding[] {
  const { vanishedShareMax, missingRowsMin } = expectations;
  const findings: PullFinding[] = [];
  let [before, missing] = [0, 0];
  for (const [day, counts] of [...range.days].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const accepted = range.acceptedMissing.get(day) ?? 0;
    before += counts.before;
    missing += Math.max(0, counts.missing - accepted);
    const isEmptied = counts.missing === counts.before && counts.missing > accepted && counts.before >= missingRowsMin;
    if (isEmptied && isWholeDay(day, range)) findings.push(finding("day_emptied", day, counts));
  }
  if (missing >= missingRowsMin && missing > before * vanishedShareMax) {
    findings.unshift(finding("rows_vanished", null, { before, missing }));
  }
  return findings.slice(0, FINDINGS_MAX);
}

/**
 * Holds the number of rows of a file that comes again, or of a whole listing, against what it was.
 * @param at the file's name; null: the listing
 */
export function judgeDrop(at: string | null, before: number, now: number, expectations: Expectations): PullFinding[] {
  const missing = before - now;
  if (missing < expectations.missingRowsMin || missing <= before * expectations.dropShareMax) return [];
  return [finding("sudden_drop", at, { before, missing })];
}

function finding(code: FindingCode, at: string | null, counts: ExpectedDay): PullFinding {
  return { code, at, before: counts.before, missing: counts.missing };
}

function isWholeDay(day: LocalDate, range: RangeRead): boolean {
  return startOfDayMs(day) >= range.fromMs && endOfDayMs(day) - 1 <= range.untilMs;
}
