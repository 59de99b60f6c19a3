import type { LocalDate, PullOutcome } from "@xueshi/domain";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";
import { beginTransaction } from "../connection/run-transaction.ts";

/** `incremental`: from the cursor on; `probe`: the same, looking back as far as may be; `backfill`: a range of days. */
export type PullKind = "incremental" | "probe" | "backfill";

/** A pull that a worker has taken from the queue. */
export interface TakenPull {
  readonly pullId: string;
  readonly kind: PullKind;
  /** First and last day of a back-fill. */
  readonly fromDay: LocalDate | null;
  readonly untilDay: LocalDate | null;
  /** Of a back-fill that was interrupted: where it goes on, as its transport wrote it. */
  readonly position: unknown;
  /** Of a back-fill: how often it has been taken, which tells its holder from one whose lease was lost; null: none. */
  readonly attempt: number | null;
}

/** By which a pull is written to: none but the last who took it may. */
export type HeldPull = Pick<TakenPull, "pullId" | "attempt">;

/**
 * Puts a pull into the queue of its platform, where one waits at a time: a second wish is the same wish. Returns the id of
 * the pull that waits. What waits lives here; a job only hints at it.
 * @param pull `requestedBy` is the public name of the key that asked; null: the schedule
 */
export async function queuePull(
  sql: Sql,
  pull: { pullId: string; platform: string; queuedAtMs: number; requestedBy?: string | null },
): Promise<string> {
  const [row] = await sql<{ pullId: string }[]>`
    INSERT INTO acquisition.pull AS waiting (pull_id, platform, queued_at, state, requested_by)
    VALUES (${pull.pullId}, ${pull.platform}, ${instantText(pull.queuedAtMs)}::timestamptz, 'queued',
      ${pull.requestedBy ?? null})
    ON CONFLICT (platform) WHERE state = 'queued' AND kind <> 'backfill' DO UPDATE SET state = waiting.state
    RETURNING pull_id AS "pullId"`;
  return row?.pullId ?? pull.pullId;
}

/** The class of the advisory locks under which back-fills are counted and queued; any number, always the same. */
const BACKFILL_CLASS = 730_581;

/**
 * Queues a back-fill of a range of days. Back-fills of one platform wait one behind the other.
 * @returns false when `waitingMax` of them wait or run already
 */
