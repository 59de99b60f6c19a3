import { LIMITS } from "@xueshi/contracts";
import { deleteExpiredPages, deleteExpiredRequests, readAbandonedPlatforms } from "@xueshi/database";
import { localDateAt } from "@xueshi/domain";
import { hintPull } from "./acquisition/routes.ts";
import type { IngestionContext } from "./ingestion-context.ts";

const DAY_MS = 86_400_000;

/**
 * Puts back what a queue has lost: hints for pulls that wait or whose process died, and the schedules. What is pending
 * lives in PostgreSQL, so a lost hint costs time and nothing else (ARCHITECTURE.md, invariant 6). Batches that wait are
 * the ledger service's to find. Raw pages and idempotency keys whose retention has ended go at the same
 * time.
 */
export async function sweep(context: IngestionContext): Promise<void> {
  for (const platform of await readAbandonedPlatforms(context.sql)) await hintPull(context, platform, "again");
  await context.queue.ensureSchedules();
  await deleteExpiredPages(context.sql, localDateAt(context.clock()));
  await deleteExpiredRequests(context.sql, context.clock() - LIMITS.idempotencyKeyDays * DAY_MS);
}
