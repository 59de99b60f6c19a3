import type { DifferenceKind, LocalDate } from "@xueshi/domain";
import { plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** How far a reconciliation is. */
export type ReconciliationState = "queued" | "comparing" | "different" | "repairing" | "closed" | "failed";

/** A reconciliation; `detail` and `proof` are JSON of whoever runs it. */
export interface ReconciliationRow {
  readonly reconciliationId: string;
  readonly platform: string;
  readonly fromDay: LocalDate;
  readonly untilDay: LocalDate;
  readonly state: ReconciliationState;
  readonly reason: string | null;
  readonly requestedBy: string;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly detail: unknown;
  readonly proof: unknown;
}

/** Puts a comparison into the queue; what waits lives here, a job only hints at it. */
export async function queueReconciliation(
  sql: Sql,
  run: Pick<
    ReconciliationRow,
    "reconciliationId" | "platform" | "fromDay" | "untilDay" | "requestedBy" | "queuedAtMs"
  > & {
    readonly detail: object;
  },
): Promise<void> {
  await sql`
    INSERT INTO acquisition.reconciliation
      (reconciliation_id, platform, from_day, until_day, state, requested_by, queued_at, days)
    VALUES (${run.reconciliationId}, ${run.platform}, ${run.fromDay}::text::date, ${run.untilDay}::text::date, 'queued',
      ${run.requestedBy}, ${instantText(run.queuedAtMs)}::timestamptz, ${JSON.stringify(run.detail)}::text::json)`;
}

const columns = (sql: Sql) => sql`
  reconciliation_id AS "reconciliationId", platform, from_day AS "fromDay", until_day AS "untilDay", state, reason,
  requested_by AS "requestedBy", queued_at AS "queuedAtMs", started_at AS "startedAtMs", ended_at AS "endedAtMs",
  days AS detail, proof`;

export async function readReconciliation(sql: Sql, reconciliationId: string): Promise<ReconciliationRow | null> {
  const [row] = await sql<ReconciliationRow[]>`
    SELECT ${columns(sql)} FROM acquisition.reconciliation WHERE reconciliation_id = ${reconciliationId}`;
  return row ?? null;
}

/** Reconciliations, newest first; of all platforms where `platform` is null. */
export async function readReconciliations(
  sql: Sql,
  query: {
    readonly platform: string | null;
    readonly state: string | null;
    readonly before: { readonly queuedAtMs: number; readonly reconciliationId: string } | null;
    readonly limit: number;
  },
): Promise<ReconciliationRow[]> {
  const { platform, state, before, limit } = query;
  return sql<ReconciliationRow[]>`
    SELECT ${columns(sql)} FROM acquisition.reconciliation
    WHERE (${platform}::text IS NULL OR platform = ${platform}) AND (${state}::text IS NULL OR state = ${state})
      AND (${before === null}::boolean OR (queued_at, reconciliation_id) <
        (${instantText(before?.queuedAtMs ?? 0)}::timestamptz, ${before?.reconciliationId ?? null}::uuid))
    ORDER BY queued_at DESC, reconciliation_id DESC LIMIT ${limit}`;
}

/** Moves a reconciliation on from a state; false when it was not in it any more. What is absent stays. */
export async function advanceReconciliation(
  sql: Sql | Transaction,
  step: {
    readonly reconciliationId: string;
    readonly from: ReconciliationState;
    readonly to: ReconciliationState;
    readonly reason?: string | null;
    readonly detail?: object;
    readonly proof?: object;
    readonly repairPullId?: string;
    readonly startedAtMs?: number;
    readonly endedAtMs?: number;
  },
): Promise<boolean> {
  const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));
  const instant = (instantMs: number | undefined) => (instantMs === undefined ? null : instantText(instantMs));
  const rows = await (sql as Sql)`
    UPDATE acquisition.reconciliation SET state = ${step.to}, reason = ${step.reason ?? null},
      days = coalesce(${json(step.detail)}::text::json, days), proof = coalesce(${json(step.proof)}::text::json, proof),
      repair_pull_id = coalesce(${step.repairPullId ?? null}::uuid, repair_pull_id),
      started_at = coalesce(started_at, ${instant(step.startedAtMs)}::timestamptz),
      ended_at = coalesce(${instant(step.endedAtMs)}::timestamptz, ended_at)
    WHERE reconciliation_id = ${step.reconciliationId} AND state = ${step.from} RETURNING 1`;
  return rows.length > 0;
}

