import type { PullOutcome } from "@xueshi/domain";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

export interface PullView {
  readonly pullId: string;
  readonly platform: string;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly state: "queued" | "running" | PullOutcome;
  readonly reason: string | null;
  readonly pages: number;
  readonly rows: number;
  readonly advertisedTotal: number | null;
}

/**
 * Puts a pull into the queue of its platform, where one waits at a time: a second wish is the same wish. Returns the id of
 * the pull that waits. What waits lives here; a job only hints at it.
 */
export async function queuePull(
  sql: Sql,
  pull: { pullId: string; platform: string; queuedAtMs: number },
): Promise<string> {
  const [row] = await sql<{ pullId: string }[]>`
    INSERT INTO acquisition.pull AS waiting (pull_id, platform, queued_at, state)
    VALUES (${pull.pullId}, ${pull.platform}, ${instantText(pull.queuedAtMs)}::timestamptz, 'queued')
    ON CONFLICT (platform) WHERE state = 'queued' AND kind <> 'backfill' DO UPDATE SET state = waiting.state
    RETURNING pull_id AS "pullId"`;
  return row?.pullId ?? pull.pullId;
}

/** Starts the pull of a platform that waits, and returns its id; null when none waits. */
export async function takeQueuedPull(sql: Sql, platform: string, startedAtMs: number): Promise<string | null> {
  const [row] = await sql<{ pullId: string }[]>`
    UPDATE acquisition.pull SET state = 'running', started_at = ${instantText(startedAtMs)}::timestamptz
    WHERE platform = ${platform} AND state = 'queued' RETURNING pull_id AS "pullId"`;
  return row?.pullId ?? null;
}

/** A pull whose process died is `failed`: called by whoever holds the platform's lease. Returns how many there were. */
export async function failInterruptedPulls(sql: Sql, platform: string, endedAtMs: number): Promise<number> {
  const rows = await sql`
    UPDATE acquisition.pull
    SET state = 'failed', reason = 'interrupted', ended_at = ${instantText(endedAtMs)}::timestamptz
    WHERE platform = ${platform} AND state = 'running' RETURNING 1`;
  return rows.length;
}

/** Thrown where a pull is written to that is no longer running: its lease was lost and another one has taken over. */
export class PullTakenOver extends Error {
  constructor() {
    super("the pull is no longer running");
  }
}

/** What a stored batch adds to its pull; in the batch's own transaction. Throws {@link PullTakenOver}. */
export async function advancePull(
  tx: Transaction,
  pull: { pullId: string; pages: number; rows: number; rowsReread: number; advertisedTotal: number | null },
): Promise<void> {
  const rows = await tx`
    UPDATE acquisition.pull SET pages = pages + ${pull.pages}, rows = rows + ${pull.rows},
      rows_reread = rows_reread + ${pull.rowsReread},
      advertised_total = coalesce(advertised_total, ${pull.advertisedTotal}::int)
    WHERE pull_id = ${pull.pullId} AND state = 'running' RETURNING 1`;
  if (rows.length === 0) throw new PullTakenOver();
}

/** Ends a pull. Throws {@link PullTakenOver}. */
export async function endPull(
  tx: Transaction,
  pull: { pullId: string; endedAtMs: number; outcome: PullOutcome; reason: string | null; detail: unknown },
): Promise<void> {
  const rows = await tx`
    UPDATE acquisition.pull SET state = ${pull.outcome}, reason = ${pull.reason},
      detail = ${tx.json((pull.detail ?? null) as null)}, ended_at = ${instantText(pull.endedAtMs)}::timestamptz
    WHERE pull_id = ${pull.pullId} AND state = 'running' RETURNING 1`;
  if (rows.length === 0) throw new PullTakenOver();
}

const selectPull = (sql: Sql) => sql`
  SELECT pull_id AS "pullId", platform, queued_at AS "queuedAtMs", started_at AS "startedAtMs", ended_at AS "endedAtMs",
    state, reason, pages, rows, advertised_total AS "advertisedTotal"
  FROM acquisition.pull`;

export interface PullQuery {
  readonly platform: string | null;
  readonly state: string | null;
  /** The last one seen. */
  readonly before: { readonly queuedAtMs: number; readonly pullId: string } | null;
  readonly limit: number;
}

