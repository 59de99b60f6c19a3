import {
  failInterruptedPulls,
  PullTakenOver,
  queuePull,
  readPull as readPullRow,
  requeueBackfill,
  type TakenPull,
  takeQueuedPull,
  withPlatformLease,
} from "@xueshi/database";
import type { PullOutcome } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import { AnswerWatch } from "../acquisition/answer-watch.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { closePull } from "./close-pull.ts";
import { endBrokenPull } from "./end-broken-pull.ts";
import { readBackfill } from "./read-backfill.ts";
import { readCurrent } from "./read-current.ts";
import { RunningPulls } from "./running-pulls.ts";

/** How a run of the pull job ended: the outcome of the first pull that it ran, or that there was nothing to do here. */
export type RunPullOutcome = PullOutcome | "idle" | "busy";

/** How often the holder of a lease shows that it is there, and looks whether its pull was cancelled. */
const LEASE_BEAT_MS = 2_000;

interface Run {
  readonly context: IngestionContext;
  readonly platform: Platform;
  readonly running: RunningPulls;
  readonly signal: AbortSignal;
}

/**
 * Runs what waits of a platform: the pull from the stored cursor to the end, then back-fills. Only one process does that
 * at a time; a pull that was interrupted by the death of its process is marked so and continued by a new one.
 * @param signal aborted when the process shuts down: the pull then ends as partial and is queued again
 */
export async function runPull(
  context: IngestionContext,
  platform: Platform,
  signal: AbortSignal,
): Promise<RunPullOutcome> {
  const running = new RunningPulls(context);
  const beat = { everyMs: LEASE_BEAT_MS, onBeat: () => void running.look() };
  const action = async (lost: AbortSignal) => {
    const interrupted = await failInterruptedPulls(context.sql, platform.name, context.clock());
    if (interrupted > 0) await queueAnother(context, platform.name);
    const run = { context, platform, running, signal: AbortSignal.any([signal, lost]) };
    const first = await runNext(run, "all");
    for (let next = first; next !== "idle" && !run.signal.aborted; ) next = await runNext(run, "all");
    return first;
  };
  return (await withPlatformLease(context.openLease, platform.name, action, beat)) ?? "busy";
}

async function queueAnother(context: IngestionContext, platform: string): Promise<void> {
  await queuePull(context.sql, { pullId: context.newId(), platform, queuedAtMs: context.clock() });
}

/** Takes one pull from the queue and runs it to its end. */
async function runNext(run: Run, kinds: "all" | "current"): Promise<PullOutcome | "idle"> {
  const { context, platform } = run;
  const pull = await takeQueuedPull(context.sql, platform.name, context.clock(), kinds);
  if (pull === null) return "idle";
  const watch = new AnswerWatch();
  try {
    return await run.running.run(pull.pullId, run.signal, (signal) => runTaken({ ...run, signal }, pull, watch));
  } catch (error) {
    if (!(error instanceof PullTakenOver)) {
      if (run.signal.aborted) throw error;
      return endBrokenPull(context, platform, pull, watch, error);
    }
    const row = await readPullRow(context.sql, pull.pullId);
    if (row?.state !== "cancelled") throw error;
    context.logger.info("pull cancelled", { platform: platform.name });
    return "cancelled";
  }
}

async function runTaken(run: Run, pull: TakenPull, watch: AnswerWatch): Promise<PullOutcome> {
  const { context, platform, signal } = run;
  const { clock, fetch, delay, logger } = context;
  const pullContext = { clock, fetch, delay, logger, signal, observe: watch.see.bind(watch) };
  const work = { context, platform, pull, pullContext };
  const isBackfill = pull.kind === "backfill";
  // The platform stays as current as ever while a range of it is read again.
  const read = isBackfill
    ? await readBackfill(work, async () => void (await runNext(run, "current")))
    : await readCurrent(work);
  const isAborted = read.reason === "aborted";
  if (isAborted && isBackfill) {
    await requeueBackfill(context.sql, pull);
    return "partial";
  }
  await closePull(context, platform, pull, read, watch);
  if (isAborted) await queueAnother(context, platform.name);
  context.logger.info("pull ended", { platform: platform.name, outcome: read.outcome, reason: read.reason });
  return read.outcome;
}
