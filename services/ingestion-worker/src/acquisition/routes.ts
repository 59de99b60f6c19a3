import {
  decodeCursor,
  encodeCursor,
  getPlatformRoute,
  getPullRoute,
  ingestionSummaryRoute,
  LIMITS,
  listPlatformsRoute,
  listPullsRoute,
  type PullRequest,
  startPullRoute,
} from "@xueshi/contracts";
import {
  countRereadRows,
  countRowsPerDay,
  countUnpostedBatches,
  queueBackfill,
  queuePull,
  readLastSuccesses,
  readLateness,
  readNewestPulls,
  readPlatformMarks,
  readPlatformStates,
  readPull,
  readPulls,
  summariseRows,
  withPlatformLease,
} from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import type { Platform } from "@xueshi/platforms";
import { z } from "zod";
import { cursorProblem } from "../cursor-problem.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { type PlatformKnowledge, presentPlatform, presentPlatformDetail } from "./present-platform.ts";
import { presentPull } from "./present-pull.ts";
import { canReadRange } from "./pull-range.ts";

const pullPosition = z.strictObject({ at: z.int(), id: z.uuid() });
const WEEK_MS = 7 * 86_400_000;

/** Operations on pulls and platforms. */
export function addAcquisitionRoutes(app: App, context: IngestionContext): void {
  addPullRoutes(app, context);
  app.route(listPlatformsRoute, async (_input, call) => {
    const [known, nowMs] = [await knownOf(context, context.sources.platforms), context.clock()];
    const { platforms } = context.sources;
    const shown = platforms.map((platform) => presentPlatform(platform, known, nowMs, call.language));
    return { status: 200, json: { platforms: shown } };
  });
  app.route(getPlatformRoute, async ({ params }, call) => {
    const platform = platformOf(context, params.platform);
    const known = await knownOf(context, [platform]);
    return { status: 200, json: presentPlatformDetail(platform, known, context.clock(), call.language) };
  });
  app.route(ingestionSummaryRoute, async () => {
    const [rows, reread] = await Promise.all([summariseRows(context.sql), countRereadRows(context.sql)]);
    const sources = [...rows].map(
      ([source, endings]) => [source, { rows: Object.fromEntries(endings), reread: reread.get(source) ?? 0 }] as const,
    );
    return { status: 200, json: { platforms: Object.fromEntries(sources) } };
  });
}

function addPullRoutes(app: App, context: IngestionContext): void {
  app.route(startPullRoute, async ({ body }, call) => {
    const platform = platformOf(context, body.platform);
    const asked = { queuedAtMs: call.receivedAtMs, requestedBy: call.principal.name };
    const pullId = await queue(context, platform, body, asked);
    const queued = await readPull(context.sql, pullId);
    if (queued === null) throw new Error("a queued pull is read back");
    await hintPull(context, platform.name);
    return { status: 202, json: presentPull(queued, call.language) };
  });
  app.route(listPullsRoute, async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, pullPosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const pulls = await readPulls(context.sql, {
      platform: query.platform ?? null,
      state: query.state ?? null,
      before: position === null ? null : { queuedAtMs: position.at, pullId: position.id },
      limit: limit + 1,
    });
    const page = pulls.slice(0, limit);
    const last = pulls.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.queuedAtMs, id: last.pullId });
    return { status: 200, json: { pulls: page.map((pull) => presentPull(pull, call.language)), nextCursor } };
  });
  app.route(getPullRoute, async ({ params }, call) => {
    const pull = await readPull(context.sql, params.pullId);
    if (pull === null) throw new HttpProblem("pull_not_found");
    return { status: 200, json: presentPull(pull, call.language) };
  });
}

function platformOf(context: IngestionContext, name: string): Platform {
  const platform = context.sources.platformNamed(name);
  if (platform === null) throw new HttpProblem("platform_not_found");
  return platform;
}

/** Queues what was asked for, or throws the problem that is in its way; returns its id. */
async function queue(
  context: IngestionContext,
  platform: Platform,
  { from, until }: PullRequest,
  asked: { readonly queuedAtMs: number; readonly requestedBy: string },
): Promise<string> {
  const pull = { pullId: context.newId(), platform: platform.name, ...asked };
  if (from === undefined || until === undefined) {
    if (await isUnderWay(context, platform.name)) throw new HttpProblem("pull_in_progress");
    return queuePull(context.sql, pull);
  }
  if (!canReadRange(platform)) throw new HttpProblem("backfill_not_supported");
  const backfill = { ...pull, fromDay: from, untilDay: until };
  const isQueued = await queueBackfill(context.sql, backfill, LIMITS.backfillsWaitingMax);
  if (!isQueued) throw new HttpProblem("backfills_too_many");
  return pull.pullId;
}

async function knownOf(context: IngestionContext, platforms: readonly Platform[]): Promise<PlatformKnowledge> {
  const { sql } = context;
  const names = platforms.map((platform) => platform.name);
  const [marks, newestPulls, unpostedBatches, states, lateness, lastSuccessesMs, rowsPerDay] = await Promise.all([
    readPlatformMarks(sql),
    readNewestPulls(sql, names),
    countUnpostedBatches(sql),
    readPlatformStates(sql, null),
    readLateness(sql, null),
    readLastSuccesses(sql, names),
    countRowsPerDay(sql, names, context.clock() - WEEK_MS),
  ]);
  return { marks, newestPulls, unpostedBatches, states, lateness, lastSuccessesMs, rowsPerDay };
}

/**
 * Tells a worker that a pull waits. A hint may get lost: the sweeper finds what waits.
 * @param repeated `once`: one hint of a platform waits at a time. `again`: beside one that may be in the hands of a dead
 * worker, which the queue holds on to until it is taken for stalled
 */
export async function hintPull(
  context: IngestionContext,
  platform: string,
  repeated: "once" | "again" = "once",
): Promise<void> {
  try {
    await context.queue.enqueue("pull-platform", { platform }, repeated === "once" ? { dedupeKey: platform } : {});
  } catch (error) {
    context.logger.warn("the queue did not take a hint; the sweeper will", { platform, error });
  }
}

/** A pull whose row says `running` but whose lease is free died with its process; it is not under way. */
async function isUnderWay(context: IngestionContext, platform: string): Promise<boolean> {
  const [newest] = await readNewestPulls(context.sql, [platform]);
  if (newest?.state === "queued") return true;
  if (newest?.state !== "running") return false;
  return (await withPlatformLease(context.openLease, platform, async () => "free")) === null;
}
