import type { IngestionContext } from "../../ingestion-context.ts";
import { codeOf, isWorthRetrying } from "../passing-errors.ts";
import { giveUpUpload, runUpload } from "./run-upload.ts";

/** Handles a hint that an upload waits; what it waits for is read from the database. */
export async function handleReadUpload(
  context: IngestionContext,
  { uploadId }: { uploadId: string },
  job: { attempt: number; signal: AbortSignal },
): Promise<void> {
  try {
    await runUpload(context, uploadId, job.signal);
  } catch (error) {
    if (isWorthRetrying(error, job)) throw error;
    await giveUpUpload(context, uploadId);
    // Not its message, which may quote data.
    const kind = error instanceof Error ? error.name : typeof error;
    context.logger.error("an upload is given up", { uploadId, kind, code: codeOf(error) });
  }
}
