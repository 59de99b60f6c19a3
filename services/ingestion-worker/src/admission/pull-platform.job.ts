import { queuePull, readNewestPulls } from "@xueshi/database";
import type { IngestionContext } from "../ingestion-context.ts";
import { runPull } from "./run-pull.ts";

/** A hint that comes sooner after the platform's last pull than this is taken for a repeated one. */
const REPEATED_HINT_MS = 60_000;

/**
 * Handles a hint that a platform may have to be pulled: on its schedule, on demand, or from the sweeper. What waits in
 * the database decides; a scheduled hint finds nothing waiting and puts a pull there itself.
 */
export async function handlePullPlatform(
  context: IngestionContext,
  payload: { platform: string },
  job: { signal: AbortSignal },
): Promise<void> {
  const platform = context.sources.platformNamed(payload.platform);
  if (platform === null) {
    context.logger.warn("a hint names an unknown platform", { platform: payload.platform });
    return;
  }
  const outcome = await runPull(context, platform, job.signal);
  if (outcome !== "idle") return;
  const last = (await readNewestPulls(context.sql)).find((pull) => pull.platform === platform.name);
  if (last !== undefined && context.clock() - (last.endedAtMs ?? last.queuedAtMs) < REPEATED_HINT_MS) return;
  await queuePull(context.sql, { pullId: context.newId(), platform: platform.name, queuedAtMs: context.clock() });
  await runPull(context, platform, job.signal);
}