export async function queueBackfill(
  sql: Sql,
  pull: {
    pullId: string;
    platform: string;
    fromDay: LocalDate;
    untilDay: LocalDate;
    queuedAtMs: number;
    requestedBy: string | null;
  },
  waitingMax: number,
): Promise<boolean> {
  return beginTransaction(sql, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(${BACKFILL_CLASS}::int, hashtext(${pull.platform}))`;
    const rows = await tx`
      INSERT INTO acquisition.pull (pull_id, platform, queued_at, state, kind, from_day, until_day, requested_by)
      SELECT ${pull.pullId}::uuid, ${pull.platform}::text, ${instantText(pull.queuedAtMs)}::timestamptz, 'queued',
        'backfill', ${pull.fromDay}::text::date, ${pull.untilDay}::text::date, ${pull.requestedBy}::text
      WHERE (SELECT count(*) FROM acquisition.pull
        WHERE platform = ${pull.platform} AND kind = 'backfill' AND state IN ('queued', 'running')) < ${waitingMax}
      RETURNING 1`;
    return rows.length > 0;
  });
}

/**
 * Starts what waits of a platform: the pull from its cursor before back-fills, these in the order they were asked for.
 * @param kinds `current`: leaves back-fills waiting
 * @returns null when nothing waits
 */
export async function takeQueuedPull(
  sql: Sql,
  platform: string,
  startedAtMs: number,
  kinds: "all" | "current" = "all",
): Promise<TakenPull | null> {
  const [row] = await sql<TakenPull[]>`
    UPDATE acquisition.pull
    SET state = 'running', started_at = coalesce(started_at, ${instantText(startedAtMs)}::timestamptz),
      detail = CASE WHEN kind = 'backfill' THEN coalesce(detail, '{}')
        || jsonb_build_object('attempt', coalesce((detail ->> 'attempt')::int, 0) + 1) ELSE detail END
    WHERE state = 'queued' AND pull_id = (
      SELECT pull_id FROM acquisition.pull
      WHERE platform = ${platform} AND state = 'queued' AND (kind <> 'backfill' OR ${kinds === "all"}::boolean)
      ORDER BY kind = 'backfill', queued_at, pull_id LIMIT 1)
    RETURNING pull_id AS "pullId", kind, from_day AS "fromDay", until_day AS "untilDay", detail -> 'position' AS position,
      (detail ->> 'attempt')::int AS attempt`;
  return row ?? null;
}

/** A pull that is read from its cursor becomes a probe. */
export async function markProbe(sql: Sql, pullId: string): Promise<void> {
  await sql`UPDATE acquisition.pull SET kind = 'probe' WHERE pull_id = ${pullId} AND kind = 'incremental'`;
}

/**
 * What a process left running when it died: a pull from the cursor is `failed`, a back-fill waits again and keeps its
 * position. Called by whoever holds the platform's lease. Returns how many have failed.
 */
export async function failInterruptedPulls(sql: Sql, platform: string, endedAtMs: number): Promise<number> {
  await sql`
    UPDATE acquisition.pull SET state = 'queued'
    WHERE platform = ${platform} AND state = 'running' AND kind = 'backfill'`;
  const rows = await sql`
    UPDATE acquisition.pull
    SET state = 'failed', reason = 'interrupted', ended_at = ${instantText(endedAtMs)}::timestamptz
    WHERE platform = ${platform} AND state = 'running' RETURNING 1`;
  return rows.length;
}

/**
 * A back-fill that its process cannot go on with waits again, and goes on from its position. Without effect where another
 * process has taken it up since.
 */
export async function requeueBackfill(sql: Sql, pull: HeldPull): Promise<void> {
  await sql`UPDATE acquisition.pull SET state = 'queued' WHERE ${isHeld(sql, pull)}`;
}

/** The pull runs, and nobody has taken it since. */
const isHeld = (sql: Sql | Transaction, { pullId, attempt }: HeldPull) => sql`
  pull_id = ${pullId} AND state = 'running' AND (detail ->> 'attempt')::int IS NOT DISTINCT FROM ${attempt}::int`;

/** Thrown where a pull is written to that is no longer running: it was cancelled, or its lease lost to another one. */
export class PullTakenOver extends Error {
  constructor() {
    super("the pull is no longer running");
  }
}

/**
 * What a stored batch adds to its pull; in the batch's own transaction. Throws {@link PullTakenOver}, also where the
 * back-fill runs in the hands of another process.
 * @param pull `position` is where a back-fill goes on after an interruption; undefined: the platform's cursor says it.
 *   `files` are the rows of each file whose last page is stored
 */
export async function advancePull(
  tx: Transaction,
  pull: HeldPull & {
    pages: number;
    rows: number;
    rowsReread: number;
    advertisedTotal: number | null;
    position?: unknown;
    files?: Readonly<Record<string, number>>;
  },
): Promise<void> {
  const position = pull.position === undefined ? {} : { position: pull.position };
  const rows = await tx`
    UPDATE acquisition.pull SET pages = pages + ${pull.pages}, rows = rows + ${pull.rows},
      rows_reread = rows_reread + ${pull.rowsReread},
      advertised_total = coalesce(advertised_total, ${pull.advertisedTotal}::int),
      detail = nullif(coalesce(detail, '{}') || ${tx.json(position as { position: null })}::jsonb
        || jsonb_strip_nulls(jsonb_build_object('files',
          nullif(coalesce(detail -> 'files', '{}') || ${tx.json(pull.files ?? {})}::jsonb, '{}'))), '{}')
    WHERE ${isHeld(tx, pull)} RETURNING 1`;
  if (rows.length === 0) throw new PullTakenOver();
}

/** How many rows a back-fill is to read, as the platform counted them when it began. */
export async function setRowsExpected(sql: Sql, pullId: string, rows: number): Promise<void> {
  await sql`
    UPDATE acquisition.pull SET advertised_total = coalesce(advertised_total, ${rows}::int)
    WHERE pull_id = ${pullId} AND state = 'running'`;
}

/** Ends a pull; `detail` is added to what is kept of it. Throws {@link PullTakenOver}. */
export async function endPull(
  tx: Transaction,
  pull: HeldPull & {
    endedAtMs: number;
    outcome: PullOutcome;
    reason: string | null;
    detail: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const rows = await tx`
    UPDATE acquisition.pull SET state = ${pull.outcome}, reason = ${pull.reason},
      detail = nullif(coalesce(detail, '{}') || ${tx.json(pull.detail as Record<string, null>)}::jsonb, '{}'),
      ended_at = ${instantText(pull.endedAtMs)}::timestamptz
    WHERE ${isHeld(tx, pull)} RETURNING 1`;
  if (rows.length === 0) throw new PullTakenOver();
}

/** What a cancelled pull was; `pages`: how many were stored by then. */
export interface CancelledPull {
  readonly platform: string;
  readonly kind: PullKind;
  readonly pages: number;
}

/** Cancels a pull that waits or runs; null when it has ended already. A running one stops at its next look. */
export async function cancelPull(
  tx: Transaction,
  pull: { pullId: string; endedAtMs: number; cancelledBy: string },
): Promise<CancelledPull | null> {
  const detail = tx.json({ cancelledBy: pull.cancelledBy });
  const [row] = await tx<CancelledPull[]>`
    UPDATE acquisition.pull SET state = 'cancelled', ended_at = ${instantText(pull.endedAtMs)}::timestamptz,
      detail = coalesce(detail, '{}') || ${detail}::jsonb
    WHERE pull_id = ${pull.pullId} AND state IN ('queued', 'running')
    RETURNING platform, kind, pages`;
  return row ?? null;
}

/** Why a suspicious pull was taken for complete all the same. */
export interface Acceptance {
  readonly reason: string;
  /** Public name of the key that accepted it. */
  readonly acceptedBy: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
}

/**
 * Takes a suspicious pull for complete. Null when it is not suspicious, or a later pull has told how complete the
 * platform is.
 */
export async function acceptPull(
  tx: Transaction,
  pullId: string,
  acceptance: Acceptance,
): Promise<{ platform: string; kind: PullKind; startedAtMs: number } | null> {
  const [row] = await tx<{ platform: string; kind: PullKind; startedAtMs: number }[]>`
    UPDATE acquisition.pull AS accepted SET state = 'complete',
      detail = coalesce(accepted.detail, '{}') || ${tx.json({ acceptance: { ...acceptance } })}::jsonb
    WHERE pull_id = ${pullId} AND state = 'suspicious' AND (kind = 'backfill' OR NOT EXISTS (
      SELECT FROM acquisition.pull AS later
      WHERE later.platform = accepted.platform AND later.queued_at > accepted.queued_at AND later.kind <> 'backfill'
        AND (later.state IN ('complete', 'partial', 'suspicious') OR (later.state = 'cancelled' AND later.pages > 0))))
    RETURNING platform, kind, started_at AS "startedAtMs"`;
  return row ?? null;
}

/** Whether a pull may still be written to. */
export async function isPullRunning(sql: Sql, pullId: string): Promise<boolean> {
  const [row] = await sql`SELECT 1 FROM acquisition.pull WHERE pull_id = ${pullId} AND state = 'running'`;
  return row !== undefined;
}

/** Whether a back-fill of a platform is under way, or was when its process died. */
export async function isBackfillRunning(sql: Sql, platform: string): Promise<boolean> {
  const [row] = await sql`
    SELECT 1 FROM acquisition.pull
    WHERE platform = ${platform} AND state = 'running' AND kind = 'backfill' LIMIT 1`;
  return row !== undefined;
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
