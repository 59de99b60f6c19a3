import { MAIN_SLOT } from "../ledger/entry.ts";
import type { ProjectedRecord } from "./projected-record.ts";

/** The record's own reason not to count anywhere (its state, or the code of its hold, refusal or revocation); null: registered. */
export function ownCode(record: ProjectedRecord): string | null {
  if (record.state === "registered" && record.slot === MAIN_SLOT) return null;
  return record.code ?? record.state;
}
