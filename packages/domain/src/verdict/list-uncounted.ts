import { MAIN_SLOT } from "../ledger/entry.ts";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import { standingRecords } from "./standing-records.ts";
import type { UncountedCode, UncountedRecord } from "./verdict.ts";

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
    uncounted.push(uncountedRecord(record, ownCode(record) ?? (elsewhere ? "registered_elsewhere" : code)));
  }
  return uncounted.sort(compareUncounted);
}

/** The record's own reason not to count anywhere (its state, or the code of its hold or refusal); null: registered. */
export function ownCode(record: ProjectedRecord): string | null {
  if (record.state === "registered" && record.slot === MAIN_SLOT) return null;
  if (record.state === "held" || record.state === "refused") return record.code ?? record.state;
  return record.state;
}

export function uncountedRecord(record: ProjectedRecord, code: string): UncountedRecord {
  const { recordId, platform, source, hoursHundredths, subject, attributedYear } = record;
  return { recordId, platform, source, hoursHundredths, subject, attributedYear, code };
}

/** The same list whatever the order in which the records were posted; a record's rows are apart by code, hours and subject. */
export function compareUncounted(left: UncountedRecord, right: UncountedRecord): number {
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
