import {
  decodeCursor,
  encodeCursor,
  formatInstant,
  ingestionSummaryRoute,
  LIMITS,
  listPlatformsRoute,
  listPullsRoute,
  startPullRoute,
} from "@xueshi/contracts";
import {
  countRereadRows,
  countUnpostedBatches,
  type PlatformMark,
  queuePull,
  readNewestPulls,
  readPlatformMarks,
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
import { presentPull } from "./present-pull.ts";

const pullPosition = z.strictObject({ at: z.int(), id: z.uuid() });
const HOUR_MS = 3_600_000;

/** Operations on pulls and platforms. */
export function addAcquisitionRoutes(app: App, context: IngestionContext): void {
  app.route(startPullRoute, async ({ body }, call) => {
    const platform = context.sources.platformNamed(body.platform);
    if (platform === null) throw new HttpProblem("platform_not_found");
    if (await isUnderWay(context, platform.name)) throw new HttpProblem("pull_in_progress");
    const wish = { pullId: context.newId(), platform: platform.name, queuedAtMs: call.receivedAtMs };
    const queued = await readPull(context.sql, await queuePull(context.sql, wish));
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
  app.route(listPlatformsRoute, async (_input, call) => {
    const [marks, newest, unposted] = await Promise.all([
      readPlatformMarks(context.sql),
      readNewestPulls(context.sql),
      countUnpostedBatches(context.sql),
    ]);
    const platforms = context.sources.platforms.map((platform) => {
      const lastPull = newest.find((pull) => pull.platform === platform.name);
      const { completeUntilMs, freshness } = freshnessOf(platform, marks, context.clock());
      return {
        platform: platform.name,
        title: call.language === "zh-CN" ? platform.title.zh : platform.title.en,
        freshness,
        completeUntil: completeUntilMs === null ? null : formatInstant(completeUntilMs),
        maxAgeHours: platform.expectations.maxAgeHours,
        unpostedBatches: unposted.get(platform.name) ?? 0,
        lastPull: lastPull === undefined ? null : presentPull(lastPull, call.language),
      };
    });
    return { status: 200, json: { platforms } };
  });
  app.route(ingestionSummaryRoute, async () => {
    const [rows, reread] = await Promise.all([summariseRows(context.sql), countRereadRows(context.sql)]);
    const sources = [...rows].map(
      ([source, endings]) => [source, { rows: Object.fromEntries(endings), reread: reread.get(source) ?? 0 }] as const,
    );
    return { status: 200, json: { platforms: Object.fromEntries(sources) } };
  });
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
  const [newest] = (await readNewestPulls(context.sql)).filter((pull) => pull.platform === platform);
  if (newest?.state === "queued") return true;
  if (newest?.state !== "running") return false;
  return (await withPlatformLease(context.openLease, platform, async () => "free")) === null;
}

function freshnessOf(
  platform: Platform,
  marks: readonly PlatformMark[],
  nowMs: number,
): { completeUntilMs: number | null; freshness: "fresh" | "stale" | "partial" | "not_yet_known" } {
  const own = marks.filter((mark) => mark.platform === platform.name);
  const completeUntilMs = own.findLast((mark) => mark.completeUntilMs !== null)?.completeUntilMs ?? null;
  if (completeUntilMs === null) return { completeUntilMs, freshness: "not_yet_known" };
  if (completeUntilMs < nowMs - platform.expectations.maxAgeHours * HOUR_MS)
    return { completeUntilMs, freshness: "stale" };
  return { completeUntilMs, freshness: own.at(-1)?.completeUntilMs === null ? "partial" : "fresh" };
}
