import { failReadmission } from "@xueshi/database";
import type { IngestionContext } from "../../ingestion-context.ts";
import { codeOf, isWorthRetrying } from "../passing-errors.ts";
import { runReadmission } from "./run-readmission.ts";

/** Handles a hint that a re-admission waits; one that fails again and again for no passing reason ends as failed. */
export async function handleReadmitRows(
  context: IngestionContext,
  { readmissionId }: { readmissionId: string },
  job: { attempt: number; signal: AbortSignal },
): Promise<void> {
  try {
    await runReadmission(context, readmissionId, job.signal);
  } catch (error) {
    if (isWorthRetrying(error, job)) throw error;
    await failReadmission(context.sql, { readmissionId, failure: "internal_error", endedAtMs: context.clock() });
    // Not its message, which may quote data.
    const kind = error instanceof Error ? error.name : typeof error;
    context.logger.error("a re-admission is given up", { readmissionId, kind, code: codeOf(error) });
  }
}
