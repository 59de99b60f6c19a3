import { runTransaction, type Transaction, type TransactionOptions } from "@xueshi/database";
import type { RulesInForce } from "../classification/rules-in-force.ts";
import type { PostingContext } from "./posting-context.ts";
import { PeopleNotLocked, RulesChanged } from "./read-changes.ts";

/** A record may have moved between people while we looked; each round locks the ones that turned up. */
const ROUNDS_MAX = 5;

/**
 * Runs a posting in a transaction, again with the people added that it found not locked, and by the rules that it found
 * in force under its locks. A round that is given up has changed nothing. Throws PeopleNotLocked or RulesChanged when
 * either still turns up after five rounds.
 */
export async function runPosting<T>(
  context: PostingContext,
  run: (tx: Transaction, rules: RulesInForce, extraPeople: readonly string[]) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  let extraPeople: readonly string[] = [];
  let rules = await context.rules();
  for (let round = 1; ; round += 1) {
    try {
      return await runTransaction(context, (tx) => run(tx, rules, extraPeople), options);
    } catch (error) {
      if (round >= ROUNDS_MAX) throw error;
      if (error instanceof PeopleNotLocked) extraPeople = [...extraPeople, ...error.practitionerIds];
      else if (error instanceof RulesChanged) rules = await context.rules(error.activations);
      else throw error;
    }
  }
}
