import { achievementKeyOf } from "../classification/classify-record.ts";
import type { Entry } from "../ledger/entry.ts";
import { isCompeting } from "../ledger/settle-achievements.ts";
import type { Sha256Hex } from "../values/keys.ts";

/** A row of the cache of record states: which posting each slot of a record stands by. */
export interface RecordStateRow {
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
export function recordStateOf(entry: Entry, context: StateContext): RecordStateRow {
  const { practitionerId, recordKey, slot, source, state, sequence } = entry;
  return {
    practitionerId,
    recordKey: recordKey ?? "",
    slot,
    source: source ?? "",
    state: state ?? "",
    achievementKey: achievementOf(entry, context),
    sequence,
  };
}

/** The key by which the same-achievement rule compares a standing record with others; null where it does not apply. */
export function achievementOf(entry: Entry, { sha256Hex, countsBesides }: StateContext): string | null {
  const { recordKey, platform, subject, obtainedOn, title } = entry;
  if (!isCompeting(entry) || subject === null || obtainedOn === null || countsBesides(recordKey ?? "")) return null;
  return achievementKeyOf(sha256Hex, platform ?? "", subject, obtainedOn, title ?? "");
}
