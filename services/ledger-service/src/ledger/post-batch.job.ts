import { readUnpostedBatches, readUnpostedClosings } from "@xueshi/database";
import { postBatch } from "./post-batch.ts";
import type { PostingContext } from "./posting-context.ts";

/**
 * Handles a hint that a batch waits. A batch that closes a pull waits for the others of its platform, so whoever posts one
 * of them looks whether the closing one can follow.
 */
export async function handlePostBatch(context: PostingContext, payload: { batchId: string }): Promise<void> {
  const outcome = await postBatch(context, payload.batchId);
  if (outcome !== "posted") return;
  for (const batchId of await readUnpostedClosings(context.sql)) await postBatch(context, batchId);
}

const BATCHES_PER_SWEEP = 1_000;

/**
 * Posts what waits in the database, oldest first, whatever became of its hints. Batches received at the same moment may
 * stand in any order, so what had to wait is tried once more at the end.
 */
export async function postForgotten(context: PostingContext, receivedBeforeMs: number): Promise<void> {
  const batchIds = await readUnpostedBatches(context.sql, receivedBeforeMs, BATCHES_PER_SWEEP);
  const waiting: string[] = [];
  for (const batchId of batchIds) if ((await postBatch(context, batchId)) === "waiting") waiting.push(batchId);
  for (const batchId of waiting) await postBatch(context, batchId);
}
