import { isConnectionLost, readPull, type TakenPull } from "@xueshi/database";
import type { PullOutcome } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { AnswerWatch } from "../acquisition/answer-watch.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { closePull } from "./close-pull.ts";
import { NOTHING_FOUND } from "./read-pull.ts";

/**
 * Ends a pull that threw what no pull should throw, as `internal_error`, and counts it against its platform: left running
 * it would be started anew every few seconds, and ask the platform each time. A pull that was stopped, or whose database
 * is gone, is left to whoever takes it up next: the error is thrown again.
 */
export async function endBrokenPull(
  context: IngestionContext,
  platform: Platform,
  pull: TakenPull,
  watch: AnswerWatch,
  error: unknown,
): Promise<PullOutcome> {
  if (isConnectionLost(error)) throw error;
  const row = await readPull(context.sql, pull.pullId);
  if (row?.state !== "running") throw error;
  context.logger.error("pull ended by an error of its own", { platform: platform.name, error });
  const outcome = row.pages > 0 ? "partial" : "failed";
  const startedAtMs = row.startedAtMs ?? context.clock();
  const nothing = { rowsNew: 0, refusedFiles: [], judgement: NOTHING_FOUND, hasProbed: false };
  await closePull(context, platform, pull, { outcome, reason: "internal_error", startedAtMs, ...nothing }, watch);
  return outcome;
}
