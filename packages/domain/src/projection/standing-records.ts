import type { Flag } from "../admission/refusal.ts";
import { MAIN_SLOT } from "../ledger/entry.ts";
import type { ProjectedRecord } from "./projected-record.ts";

const SETTLED = "settled_later" satisfies Flag;

/** The records that an answer lists: all but the held and refused rows that a later version of the record has settled. */
export function standingRecords(records: readonly ProjectedRecord[]): readonly ProjectedRecord[] {
  if (records.every((record) => record.slot === MAIN_SLOT)) return records;
  return records.filter((record) => record.slot === MAIN_SLOT || !record.flags.split(",").includes(SETTLED));
}
