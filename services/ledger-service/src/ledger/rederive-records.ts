import type { Sql, Transaction } from "@xueshi/database";
import { type PostedStanding, type PostingPlan, planPostings } from "@xueshi/domain";
import type { RulesInForce } from "../classification/rules-in-force.ts";
import type { PostingContext } from "./posting-context.ts";
import { PeopleNotLocked, readChanges } from "./read-changes.ts";

/** What a posting of records would still have to write; nothing, where they stand as they should. */
export interface Rederivation {
  readonly plan: PostingPlan;
  /** How records stand, as far as rows or decisions speak of them. */
  readonly posted: readonly PostedStanding[];
  /** The name (digest, hex) by which admission knows each person, also those who came up besides. */
  readonly nameDigests: ReadonlyMap<string, string>;
}

const ROUNDS_MAX = 5;

/**
 * Derives how records should stand from what was admitted and decided, as posting does, and compares it with how they stand.
 * Writes and locks nothing: the session sees one moment.
 */
export async function rederiveRecords(
  sql: Sql,
  of: { readonly recordKeys: readonly string[]; readonly practitionerIds: readonly string[] },
  rules: RulesInForce,
  context: Pick<PostingContext, "sha256Hex" | "sources" | "nameVariants">,
): Promise<Rederivation> {
  const tx = sql as unknown as Transaction;
  let people = of.practitionerIds;
  for (let round = 1; ; round += 1) {
    try {
      const changes = await readChanges(tx, of.recordKeys, people, rules, context);
      const plan = planPostings({ ...changes, actor: "", reason: null, note: null });
      return { plan, posted: changes.posted, nameDigests: changes.nameDigests };
    } catch (error) {
      if (!(error instanceof PeopleNotLocked) || round === ROUNDS_MAX) throw error;
      people = [...new Set([...people, ...error.practitionerIds])];
    }
  }
}
