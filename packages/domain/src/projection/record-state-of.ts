import { achievementKeyOf } from "../classification/classify-record.ts";
import { type Entry, MAIN_SLOT } from "../ledger/entry.ts";
import type { Sha256Hex } from "../values/keys.ts";

/** A row of the cache of record states: which posting each slot of a record stands by. */
export interface RecordStateOfEntry {
  readonly practitionerId: string;
  readonly recordKey: string;
  readonly slot: string;
  readonly source: string;
  readonly state: string;
  readonly achievementKey: string | null;
  readonly sequence: number;
}

export interface StateContext {
  readonly sha256Hex: Sha256Hex;
  /** Whether an operator decided that a record counts beside its duplicates. */
  readonly countsBesides: (recordKey: string) => boolean;
}

/** The record state that a standing posting means. Source: ARCHITECTURE.md, invariants 2 and 15. */
export function recordStateOf(entry: Entry, { sha256Hex, countsBesides }: StateContext): RecordStateOfEntry {
  const { practitionerId, recordKey, slot, source, state, platform, subject, obtainedOn, title, sequence } = entry;
  const mayRepeat = slot === MAIN_SLOT && (state === "registered" || state === "duplicate");
  const isExempt = !mayRepeat || subject === null || obtainedOn === null || countsBesides(recordKey ?? "");
  return {
    practitionerId,
    recordKey: recordKey ?? "",
    slot,
    source: source ?? "",
    state: state ?? "",
    achievementKey: isExempt ? null : achievementKeyOf(sha256Hex, platform ?? "", subject, obtainedOn, title ?? ""),
    sequence,
  };
}
