import type { IngestionContext } from "../../ingestion-context.ts";
import { giveUpUpload, runUpload } from "./run-upload.ts";

/** Of an error that is not of the moment: as many as the queue makes before it lets a job go. */
const ATTEMPTS_MAX = 5;
/**
 * Errors that pass by themselves, by the beginning of their code: of connections (PostgreSQL's class 08, the client's and
 * Node's), resources, conflicts, locks and shutdown (classes 40, 53, 55, 57 and 58), and a key that is in use.
 */
const PASSING = /^(?:08|40|53|55|57|58|CONNECT|E[A-Z]{4,}|idempotency_key_in_use)/;

/** Handles a hint that an upload waits; what it waits for is read from the database. */
export async function handleReadUpload(
  context: IngestionContext,
  { uploadId }: { uploadId: string },
  job: { attempt: number; signal: AbortSignal },
): Promise<void> {
  try {
    await runUpload(context, uploadId, job.signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (job.attempt < ATTEMPTS_MAX || job.signal.aborted || PASSING.test(code)) throw error;
    await giveUpUpload(context, uploadId);
    // Not its message, which may quote data.
    const kind = error instanceof Error ? error.name : typeof error;
    context.logger.error("an upload is given up", { uploadId, kind, code });
  }
}
