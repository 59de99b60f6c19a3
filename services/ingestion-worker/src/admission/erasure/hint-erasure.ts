import type { IngestionContext } from "../../ingestion-context.ts";

/** Tells a worker that an erasure waits. A hint may get lost: the sweeper finds what waits. */
export async function hintErasure(context: IngestionContext, erasureId: string): Promise<void> {
  try {
    await context.queue.enqueue("erase-person", { erasureId }, { dedupeKey: erasureId });
  } catch (error) {
    context.logger.warn("the queue did not take a hint; the sweeper will", { erasureId, error });
  }
}
