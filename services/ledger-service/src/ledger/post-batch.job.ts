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
 * Posts what waits in the database, oldest first, whatever became of its hints. A batch that cannot be posted is told and
 * left; the others are posted all the same. Closing batches come last: they wait for the rest.
 */
export async function postForgotten(
  context: PostingContext,
  receivedBeforeMs: number,
  onFailure: (batchId: string, error: unknown) => void,
): Promise<void> {
  const batchIds = await readUnpostedBatches(context.sql, receivedBeforeMs, BATCHES_PER_SWEEP);
  for (const batchId of [...batchIds, ...(await readUnpostedClosings(context.sql))]) {
    await postBatch(context, batchId).catch((error: unknown) => onFailure(batchId, error));
  }
}
