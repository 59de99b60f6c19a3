import {
  hasUnpostedBefore,
  lockBatch,
  lockHeads,
  markPosted,
  type PostableBatch,
  type Transaction,
  writePlatformMark,
} from "@xueshi/database";
import { planPostings } from "@xueshi/domain";
import { lockMorePeople } from "./lock-more-people.ts";
import type { PostingContext } from "./posting-context.ts";
import { readChanges } from "./read-changes.ts";
import { retryTransaction } from "./retry-transaction.ts";
import { writePlan } from "./write-plan.ts";

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
  const ruleSets = await context.ruleSets();
  return lockMorePeople((extraPeople) =>
    retryTransaction(context.sql, async (tx) => {
      const batch = await lockBatch(tx, batchId);
      if (batch === null) return "unknown_batch";
      if (batch === "busy") return "busy";
      if (batch.postedAtMs !== null) return "already_posted";
      if (batch.closesPull && (await hasUnpostedBefore(tx, batch))) return "waiting";
      const people = [...new Set([...batch.practitionerIds, ...extraPeople])];
      if (people.length > 0) await postRecords(tx, batch, people, ruleSets, context);
      await finishBatch(tx, batch, context.clock());
      return "posted";
    }),
  );
}

async function postRecords(
  tx: Transaction,
  batch: PostableBatch,
  people: readonly string[],
  ruleSets: Awaited<ReturnType<PostingContext["ruleSets"]>>,
  context: PostingContext,
): Promise<void> {
  const heads = await lockHeads(tx, people);
  const changes = await readChanges(tx, batch.recordKeys, people, ruleSets, context.sha256Hex);
  const plan = planPostings({ ...changes, actor: context.actor, reason: null, note: null });
  await writePlan(
    tx,
    {
      plan,
      heads,
      nameDigests: changes.nameDigests,
      batchId: batch.batchId,
      reason: "batch",
      actor: context.actor,
    },
    context,
  );
}

async function finishBatch(tx: Transaction, batch: PostableBatch, nowMs: number): Promise<void> {
  await markPosted(tx, batch.batchId, nowMs);
  if (!batch.closesPull || batch.pullId === null) return;
  await writePlatformMark(tx, {
    platform: batch.source,
    pullId: batch.pullId,
    completeUntilMs: batch.completeUntilMs,
    outcome: batch.completeUntilMs === null ? "partial" : "complete",
    recordedAtMs: nowMs,
  });
}
