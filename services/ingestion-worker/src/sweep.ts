import { readQueuedPlatforms } from "@xueshi/database";
import { hintPull } from "./acquisition/routes.ts";
import type { IngestionContext } from "./ingestion-context.ts";

/**
 * Puts back the hints that a queue has lost for pulls that wait, and the schedules. What is pending lives in PostgreSQL,
 * so a lost hint costs time and nothing else (design.md, invariant 6). Batches that wait are the ledger service's to find.
 */
export async function sweep(context: IngestionContext): Promise<void> {
  for (const platform of await readQueuedPlatforms(context.sql)) await hintPull(context, platform);
  await context.queue.ensureSchedules();
}
