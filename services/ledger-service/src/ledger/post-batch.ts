import {
  hasUnpostedRows,
  lockBatch,
  lockHeads,
  markPosted,
  type PostableBatch,
  readDecisionNote,
  readMergedFrom,
  readOwnerships,
  readPulledUntil,
  readReadmission,
  readStandingKeysOf,
  readTombstones,
  type Transaction,
  writePlatformMark,
} from "@xueshi/database";
import { type EntryBody, planPostings, tombstoneEntry } from "@xueshi/domain";
import type { RulesInForce } from "../classification/rules-in-force.ts";
import { noteOf, noteOfErasure } from "./note-of.ts";
import type { PostingContext } from "./posting-context.ts";
import { readChanges } from "./read-changes.ts";
import { runPosting } from "./run-posting.ts";
import { writePlan } from "./write-plan.ts";

/** Batches that one process posts at a time: while some wait for the server or the disk, another one is worked on. */
export const BATCHES_AT_A_TIME = 4;

/**
 * - `posted`: the batch is posted now; - `already_posted`: it was before; - `busy`: another poster has it in hand;
 * - `waiting`: it closes a pull of which other batches are not posted yet; - `unknown_batch`: there is no such batch.
 */
export type PostBatchOutcome = "posted" | "already_posted" | "busy" | "waiting" | "unknown_batch";

/**
 * Posts one batch in one transaction: entries, projections, the batch's mark and, for the closing batch of a pull, the
 * platform's completeness. Posting a batch twice has no second effect. Source: ARCHITECTURE.md, invariants 2, 3 and 5.
 */
export async function postBatch(context: PostingContext, batchId: string): Promise<PostBatchOutcome> {
  const post = async (
    tx: Transaction,
    rules: RulesInForce,
    extraPeople: readonly string[],
  ): Promise<PostBatchOutcome> => {
    const batch = await lockBatch(tx, batchId);
    if (batch === null) return "unknown_batch";
    if (batch === "busy") return "busy";
    if (batch.postedAtMs !== null) return "already_posted";
    if (batch.closesPull && (await hasUnpostedRows(tx, batch))) return "waiting";
    // Those of the batch, and whoever turned out to have its records by later batches, which is rare.
    const people = [...new Set([...batch.practitionerIds, ...extraPeople])];
    const isOfNobody = people.length === 0 && batch.recordKeys.length === 0;
    if (isOfNobody) await finishBatch(tx, batch, context.clock());
    else await postRecords(tx, batch, people, rules, context);
    return "posted";
  };
  return runPosting(context, post, { isRepeatable: true });
}

async function postRecords(
  tx: Transaction,
  batch: PostableBatch,
  people: readonly string[],
  rules: RulesInForce,
  context: PostingContext,
): Promise<void> {
  // Sent together: the server reads only once it has the locks.
  const locked = lockHeads(tx, people);
  const [heads, changes] =
    batch.decisionId === null
      ? await Promise.all([locked, readChanges(tx, batch.recordKeys, people, rules, context, locked)])
      : [
          await locked,
          await readChanges(tx, await recordsOfDecision(tx, batch, people), people, rules, context, locked),
        ];
  const { actor, ...because } = await reasonOf(tx, batch, context);
  const plan = planPostings({ ...changes, actor, ...because });
  const { nameDigests, erased } = changes;
  const tombstones = batch.decisionId === null ? new Map() : await tombstonesOf(tx, batch.decisionId, [...erased]);
  const beside = (recordedAtMs: number) => finishBatch(tx, batch, recordedAtMs);
  await writePlan(
    tx,
    { plan, heads, nameDigests, batchId: batch.batchId, reason: because.reason ?? "batch", actor, tombstones, beside },
    context,
  );
}

/** The entries that close the chains of people whom an erasure erased; a batch of another decision closes none. */
async function tombstonesOf(
  tx: Transaction,
  erasureId: string,
  erased: readonly string[],
): Promise<ReadonlyMap<string, EntryBody>> {
  const own = (await readTombstones(tx, erased)).filter((tombstone) => tombstone.erasureId === erasureId);
  return new Map(
    own.map((tombstone) => [tombstone.practitionerId, tombstoneEntry(tombstone.actor, noteOfErasure(tombstone))]),
  );
}

/**
 * The records that a batch of decisions names and, of people whose records were ever another's, all that stand in their
 * chains: refused rows of a person are found nowhere else.
 */
async function recordsOfDecision(
  tx: Transaction,
  batch: PostableBatch,
  people: readonly string[],
): Promise<readonly string[]> {
  const merged = [...(await readOwnerships(tx, people)).keys(), ...(await readMergedFrom(tx, people)).keys()];
  if (merged.length === 0) return batch.recordKeys;
  return [...new Set([...batch.recordKeys, ...(await readStandingKeysOf(tx, people))])];
}

/** Why the entries of a batch are made, in an operator's words where one decided; null: it follows from the change. */
async function reasonOf(
  tx: Transaction,
  batch: PostableBatch,
  { actor }: PostingContext,
): Promise<{ reason: string | null; note: string | null; actor: string }> {
  if (batch.readmissionId !== null) {
    const asked = await readReadmission(tx, batch.readmissionId);
    return { reason: "readmitted", note: asked?.reason ?? null, actor: asked?.actor ?? actor };
  }
  const said = batch.decisionId === null ? null : await readDecisionNote(tx, batch.decisionId, batch);
  return said === null
    ? { reason: null, note: null, actor }
    : { reason: "decided", note: noteOf(said), actor: said.actor };
}

/** The mark of a pull is never earlier than an entry of it, whatever the clocks of the posters say. */
async function finishBatch(tx: Transaction, batch: PostableBatch, recordedAtMs: number): Promise<void> {
  await markPosted(tx, batch.batchId, recordedAtMs);
  if (!batch.closesPull || batch.pullId === null) return;
  const pulledUntilMs = await readPulledUntil(tx, batch.pullId);
  await writePlatformMark(tx, {
    platform: batch.source,
    pullId: batch.pullId,
    completeUntilMs: batch.completeUntilMs,
    outcome: batch.completeUntilMs === null ? "partial" : "complete",
    recordedAtMs: Math.max(recordedAtMs, pulledUntilMs ?? 0),
  });
}
