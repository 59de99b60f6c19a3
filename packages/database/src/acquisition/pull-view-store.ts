import type { PullOutcome } from "@xueshi/domain";
import { textArray } from "../connection/array-text.ts";
import { instantText, type Sql } from "../connection/connect.ts";
import type { Acceptance, PullKind } from "./pull-store.ts";

/** Something about a pull that does not fit what its platform sent before. */
export interface PullFinding {
  readonly code: string;
  /** `yyyy-mm-dd` in Asia/Shanghai, or a file's name; null: the whole range. */
  readonly at: string | null;
  /** Records or rows that were there before. */
  readonly before: number;
  /** How many of them did not come. */
  readonly missing: number;
}

/** A range of update times that records are missing from, until it is read again without findings or accepted. */
export interface SuspectedRange {
  /** First and last instant of the range, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** When it was last read with findings, ms since 1970 UTC. */
  readonly foundAtMs: number;
  readonly findings: readonly PullFinding[];
  /** Missing records by day. */
  readonly missing: Readonly<Record<string, number>>;
}

/**
 * What is kept of a pull besides its counts; beside it `missing` (records per day), `files` (rows per file), `suspected`
 * (ranges) and, of a back-fill, `judged` (the range that was held against the records) are kept.
 */
export interface PullDetail {
  readonly position?: unknown;
  readonly refusedFiles?: readonly { readonly name: string; readonly reason: string }[];
  readonly findings?: readonly PullFinding[];
  readonly acceptance?: Acceptance;
  readonly cancelledBy?: string;
}

export interface PullView {
  readonly pullId: string;
  readonly platform: string;
  readonly kind: PullKind;
  readonly fromDay: string | null;
  readonly untilDay: string | null;
  readonly requestedBy: string | null;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly state: "queued" | "running" | PullOutcome;
  readonly reason: string | null;
  readonly pages: number;
  readonly rows: number;
  readonly rowsReread: number;
  readonly advertisedTotal: number | null;
  readonly detail: PullDetail | null;
}

const columns = (sql: Sql) => sql`
  pull_id AS "pullId", platform, kind, from_day AS "fromDay", until_day AS "untilDay", requested_by AS "requestedBy",
  queued_at AS "queuedAtMs", started_at AS "startedAtMs", ended_at AS "endedAtMs", state, reason, pages, rows,
  rows_reread AS "rowsReread", advertised_total AS "advertisedTotal",
  CASE WHEN jsonb_typeof(detail) = 'object' THEN detail - '{files,missing,suspected,judged}'::text[] END AS detail`;

export interface PullQuery {
  readonly platform: string | null;
  readonly state: string | null;
  /** The last one seen. */
  readonly before: { readonly queuedAtMs: number; readonly pullId: string } | null;
  readonly limit: number;
}

export async function readPull(sql: Sql, pullId: string): Promise<PullView | null> {
  const [row] = await sql<PullView[]>`SELECT ${columns(sql)} FROM acquisition.pull WHERE pull_id = ${pullId}`;
  return row ?? null;
}

/** Pulls, newest first. */
export async function readPulls(sql: Sql, query: PullQuery): Promise<PullView[]> {
  const { platform, state, before, limit } = query;
  return sql<PullView[]>`SELECT ${columns(sql)} FROM acquisition.pull
    WHERE (${platform}::text IS NULL OR platform = ${platform}) AND (${state}::text IS NULL OR state = ${state})
      AND (${before === null}::boolean OR (queued_at, pull_id) <
        (${instantText(before?.queuedAtMs ?? 0)}::timestamptz, ${before?.pullId ?? null}::uuid))
    ORDER BY queued_at DESC, pull_id DESC LIMIT ${limit}`;
}

/** The newest pull of each of these platforms; back-fills say nothing about how current it is and are left out. */
export async function readNewestPulls(sql: Sql, platforms: readonly string[]): Promise<PullView[]> {
  return sql<PullView[]>`
    SELECT newest.* FROM unnest(${textArray(platforms)}::text[]) AS asked (name), LATERAL (
      SELECT ${columns(sql)} FROM acquisition.pull
      WHERE platform = asked.name AND kind <> 'backfill' ORDER BY queued_at DESC, pull_id DESC LIMIT 1) AS newest`;
}

/** When the last complete pull of each of these platforms ended, ms since 1970 UTC. */
export async function readLastSuccesses(sql: Sql, platforms: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ platform: string; endedAtMs: number }[]>`
    SELECT asked.name AS platform, last.ended_at AS "endedAtMs"
    FROM unnest(${textArray(platforms)}::text[]) AS asked (name), LATERAL (
      SELECT ended_at FROM acquisition.pull
      WHERE platform = asked.name AND state = 'complete' AND kind <> 'backfill' ORDER BY queued_at DESC LIMIT 1) AS last`;
  return new Map(rows.map((row) => [row.platform, row.endedAtMs]));
}

