import type { IngestionContext } from "../../ingestion-context.ts";

/** Tells a worker that a re-admission waits. A hint may get lost: the sweeper finds what waits. */
export async function hintReadmission(context: IngestionContext, readmissionId: string): Promise<void> {
  try {
    await context.queue.enqueue("readmit-rows", { readmissionId }, { dedupeKey: readmissionId });
  } catch (error) {
    context.logger.warn("the queue did not take a hint; the sweeper will", { readmissionId, error });
  }
}
