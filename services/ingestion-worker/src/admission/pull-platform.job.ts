import { isBackfillRunning, queuePull, readNewestPulls, readPlatformStates } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import { breakerState, CLOSED_BREAKER } from "../acquisition/breaker.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { runPull } from "./run-pull.ts";

/** A hint that comes sooner after the platform's last pull than this is taken for a repeated one. */
const REPEATED_HINT_MS = 60_000;

/**
 * Handles a hint that a platform may have to be pulled: on its schedule, on demand, or from the sweeper. What waits in
 * the database decides; a scheduled hint finds nothing waiting and puts a pull there itself, unless the platform has
 * failed so often that pulls on schedule wait.
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
  // A back-fill that is under way elsewhere looks for a pull that waits beside it.
  const isBeside = outcome === "busy" && (await isBackfillRunning(context.sql, platform.name));
  if (outcome !== "idle" && !isBeside) return;
  if (!(await isDue(context, platform))) return;
  await queuePull(context.sql, { pullId: context.newId(), platform: platform.name, queuedAtMs: context.clock() });
  if (!isBeside) await runPull(context, platform, job.signal);
}

async function isDue(context: IngestionContext, { name }: Platform): Promise<boolean> {
  const nowMs = context.clock();
  const [last] = await readNewestPulls(context.sql, [name]);
  if (last !== undefined && nowMs - (last.endedAtMs ?? last.queuedAtMs) < REPEATED_HINT_MS) return false;
  const [state] = await readPlatformStates(context.sql, name);
  return breakerState(state ?? CLOSED_BREAKER, nowMs) !== "open";
}
