import { MAIN_SLOT } from "../ledger/entry.ts";
import type { ProjectedRecord } from "../projection/projected-record.ts";

/**
 * The records that an answer lists: all but the held and refused rows that are settled, because the record itself
 * stands with a later update time. A row without a readable update time is never taken as settled.
 */
export function standingRecords(records: readonly ProjectedRecord[]): readonly ProjectedRecord[] {
  if (records.every((record) => record.slot === MAIN_SLOT)) return records;
  const updateTimeByKey = new Map<string, number>();
  for (const record of records) {
    if (record.slot === MAIN_SLOT && record.updateTimeMs !== null) {
      updateTimeByKey.set(record.recordKey, record.updateTimeMs);
    }
  }
  return records.filter((record) => {
    if (record.slot === MAIN_SLOT || record.updateTimeMs === null) return true;
    const mainUpdateTimeMs = updateTimeByKey.get(record.recordKey);
    return mainUpdateTimeMs === undefined || mainUpdateTimeMs <= record.updateTimeMs;
  });
}
