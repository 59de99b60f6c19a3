import {
  endPull,
  type PlatformState,
  readLateness,
  readPlatformStates,
  runTransaction,
  type TakenPull,
  type Transaction,
  writePlatformConduct,
} from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import type { AnswerWatch } from "../acquisition/answer-watch.ts";
import { type Breaker, breakerAfter, CLOSED_BREAKER } from "../acquisition/breaker.ts";
import { learnOverlap } from "../acquisition/lateness.ts";
import { overlapBoundsOf } from "../acquisition/overlap.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { hintPosting } from "./hint-posting.ts";
import type { ReadPull } from "./read-pull.ts";
import { storeRows } from "./store-rows.ts";

/**
 * Ends a pull, and keeps what it says about its platform. Unless nothing came through, an empty batch closes it: its
 * posting, after all others of the platform, is the moment from which the ledger knows how complete the platform is. A
 * back-fill says nothing about that. Throws `PullTakenOver` when the pull no longer runs.
 */
export async function closePull(
  context: IngestionContext,
  platform: Platform,
  pull: TakenPull,
  read: ReadPull,
  watch: AnswerWatch,
): Promise<void> {
  const endedAtMs = context.clock();
  const isCurrent = pull.kind !== "backfill";
  const closes = isCurrent && read.outcome !== "failed";
  const completeUntilMs = read.outcome === "complete" ? read.startedAtMs : null;
  const closing = { platform: platform.name, pullId: pull.pullId, completeUntilMs, receivedAtMs: endedAtMs };
  const batchId = await runTransaction(context, async (tx) => {
    const stored = closes ? await storeClosingBatch(tx, context, closing) : null;
    const { pullId, attempt } = pull;
    const { outcome, reason } = read;
    await endPull(tx, { pullId, attempt, endedAtMs, outcome, reason, detail: detailOf(read) });
    await keepConduct(tx, context, platform, pull, read, watch, endedAtMs);
    return stored;
  });
  if (batchId !== null) await hintPosting(context, batchId);
}

export interface Closing {
  readonly platform: string;
  /** Whose pull it closes; each pull tells the ledger once how it left its platform. */
  readonly pullId: string;
  /** Until when the platform is complete; null: the pull was cut off, or cannot be trusted. */
  readonly completeUntilMs: number | null;
  readonly receivedAtMs: number;
}

/** Stores the empty batch by which the ledger learns how complete a platform is; returns its id. */
export async function storeClosingBatch(tx: Transaction, context: IngestionContext, closing: Closing): Promise<string> {
  const batchId = context.newId();
  const batch = {
    batchId,
    source: closing.platform,
    origin: "pull",
    pullId: closing.pullId,
    closesPull: true,
    completeUntilMs: closing.completeUntilMs,
    receivedAtMs: closing.receivedAtMs,
    judged: [],
    totalRows: 0,
    occurrenceMode: "count",
    raw: null,
  } as const;
  await storeRows(tx, batch, context);
  return batchId;
}

function detailOf({ refusedFiles, judgement }: ReadPull): Record<string, unknown> {
  const { findings, missing, suspected, judged } = judgement;
  return {
    ...(refusedFiles.length > 0 ? { refusedFiles } : {}),
    ...(findings.length > 0 ? { findings } : {}),
    ...(Object.keys(missing).length > 0 ? { missing } : {}),
    ...(suspected.length > 0 ? { suspected } : {}),
    ...(judged === null ? {} : { judged }),
  };
}

async function keepConduct(
  tx: Transaction,
  context: IngestionContext,
  platform: Platform,
  pull: TakenPull,
  read: ReadPull,
  watch: AnswerWatch,
  endedAtMs: number,
): Promise<void> {
  const [state] = await readPlatformStates(tx, platform.name);
  const bounds = overlapBoundsOf(platform);
  const lateness = bounds === null ? [] : await readLateness(tx, platform.name);
  const breaker = breakerOf(state, pull, read, watch, endedAtMs);
  const overlapSeconds = bounds === null ? null : learnOverlap(lateness, bounds, endedAtMs);
  const probedAtMs = read.hasProbed ? read.startedAtMs : null;
  const conduct = { ...breaker, overlapSeconds, probedAtMs, clockSkewMs: watch.clockSkewMs };
  await writePlatformConduct(tx, platform.name, conduct, endedAtMs);
  if (breaker.retryAtMs !== null && breaker.retryAtMs !== state?.retryAtMs) {
    context.logger.warn("pulls on schedule wait", { platform: platform.name, reason: breaker.lastReason });
  }
}

function breakerOf(
  state: PlatformState | undefined,
  pull: TakenPull,
  { outcome, reason, rowsNew }: ReadPull,
  watch: AnswerWatch,
  endedAtMs: number,
): Breaker {
  const { failuresInARow, lastReason, retryAtMs } = state ?? CLOSED_BREAKER;
  const before = { failuresInARow, lastReason, retryAtMs };
  // A range may fail for what is in it; only its success says something about the platform.
  if (pull.kind === "backfill" && outcome !== "complete") return before;
  const retryAfterMs = watch.retryAfterMs(endedAtMs);
  return breakerAfter(before, { outcome, reason, rowsNew, retryAfterMs, endedAtMs, random: randomOf(pull.pullId) });
}

/** Ids end in random digits; those of a pull spread the waits of platforms. */
function randomOf(pullId: string): number {
  return Number.parseInt(pullId.slice(-6), 16) / 0x1_00_00_00;
}
