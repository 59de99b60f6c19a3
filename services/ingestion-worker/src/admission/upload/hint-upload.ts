import type { IngestionContext } from "../../ingestion-context.ts";

/** Tells a worker that an upload waits. A hint may get lost: the sweeper finds what waits. */
export async function hintUpload(context: IngestionContext, uploadId: string): Promise<void> {
  try {
    await context.queue.enqueue("read-upload", { uploadId }, { dedupeKey: uploadId });
  } catch (error) {
    context.logger.warn("the queue did not take a hint; the sweeper will", { uploadId, error });
  }
}
