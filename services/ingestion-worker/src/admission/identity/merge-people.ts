import {
  lockDecisions,
  lockKnownPeople,
  type PersonMergeRow,
  readErased,
  readIdentities,
  readMergedFrom,
  readMergesOf,
  readPersonMerge,
  readRecordKeysOf,
  runTransaction,
  type Transaction,
  writePersonMerge,
} from "@xueshi/database";
import type { IngestionContext } from "../../ingestion-context.ts";
import { hintPosting } from "../hint-posting.ts";
import { writeDecisionBatch } from "../quarantine/decide-rows.ts";

export interface PeopleToMerge {
  /** Practitioner ids: whose id was wrong, and whose the records are. */
  readonly from: string;
  readonly into: string;
  readonly reason: string;
  readonly document: string | null;
  /** Public name of the operator's key. */
  readonly actor: string;
}

export type MergeOutcome =
  /** `batchId` is null when they were merged already. */
  | { readonly kind: "merged"; readonly merge: PersonMergeRow; readonly batchId: string | null }
  | { readonly kind: "not_known" }
  /** One of them was erased. */
  | { readonly kind: "erased" }
  /** Both are one, or one of them is part of another merge. */
  | { readonly kind: "not_possible" };

/**
 * Decides that a person's id was wrong: all records under it, and those still to come, are another person's. The ledger
 * reverses them in the one chain and posts them in the other. A merge is never of somebody who is merged already, so whose
 * a record is takes one look. Source: platforms.md, rule 13.
 */
export async function mergePeople(context: IngestionContext, asked: PeopleToMerge): Promise<MergeOutcome> {
  const outcome = await runTransaction(context, (tx) => mergeIn(tx, context, asked));
  if (outcome.kind === "merged" && outcome.batchId !== null) await hintPosting(context, outcome.batchId);
  return outcome;
}

async function mergeIn(tx: Transaction, context: IngestionContext, asked: PeopleToMerge): Promise<MergeOutcome> {
  const { from, into } = asked;
  if (from === into) return { kind: "not_possible" };
  await lockDecisions(tx);
  await lockKnownPeople(tx, [from, into]);
  if ((await readErased(tx, [from, into])).size > 0) return { kind: "erased" };
  if ((await readIdentities(tx, [from, into])).length < 2) return { kind: "not_known" };
  const [ofFrom, ofInto] = [await readMergesOf(tx, from), await readMergesOf(tx, into)];
  const [inForce, target] = [ofFrom.at(-1), ofInto.at(-1)];
  if (inForce !== undefined && inForce.intoPractitionerId === into) {
    return { kind: "merged", merge: inForce, batchId: null };
  }
  const others = await readMergedFrom(tx, [from]);
  const isTarget = [...others.values()].some((ownership) => ownership.into === from);
  if (isTarget || (inForce?.intoPractitionerId ?? null) !== null || (target?.intoPractitionerId ?? null) !== null) {
    return { kind: "not_possible" };
  }
  const { reason, document, actor } = asked;
  const decision = { intoPractitionerId: into, reason, document, actor };
  return { kind: "merged", ...(await keep(tx, context, from, inForce, decision)) };
}

type Said = Pick<PersonMergeRow, "intoPractitionerId" | "reason" | "document" | "actor">;

async function keep(
  tx: Transaction,
  context: IngestionContext,
  practitionerId: string,
  before: PersonMergeRow | undefined,
  said: Said,
): Promise<{ merge: PersonMergeRow; batchId: string }> {
  const decidedAtMs = Math.max(context.clock(), (before?.decidedAtMs ?? 0) + 1);
  const merge = { practitionerId, decidedAtMs, decisionId: context.newId(), ...said };
  await writePersonMerge(tx, merge);
  const others = [said.intoPractitionerId, before?.intoPractitionerId].filter((id) => id != null);
  await writeDecisionBatch(tx, context, {
    batchId: merge.decisionId,
    recordKeys: await readRecordKeysOf(tx, [practitionerId]),
    practitionerIds: [practitionerId, ...others],
  });
  return { merge, batchId: merge.decisionId };
}

export type UnmergeOutcome =
  | { readonly kind: "undone"; readonly merge: PersonMergeRow; readonly batchId: string }
  | { readonly kind: "not_found" }
  /** One of the two was erased. */
  | { readonly kind: "erased" }
  /** It is not in force any more. */
  | { readonly kind: "conflict" };

/** Takes back a merge that is in force: both people have their own records again. */
export async function undoMerge(
  context: IngestionContext,
  asked: { readonly decisionId: string; readonly reason: string; readonly actor: string },
): Promise<UnmergeOutcome> {
  const outcome = await runTransaction(context, async (tx): Promise<UnmergeOutcome> => {
    await lockDecisions(tx);
    const decided = await readPersonMerge(tx, asked.decisionId);
    if (decided === null) return { kind: "not_found" };
    const { practitionerId, intoPractitionerId } = decided;
    const both = [practitionerId, ...(intoPractitionerId === null ? [] : [intoPractitionerId])];
    await lockKnownPeople(tx, both);
    if ((await readErased(tx, both)).size > 0) return { kind: "erased" };
    const inForce = (await readMergesOf(tx, practitionerId)).at(-1);
    if (inForce?.decisionId !== decided.decisionId || intoPractitionerId === null) return { kind: "conflict" };
    const said = { intoPractitionerId: null, reason: asked.reason, document: null, actor: asked.actor };
    return { kind: "undone", ...(await keep(tx, context, practitionerId, inForce, said)) };
  });
  if (outcome.kind === "undone") await hintPosting(context, outcome.batchId);
  return outcome;
}