/** Rows that pulls of these platforms brought per day (Asia/Shanghai) on which they were asked for. */
export async function countRowsPerDay(
  sql: Sql,
  platforms: readonly string[],
  sinceMs: number,
): Promise<{ platform: string; day: string; rows: number }[]> {
  return sql<{ platform: string; day: string; rows: number }[]>`
    SELECT platform, (queued_at AT TIME ZONE 'Asia/Shanghai')::date AS day, sum(rows)::bigint AS rows
    FROM acquisition.pull
    WHERE platform = ANY(${textArray(platforms)}::text[]) AND queued_at >= ${instantText(sinceMs)}::timestamptz
    GROUP BY platform, day ORDER BY platform, day`;
}

/** The most records that accepted pulls of a platform were missing, by day of their update time. */
export async function readAcceptedMissing(sql: Sql, platform: string): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ missing: Readonly<Record<string, number>> }[]>`
    SELECT detail -> 'missing' AS missing FROM acquisition.pull
    WHERE platform = ${platform} AND detail ? 'acceptance' AND detail ? 'missing'`;
  const accepted = new Map<string, number>();
  for (const { missing } of rows) {
    for (const [day, count] of Object.entries(missing)) accepted.set(day, Math.max(count, accepted.get(day) ?? 0));
  }
  return accepted;
}

/**
 * The ranges that were left suspected when a platform last came to its end: none when that was accepted, and none that a
 * complete back-fill has judged since.
 */
export async function readSuspectedRanges(sql: Sql, platform: string): Promise<SuspectedRange[]> {
  const rows = await sql<{ range: SuspectedRange }[]>`
    WITH newest AS (
      SELECT state, detail FROM acquisition.pull
      WHERE platform = ${platform} AND kind <> 'backfill' AND state IN ('complete', 'suspicious')
      ORDER BY queued_at DESC, pull_id DESC LIMIT 1)
    SELECT suspected.range FROM newest, jsonb_array_elements(newest.detail -> 'suspected') AS suspected (range)
    WHERE newest.state = 'suspicious' AND NOT EXISTS (
      SELECT FROM acquisition.pull AS again
      WHERE again.platform = ${platform} AND again.kind = 'backfill' AND again.state = 'complete'
        AND extract(epoch FROM again.started_at) * 1000 > (suspected.range ->> 'foundAtMs')::bigint
        AND (again.detail -> 'judged' ->> 'fromMs')::bigint <= (suspected.range ->> 'fromMs')::bigint
        AND (again.detail -> 'judged' ->> 'untilMs')::bigint >= (suspected.range ->> 'untilMs')::bigint)`;
  return rows.map(({ range }) => range);
}

/** Rows of the files that a pull took. */
export interface TakenFiles {
  readonly pullId: string;
  readonly files: Readonly<Record<string, number>>;
  /** The pull found nothing, or what it found was accepted. */
  readonly isComplete: boolean;
}

/**
 * What was taken since the pull by which a platform was last complete, oldest first, however those pulls ended; of
 * back-fills only what complete ones took.
 */
export async function readFilesSinceComplete(sql: Sql, platform: string): Promise<TakenFiles[]> {
  return sql<TakenFiles[]>`
    SELECT pull_id AS "pullId", detail -> 'files' AS files, state = 'complete' AS "isComplete" FROM acquisition.pull
    WHERE platform = ${platform} AND detail ? 'files' AND (kind <> 'backfill' OR state = 'complete')
      AND NOT (queued_at, pull_id) <= ANY (${lastComplete(sql, platform)})
    ORDER BY queued_at, pull_id`;
}

/** How many rows a file had when its platform was last complete; null when no pull says so. */
export async function readFileRows(sql: Sql, platform: string, name: string): Promise<number | null> {
  const [row] = await sql<{ rows: number }[]>`
    SELECT (detail -> 'files' ->> ${name})::int AS rows FROM acquisition.pull
    WHERE platform = ${platform} AND detail -> 'files' ? ${name} AND (kind <> 'backfill' OR state = 'complete')
      AND (queued_at, pull_id) <= ANY (${lastComplete(sql, platform)})
    ORDER BY queued_at DESC, pull_id DESC LIMIT 1`;
  return row?.rows ?? null;
}

/** The place of a platform's last complete pull among all; no row before the first. */
const lastComplete = (sql: Sql, platform: string) => sql`
  SELECT last.queued_at, last.pull_id FROM acquisition.pull AS last
  WHERE last.platform = ${platform} AND last.state = 'complete' AND last.kind <> 'backfill'
  ORDER BY last.queued_at DESC, last.pull_id DESC LIMIT 1`;

/** How many rows the last complete pull of a platform read, where each pull reads all there is; null before the first. */
export async function readSnapshotRows(sql: Sql, platform: string): Promise<number | null> {
  const [row] = await sql<{ rows: number }[]>`
    SELECT rows FROM acquisition.pull
    WHERE platform = ${platform} AND state = 'complete' AND kind <> 'backfill' ORDER BY queued_at DESC LIMIT 1`;
  return row?.rows ?? null;
}
