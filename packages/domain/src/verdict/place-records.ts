import type { ProjectedRecord } from "../projection/projected-record.ts";
import type { LocalDate } from "../values/local-date.ts";
import { SUBJECTS } from "../values/subject.ts";
import { windowHolds, type YearWindow, yearsOf } from "../values/year-window.ts";
import { compareUncounted, ownCode, uncountedRecord } from "./list-uncounted.ts";
import { standingRecords } from "./standing-records.ts";
import type { CountedRecord, UncountedCode, UncountedRecord, YearResult } from "./verdict.ts";

/** What one check counts: hours of these platforms of record, attributed to these years, obtained until this date. */
export interface PlacementScope {
  readonly platforms: readonly string[];
  readonly window: YearWindow;
  readonly asOf: LocalDate;
}

/** Every record of a person in exactly one of two lists, and the sums of the first. */
export interface PlacedRecords {
  readonly counted: readonly CountedRecord[];
  readonly uncounted: readonly UncountedRecord[];
  readonly years: readonly YearResult[];
  /** Counted hours of the whole window, in hundredths, in the order of SUBJECTS. */
  readonly hundredthsBySubject: readonly number[];
  /** Hours of the unclassified records that would count if they had a subject; such a record is `uncounted`. */
  readonly unclassifiedHundredths: readonly number[];
}

/**
 * Places each record of a person and adds up what counts. Held and refused rows that a later version has settled are
 * no longer listed. Throws an Error when a registered record lacks hours, subject or year: the ledger never posts one.
 */
export function placeRecords(records: readonly ProjectedRecord[], scope: PlacementScope): PlacedRecords {
  const { window } = scope;
  const width = SUBJECTS.length;
  const sums = new Array<number>((window.lastYear - window.firstYear + 1) * width).fill(0);
  const counted: CountedRecord[] = [];
  const uncounted: UncountedRecord[] = [];
  const unclassifiedHundredths: number[] = [];
  for (const record of standingRecords(records)) {
    const code = uncountedCode(record, scope);
    const { recordId, platform, source, hoursHundredths, subject, attributedYear, flags } = record;
    if (code !== null) {
      uncounted.push(uncountedRecord(record, code));
      if (code === "unclassified" && hoursHundredths !== null && scopeCode(record, scope) === null) {
        unclassifiedHundredths.push(hoursHundredths);
      }
      continue;
    }
    if (hoursHundredths === null || subject === null || attributedYear === null) throw incompleteRecord(record);
    const cell = (attributedYear - window.firstYear) * width + SUBJECTS.indexOf(subject);
    sums[cell] = (sums[cell] ?? 0) + hoursHundredths;
    counted.push({ recordId, platform, source, hoursHundredths, subject, attributedYear, flags });
  }
  return {
    counted: counted.sort(compareCounted),
    uncounted: uncounted.sort(compareUncounted),
    years: yearResults(window, sums),
    hundredthsBySubject: SUBJECTS.map((_, subject) => sumOfSubject(sums, subject)),
    unclassifiedHundredths,
  };
}

/**
 * Why a record does not count, or null when it does. Of several reasons the first in this order is given: the record's
 * own state (or the code of its hold or refusal), registered_elsewhere, outside_window, after_as_of.
 */
export function uncountedCode(record: ProjectedRecord, scope: PlacementScope): string | null {
  return ownCode(record) ?? scopeCode(record, scope);
}

function scopeCode(record: ProjectedRecord, scope: PlacementScope): UncountedCode | null {
  if (!scope.platforms.includes(record.platform)) return "registered_elsewhere";
  if (record.attributedYear === null || !windowHolds(scope.window, record.attributedYear)) return "outside_window";
  if (record.obtainedOn !== null && record.obtainedOn > scope.asOf) return "after_as_of";
  return null;
}

function yearResults(window: YearWindow, sums: readonly number[]): YearResult[] {
  return yearsOf(window).map((year, index) => {
    const professionalHundredths = sums[index * SUBJECTS.length] ?? 0;
    const industryCommonHundredths = sums[index * SUBJECTS.length + 1] ?? 0;
    const generalCommonHundredths = sums[index * SUBJECTS.length + 2] ?? 0;
    return {
      year,
      professionalHundredths,
      industryCommonHundredths,
      generalCommonHundredths,
      totalHundredths: professionalHundredths + industryCommonHundredths + generalCommonHundredths,
    };
  });
}

function sumOfSubject(sums: readonly number[], subject: number): number {
  let sum = 0;
  for (let cell = subject; cell < sums.length; cell += SUBJECTS.length) sum += sums[cell] ?? 0;
  return sum;
}

/** The same lists whatever the order in which the records were posted. */
function compareCounted(left: CountedRecord, right: CountedRecord): number {
  if (left.attributedYear !== right.attributedYear) return left.attributedYear - right.attributedYear;
  if (left.source !== right.source) return left.source < right.source ? -1 : 1;
  return left.recordId < right.recordId ? -1 : left.recordId > right.recordId ? 1 : 0;
}

function incompleteRecord(record: ProjectedRecord): Error {
  return new Error(
    `A registered record of ${record.source} has no hours, subject or year. The ledger never posts such an entry: run verify.`,
  );
}
