import type { Entry } from "@xueshi/domain";

/** The fields of an entry that a line writes as text. */
type Instants = "recordedAt" | "updateTime";
type EntryRow = Omit<Entry, "recordedAtMs" | "updateTimeMs"> & Readonly<Record<Instants, string | null>>;

/** Hashes are taken over milliseconds; a digit behind them would be in no hash. */
const MILLISECONDS = /T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?\+00:00$/;

/** An entry as it was hashed, from a row that has the form of one; null: a time of it is finer than a millisecond. */
export function entryOfRow(row: object): Entry | null {
  const { recordedAt, updateTime, ...fields } = row as EntryRow;
  for (const instant of [recordedAt, updateTime]) if (instant !== null && !MILLISECONDS.test(instant)) return null;
  const updateTimeMs = updateTime === null ? null : Date.parse(updateTime);
  return { ...fields, recordedAtMs: Date.parse(recordedAt ?? ""), updateTimeMs };
}
