import { endPull, failInterruptedPulls, queuePull, takeQueuedPull, withPlatformLease } from "@xueshi/database";
import type { PullOutcome } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { PullEnd, PullEvent, PulledPage, RefusedFile } from "../acquisition/pull-event.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { hintPosting } from "./hint-posting.ts";
import { OrdinalCounter } from "./judge-rows.ts";
import { openPull } from "./open-pull.ts";
import { storePages } from "./store-pages.ts";
import { storeRows } from "./store-rows.ts";

/** How a run of the pull job ended: a pull's own outcome, or that there was nothing to do here. */
export type RunPullOutcome = PullOutcome | "idle" | "busy";

/**
 * Runs the pull of a platform that waits in its queue, from the stored cursor to the end. Only one runs at a time; a pull
 * that was interrupted by the death of its process is marked so and continued by a new one.
 * @param signal aborted when the process shuts down: the pull then ends as partial and is queued again
 */
export async function runPull(
  context: IngestionContext,
  platform: Platform,
  signal: AbortSignal,
): Promise<RunPullOutcome> {
  const outcome = await withPlatformLease(context.openLease, platform.name, async (lost) => {
    const interrupted = await failInterruptedPulls(context.sql, platform.name, context.clock());
    if (interrupted > 0) await queueAnother(context, platform.name);
    const pullId = await takeQueuedPull(context.sql, platform.name, context.clock());
    if (pullId === null) return "idle";
    const end = await readToEnd(context, platform, pullId, AbortSignal.any([signal, lost]));
    await closePull(context, platform, pullId, end);
    if (end.reason === "aborted") await queueAnother(context, platform.name);
    context.logger.info("pull ended", { platform: platform.name, outcome: end.outcome, reason: end.reason });
    return end.outcome;
  });
  return outcome ?? "busy";
}

async function queueAnother(context: IngestionContext, platform: string): Promise<void> {
  await queuePull(context.sql, { pullId: context.newId(), platform, queuedAtMs: context.clock() });
}

async function readToEnd(
  context: IngestionContext,
  platform: Platform,
  pullId: string,
  signal: AbortSignal,
): Promise<EndedPull> {
  const { clock, fetch, delay, logger } = context;
  const pullContext = { clock, fetch, delay, logger, signal };
  const startedAtMs = clock();
  const target = context.targets[platform.name];
  if (target === undefined) return failedEnd(startedAtMs, "target_missing");
  const opened = await openPull(context, platform, pullId, target, pullContext);
  if (opened.kind === "fault") return failedEnd(startedAtMs, opened.reason);
  return storeEvents(context, platform, pullId, opened.events);
}

/** Stores pages in batches while the next ones are read; one batch is on its way at a time, so they stay in order. */
async function storeEvents(
  context: IngestionContext,
  platform: Platform,
  pullId: string,
  events: AsyncIterable<PullEvent>,
): Promise<PullEnd> {
  const ordinals = new OrdinalCounter();
  let pages: PulledPage[] = [];
  let rows = 0;
  let storing: Promise<void> = Promise.resolve();
  let end: PullEnd | null = null;
  const flush = async (): Promise<void> => {
    await storing;
    if (pages.length === 0) return;
    storing = storePages(context, platform, pullId, pages, ordinals);
    // The failure is thrown by the next await of `storing`; until then it must not count as unhandled.
    storing.catch(() => {});
    pages = [];
    rows = 0;
  };
  for await (const event of events) {
    if (event.kind === "end") {
      end = event;
      break;
    }
    pages.push(event);
    rows += event.rows.length;
    if (rows >= context.batchRows) await flush();
  }
  await flush();
  await storing;
  if (end === null) throw new Error("a pull yields an end");
  return end;
}

/**
 * Ends a pull. Unless nothing came through, an empty batch closes it: its posting, after all others of the platform,
 * is the moment from which the ledger knows how complete the platform is.
 */
async function closePull(context: IngestionContext, platform: Platform, pullId: string, end: EndedPull): Promise<void> {
  const batchId = context.newId();
  const endedAtMs = context.clock();
  await context.sql.begin(async (tx) => {
    if (end.outcome !== "failed") {
      const batch = {
        batchId,
        source: platform.name,
        origin: "pull",
        pullId,
        closesPull: true,
        completeUntilMs: end.outcome === "complete" ? end.startedAtMs : null,
        receivedAtMs: endedAtMs,
        judged: [],
        totalRows: 0,
        occurrenceMode: "count",
        raw: null,
      } as const;
      await storeRows(tx, batch, context.vault, context.knownPeople);
    }
    const detail = end.refusedFiles.length > 0 ? { refusedFiles: end.refusedFiles } : null;
    await endPull(tx, { pullId, endedAtMs, outcome: end.outcome, reason: end.reason, detail });
  });
  if (end.outcome !== "failed") await hintPosting(context, batchId);
}

/** What is kept of an end; a pull may also fail before the connector was asked. */
interface EndedPull {
  readonly outcome: PullOutcome;
  readonly reason: string | null;
  readonly startedAtMs: number;
  readonly refusedFiles: readonly RefusedFile[];
}

function failedEnd(startedAtMs: number, reason: string): EndedPull {
  return { outcome: "failed", reason, startedAtMs, refusedFiles: [] };
}
