import type { IngestionContext } from "../../ingestion-context.ts";
import { runErasure } from "./run-erasure.ts";

/** Handles a hint that an erasure waits. One that fails is tried again by the sweeper for as long as it is not done. */
export async function handleErasePerson(
  context: IngestionContext,
  { erasureId }: { erasureId: string },
  job: { signal: AbortSignal },
): Promise<void> {
  await runErasure(context, erasureId, job.signal);
}
