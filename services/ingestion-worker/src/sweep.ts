import { readQueuedPlatforms, readUnpostedBatches } from "@xueshi/database";
import { hintPull } from "./acquisition/routes.ts";
import type { IngestionContext } from "./ingestion-context.ts";

/** A batch that waits longer than this was forgotten by the queue, or its worker died. */
const FORGOTTEN_MS = 5_000;
const BATCHES_PER_SWEEP = 1_000;

/**
 * Puts back the hints that a queue has lost: for batches that were not posted and pulls that wait. What is pending lives
 * in PostgreSQL, so a lost hint costs time and nothing else (design.md, invariant 6).
 */
export async function sweep(context: IngestionContext): Promise<void> {
  const [batchIds, platforms] = await Promise.all([
    readUnpostedBatches(context.sql, context.clock() - FORGOTTEN_MS, BATCHES_PER_SWEEP),
    readQueuedPlatforms(context.sql),
  ]);
  const jobs = batchIds.map((batchId) => ({ payload: { batchId }, options: { dedupeKey: batchId } }));
  if (jobs.length > 0) await context.queue.enqueueMany("post-batch", jobs);
  for (const platform of platforms) await hintPull(context, platform);
  await context.queue.ensureSchedules();
}