export async function readPull(sql: Sql, pullId: string): Promise<PullView | null> {
  const [row] = await sql<PullView[]>`${selectPull(sql)} WHERE pull_id = ${pullId}`;
  return row ?? null;
}

/** Pulls, newest first. */
export async function readPulls(sql: Sql, query: PullQuery): Promise<PullView[]> {
  const { platform, state, before, limit } = query;
  return sql<PullView[]>`${selectPull(sql)}
    WHERE (${platform}::text IS NULL OR platform = ${platform}) AND (${state}::text IS NULL OR state = ${state})
      AND (${before === null}::boolean OR (queued_at, pull_id) <
        (${instantText(before?.queuedAtMs ?? 0)}::timestamptz, ${before?.pullId ?? null}::uuid))
    ORDER BY queued_at DESC, pull_id DESC LIMIT ${limit}`;
}

/** The newest pull of each platform. */
export async function readNewestPulls(sql: Sql): Promise<PullView[]> {
  return sql<PullView[]>`
    SELECT DISTINCT ON (platform) pull_id AS "pullId", platform, queued_at AS "queuedAtMs",
      started_at AS "startedAtMs", ended_at AS "endedAtMs", state, reason, pages, rows,
      advertised_total AS "advertisedTotal"
    FROM acquisition.pull ORDER BY platform, queued_at DESC, pull_id DESC`;
}

/** The class of the advisory locks that are platforms' leases; any number, always the same. */
const LEASE_CLASS = 730_580;

/**
 * Runs an action while holding the platform's lease: a session lock on a connection of its own, so that two pulls of one
 * platform do not run at once and a dead process blocks nobody. When the connection is lost the lease is too: the signal
 * aborts, and whatever the action still writes is refused (see {@link advancePull}).
 * @param open opens a client of one connection; `onClose` is called when the connection closes
 * @returns null when another one holds the lease
 */
export async function withPlatformLease<T>(
  open: (onClose: () => void) => Sql,
  platform: string,
  action: (lost: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const lost = new AbortController();
  const session = open(() => lost.abort());
  try {
    const [row] = await session<{ held: boolean }[]>`
      SELECT pg_try_advisory_lock(${LEASE_CLASS}::int, hashtext(${platform})) AS held`;
    if (row?.held !== true) return null;
    try {
      return await action(lost.signal);
    } finally {
      // Given back before the connection closes, which the server notices a moment later; a lost one held nothing.
      await session`SELECT pg_advisory_unlock(${LEASE_CLASS}::int, hashtext(${platform}))`.catch(() => {});
    }
  } finally {
    await session.end({ timeout: 5 });
  }
}

/**
 * Platforms with a pull that waits or is said to run while nobody holds their lease: what a lost hint or a dead process
 * would leave lying. Only looks at the leases (pg_locks), so it is in nobody's way.
 */
export async function readAbandonedPlatforms(sql: Sql): Promise<string[]> {
  const rows = await sql<{ platform: string }[]>`
    SELECT DISTINCT platform FROM acquisition.pull
    WHERE state IN ('queued', 'running') AND NOT EXISTS (
      SELECT FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND classid = ${LEASE_CLASS}::int::oid
        AND objid = (hashtext(platform)::bigint & 4294967295)::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;
  return rows.map((row) => row.platform);
}

export async function readCursor(sql: Sql, platform: string): Promise<unknown> {
  const [row] = await sql<
    { cursor: unknown }[]
  >`SELECT cursor FROM acquisition.pull_cursor WHERE platform = ${platform}`;
  return row?.cursor ?? null;
}

/** Stored in the transaction of the rows it stands behind, so it is never ahead of them (design invariant 13). */
export async function writeCursor(tx: Transaction, platform: string, cursor: unknown, nowMs: number): Promise<void> {
  await tx`
    INSERT INTO acquisition.pull_cursor (platform, cursor, updated_at)
    VALUES (${platform}, ${JSON.stringify(cursor)}::text::json, ${instantText(nowMs)}::timestamptz)
    ON CONFLICT (platform) DO UPDATE SET cursor = excluded.cursor, updated_at = excluded.updated_at`;
}
