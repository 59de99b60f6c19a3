import { ownCode } from "../projection/own-code.ts";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import { standingRecords } from "../projection/standing-records.ts";
import type { RecordPart, UncountedCode } from "../requirement/record-part.ts";
import type { CountedRecord, UncountedRecord } from "./verdict.ts";

/** The two lists of an evaluation, in an order that does not depend on the one in which records were posted. */
export function listRecords(parts: readonly RecordPart[]): {
  counted: CountedRecord[];
  uncounted: UncountedRecord[];
} {
  const counted: CountedRecord[] = [];
  const uncounted: UncountedRecord[] = [];
  for (const part of parts) {
    if (part.countedHundredths > 0) counted.push(countedRecord(part));
    else uncounted.push(uncountedRecord(part.record, part.code ?? "", part.byRule));
  }
  return { counted: counted.sort(compareCounted), uncounted: uncounted.sort(compareUncounted) };
}

/**
 * Lists every record where no requirement is evaluated: with its own state, else `registered_elsewhere` when its
 * platform is not among `platforms` (null: no platform of record is known), else with `code`.
 */
export function listUncounted(
  records: readonly ProjectedRecord[],
  platforms: readonly string[] | null,
  code: UncountedCode,
): UncountedRecord[] {
  const uncounted: UncountedRecord[] = [];
  for (const record of standingRecords(records)) {
    const elsewhere = platforms !== null && !platforms.includes(record.platform);
    uncounted.push(uncountedRecord(record, ownCode(record) ?? (elsewhere ? "registered_elsewhere" : code), null));
  }
  return uncounted.sort(compareUncounted);
}

function countedRecord({ record, countedHundredths, toward, year, code, byRule }: RecordPart): CountedRecord {
  const { recordId, platform, source, hoursHundredths, subject, attributedYear, flags } = record;
  return {
    recordId,
    platform,
    source,
    hoursHundredths: countedHundredths,
    ofHundredths: hoursHundredths ?? 0,
    subject: subject ?? "",
    attributedYear: year ?? attributedYear ?? 0,
    flags,
    toward,
    code,
    byRule,
  };
}

function uncountedRecord(record: ProjectedRecord, code: string, byRule: string | null): UncountedRecord {
  const { recordId, platform, source, hoursHundredths, subject, attributedYear } = record;
  return { recordId, platform, source, hoursHundredths, subject, attributedYear, code, byRule };
}

function compareCounted(left: CountedRecord, right: CountedRecord): number {
  if (left.attributedYear !== right.attributedYear) return left.attributedYear - right.attributedYear;
  if (left.source !== right.source) return left.source < right.source ? -1 : 1;
  return left.recordId < right.recordId ? -1 : left.recordId > right.recordId ? 1 : 0;
}

/** A record's rows are apart by code, hours and subject. */
function compareUncounted(left: UncountedRecord, right: UncountedRecord): number {
  const byYear = (left.attributedYear ?? 0) - (right.attributedYear ?? 0);
  if (byYear !== 0) return byYear;
  if (left.source !== right.source) return left.source < right.source ? -1 : 1;
  if (left.recordId !== right.recordId) return left.recordId < right.recordId ? -1 : 1;
  if (left.code !== right.code) return left.code < right.code ? -1 : 1;
  const byHours = (left.hoursHundredths ?? -1) - (right.hoursHundredths ?? -1);
  if (byHours !== 0) return byHours;
  const [leftRest, rightRest] = [`${left.platform}/${left.subject}`, `${right.platform}/${right.subject}`];
  return leftRest < rightRest ? -1 : leftRest > rightRest ? 1 : 0;
}
