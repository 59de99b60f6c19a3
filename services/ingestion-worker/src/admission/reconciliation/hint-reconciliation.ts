import type { IngestionContext } from "../../ingestion-context.ts";

/** Tells a worker that a reconciliation waits. A hint may get lost: the sweeper finds what waits. */
export async function hintReconciliation(context: IngestionContext, reconciliationId: string): Promise<void> {
  try {
    await context.queue.enqueue("reconcile", { reconciliationId }, { dedupeKey: reconciliationId });
  } catch (error) {
    context.logger.warn("the queue did not take a hint; the sweeper will", { reconciliationId, error });
  }
}
