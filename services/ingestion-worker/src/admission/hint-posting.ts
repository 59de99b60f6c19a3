import type { IngestionContext } from "../ingestion-context.ts";

/** Tells the ledger service of a stored batch. A hint may get lost: the sweeper finds what was not posted. */
export async function hintPosting(context: IngestionContext, batchId: string): Promise<void> {
  try {
    await context.queue.enqueue("post-batch", { batchId });
  } catch (error) {
    context.logger.warn("the queue did not take a hint; the sweeper will", { batchId, error });
  }
}
