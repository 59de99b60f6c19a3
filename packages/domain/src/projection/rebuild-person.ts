import type { Entry } from "../ledger/entry.ts";
import { type Balance, balancesOf } from "./balance.ts";
import { type RecordStateRow, recordStateOf, type StateContext } from "./record-state-of.ts";

/** The projections of one person, derived from nothing but the chain and what operators decided of duplicates. */
export interface RebuiltPerson {
  readonly states: readonly RecordStateRow[];
  /** One for each key that entries with hours speak of, also where they come to zero. */
  readonly balances: readonly Balance[];
}

/**
 * Derives a person's record states and balances anew, as posting after posting has left them.
 * @param entries of one person, from the first, in order of sequence
 */
export function rebuildPerson(entries: readonly Entry[], context: StateContext): RebuiltPerson {
  const standing = new Map<number, Entry>();
  for (const entry of entries) {
    if (entry.kind === "posting") standing.set(entry.sequence, entry);
    if (entry.kind === "reversal" && entry.reverses !== null) standing.delete(entry.reverses);
  }
  return {
    states: [...standing.values()].map((entry) => recordStateOf(entry, context)),
    balances: balancesOf(entries.filter((entry) => entry.hoursHundredths !== 0)),
  };
}
