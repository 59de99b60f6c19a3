import type { IngestionContext } from "../../ingestion-context.ts";
import { codeOf, isWorthRetrying } from "../passing-errors.ts";
import { failReconciliation, runReconciliation } from "./run-reconciliation.ts";

/** Handles a hint that a reconciliation waits; what it waits for is read from the database. */
export async function handleReconcile(
  context: IngestionContext,
  { reconciliationId }: { reconciliationId: string },
  job: { attempt: number; signal: AbortSignal },
): Promise<void> {
  try {
    await runReconciliation(context, reconciliationId, job.signal);
  } catch (error) {
    if (isWorthRetrying(error, job)) throw error;
    await failReconciliation(context, reconciliationId, "internal_error");
    const kind = error instanceof Error ? error.name : typeof error;
    context.logger.error("a reconciliation is given up", { reconciliationId, kind, code: codeOf(error) });
  }
}