/**
 * Reconciliations that somebody has to go on with: what waits or was left by a dead process, and what waited for a repair
 * whose last pull has ended.
 * @param reconciliationId only this one; null: all
 */
export async function readOpenReconciliations(sql: Sql, reconciliationId: string | null = null): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT reconciliation_id AS id FROM acquisition.reconciliation
    WHERE (${reconciliationId}::uuid IS NULL OR reconciliation_id = ${reconciliationId}::uuid)
      AND (state IN ('queued', 'comparing') OR (state = 'repairing' AND NOT EXISTS (
        SELECT FROM acquisition.pull WHERE pull_id = repair_pull_id AND state IN ('queued', 'running'))))
    ORDER BY queued_at LIMIT 100`;
  return rows.map(({ id }) => id);
}

/** The start of the last pull of a platform that reached its end, ms since 1970 UTC; null: none has. */
export async function readCompleteUntil(sql: Sql, platform: string): Promise<number | null> {
  const [row] = await sql<{ startedAtMs: number }[]>`
    SELECT started_at AS "startedAtMs" FROM acquisition.pull
    WHERE platform = ${platform} AND state = 'complete' AND kind <> 'backfill' AND started_at IS NOT NULL
    ORDER BY queued_at DESC LIMIT 1`;
  return row?.startedAtMs ?? null;
}

/** A record on which two sides differ; `here` and `there` say how each has it, null where it has it not. */
export interface DifferenceRow {
  readonly recordKey: string;
  readonly recordId: string;
  /** `yyyy-mm-dd`: the day that lists it, there if it is there. */
  readonly day: LocalDate;
  readonly kind: DifferenceKind;
  readonly here: object | null;
  readonly there: object | null;
}

/** Keeps what a comparison found, under an id of its own: what an earlier one found stays as it was. */
export async function writeDifferences(
  tx: Transaction,
  comparisonId: string,
  rows: readonly DifferenceRow[],
): Promise<void> {
  const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
  await tx`
    INSERT INTO acquisition.reconciliation_difference (record_key, reconciliation_id, record_id, day, kind, here, there)
    SELECT key, ${comparisonId}::uuid, record_id, day, kind, here, there
    FROM unnest(
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[], ${textArray(rows.map((row) => row.recordId))}::text[],
      ${plainArray(rows.map((row) => row.day))}::date[], ${textArray(rows.map((row) => row.kind))}::text[],
      ${textArray(rows.map((row) => json(row.here)))}::text[]::json[],
      ${textArray(rows.map((row) => json(row.there)))}::text[]::json[]
    ) AS row (key, record_id, day, kind, here, there)`;
}

/** What a comparison found, in the order of the records' keys, from one key (left out) on. */
export async function readDifferences(
  sql: Sql,
  query: {
    readonly comparisonId: string;
    readonly kind: string | null;
    readonly afterKey: string;
    readonly limit: number;
  },
): Promise<DifferenceRow[]> {
  const { comparisonId, kind, afterKey, limit } = query;
  return sql<DifferenceRow[]>`
    SELECT record_key AS "recordKey", record_id AS "recordId", day, kind, here, there
    FROM acquisition.reconciliation_difference
    WHERE reconciliation_id = ${comparisonId} AND (${kind}::text IS NULL OR kind = ${kind})
      AND record_key > ${afterKey}::uuid
    ORDER BY record_key LIMIT ${limit}`;
}
