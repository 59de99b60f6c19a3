import type { Entry } from "../ledger/entry.ts";
import { sameSaid, settleGroups } from "../ledger/plan-postings.ts";
import type { Standing } from "../ledger/standing.ts";
import type { RecordStateRow } from "./record-state-of.ts";
import { slotOf } from "./verify-record-states.ts";

/**
 * Whether the records of one person stand as they should, so that `planPostings` would plan nothing. Only of a person in
 * whom nothing else is wrong, and of whose records nothing was decided.
 * @param derived how all of the records should stand, before the same-achievement rule
 * @param standing the postings that no reversal took back, by sequence
 * @param states what is kept of them, one for each
 */
export function standsAsDerived(
  derived: readonly Standing[],
  standing: ReadonlyMap<number, Entry>,
  states: readonly RecordStateRow[],
): boolean {
  if (derived.length !== standing.size || derived.length !== states.length) return false;
  const kept = new Map(states.map((state) => [slotOf(state), state]));
  return settleGroups({ derived, rivals: [] }).every((next) => {
    const state = kept.get(slotOf(next));
    const entry = state === undefined ? undefined : standing.get(state.sequence);
    if (state === undefined || entry === undefined) return false;
    kept.delete(slotOf(next));
    return sameSaid(entry, next) && entry.flags === next.flags && state.achievementKey === next.achievementKey;
  });
}
