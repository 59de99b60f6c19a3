import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** `queued` and `running` are under way; `compared`: nothing but the list of changes was written. */
export type ReadmissionState = "queued" | "running" | "compared" | "done" | "failed";

/** What was asked for, and how far it is; kept as one value with the sums. */
export interface ReadmissionProgress {
  /** `compare`: only lists what would change. */
  readonly mode: "compare" | "apply";
  /** Days on which rows came first, both inclusive; null: all that are kept. */
  readonly fromDay: string | null;
  readonly untilDay: string | null;
  /** Whether all records of the source are posted anew, as a changed table of subject codes needs. */
  readonly repost: boolean;
  /** Digest of how the source was read when it was asked for; a change of it ends the re-admission. */
  readonly mappingDigest: string;
  /** Why it failed; null: it did not. */
  readonly failure: string | null;
  /** 0 to 100. */
  readonly percent: number;
  /** Parts into which the records are divided, and how many are done; 0 parts: not divided yet. */
  readonly parts: number;
  readonly partsDone: number;
  /** What was found and done, by word. */
  readonly sums: Readonly<Record<string, number>>;
  /** Present: the list of changes is kept no more. */
  readonly changesGone?: true;
}

export interface ReadmissionRow {
  readonly readmissionId: string;
  readonly source: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: ReadmissionState;
  readonly actor: string;
  readonly reason: string;
  readonly progress: ReadmissionProgress;
}

const columns = (sql: Sql) => sql`
  readmission_id AS "readmissionId", source, started_at AS "startedAtMs", ended_at AS "endedAtMs", state, actor, reason,
  counts AS progress`;

/** Lets one transaction at a time ask for a re-admission of the source. */
export async function lockReadmissions(tx: Transaction, source: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`readmission ${source}`}, 0))`;
}

/** Puts a re-admission where a worker finds it. */
export async function writeReadmission(
  tx: Sql | Transaction,
  row: Omit<ReadmissionRow, "endedAtMs" | "state">,
): Promise<void> {
  const sql = tx as Sql;
  await sql`
    INSERT INTO admission.readmission (readmission_id, source, started_at, state, actor, reason, counts)
    VALUES (${row.readmissionId}, ${row.source}, ${instantText(row.startedAtMs)}::timestamptz, 'queued',
      ${row.actor}, ${row.reason}, ${sql.json(row.progress as never)})`;
}

/** Whether a source was compared over just these days, as it is read now. */
export async function wasCompared(
  tx: Transaction,
  { source, fromDay, untilDay, mappingDigest }: ReadmissionProgress & { readonly source: string },
): Promise<boolean> {
  const said = tx.json({ fromDay, untilDay, mappingDigest });
  const rows = await tx`
    SELECT FROM admission.readmission WHERE source = ${source} AND state = 'compared' AND counts @> ${said} LIMIT 1`;
  return rows.length > 0;
}

export async function readReadmission(tx: Sql | Transaction, readmissionId: string): Promise<ReadmissionRow | null> {
  const sql = tx as Sql;
  const [row] = await sql<ReadmissionRow[]>`
    SELECT ${columns(sql)} FROM admission.readmission WHERE readmission_id = ${readmissionId}`;
  return row ?? null;
}

/** Re-admissions, newest first. */
export async function readReadmissions(
  sql: Sql,
  before: { readonly startedAtMs: number; readonly readmissionId: string } | null,
  limit: number,
): Promise<ReadmissionRow[]> {
  const at = before === null ? null : instantText(before.startedAtMs);
  return sql<ReadmissionRow[]>`
    SELECT ${columns(sql)} FROM admission.readmission
    WHERE ${at}::timestamptz IS NULL
      OR (started_at, readmission_id) < (${at}::timestamptz, ${before?.readmissionId ?? null}::uuid)
    ORDER BY started_at DESC, readmission_id DESC LIMIT ${limit}`;
}

/** Re-admissions that have not ended, oldest first; what a lost hint or a dead process would leave lying. */
export async function readOpenReadmissions(
  tx: Sql | Transaction,
): Promise<{ readmissionId: string; source: string }[]> {
  return (tx as Sql)<{ readmissionId: string; source: string }[]>`
    SELECT readmission_id AS "readmissionId", source FROM admission.readmission
    WHERE state IN ('queued', 'running') ORDER BY started_at, readmission_id`;
}

/** The ids of all re-admissions: by them a version is left out, where no decision left it out. */
export async function readReadmissionIds(tx: Sql | Transaction): Promise<ReadonlySet<string>> {
  const rows = await (tx as Sql)`SELECT readmission_id FROM admission.readmission`.values();
  return new Set(rows.map(([readmissionId]) => readmissionId as string));
}

/** Moves a re-admission on; false when it has ended. */
export async function advanceReadmission(
  tx: Sql | Transaction,
  step: {
    readonly readmissionId: string;
    readonly state: ReadmissionState;
    readonly progress: ReadmissionProgress;
    readonly endedAtMs?: number;
  },
): Promise<boolean> {
  const sql = tx as Sql;
  const endedAt = step.endedAtMs === undefined ? null : instantText(step.endedAtMs);
  const rows = await sql`
    UPDATE admission.readmission SET state = ${step.state}, counts = ${sql.json(step.progress as never)},
      ended_at = ${endedAt}::timestamptz
    WHERE readmission_id = ${step.readmissionId} AND state IN ('queued', 'running') RETURNING 1`;
  return rows.length > 0;
}

/** Ends a re-admission that has not ended; false when it has. */
export async function failReadmission(
  sql: Sql,
  end: { readonly readmissionId: string; readonly failure: string; readonly endedAtMs: number },
): Promise<boolean> {
  const rows = await sql`
    UPDATE admission.readmission SET state = 'failed', ended_at = ${instantText(end.endedAtMs)}::timestamptz,
      counts = counts || ${sql.json({ failure: end.failure })}
    WHERE readmission_id = ${end.readmissionId} AND state IN ('queued', 'running') RETURNING 1`;
  return rows.length > 0;
}

/** A row as it read before and reads now; no personal data. Null: there was, or is, none. */
export interface ReadmissionChange {
  readonly recordKey: string;
  /** Milliseconds since 1970 UTC; 0: it could not be read. */
  readonly updateTimeMs: number;
  /** Hex. */
  readonly contentDigest: string;
  readonly source: string;
  readonly recordId: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** Keeps what changed; a row that was listed before stays as it was listed. */
export async function writeReadmissionChanges(
  tx: Sql | Transaction,
  readmissionId: string,
  changes: readonly ReadmissionChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
  await (tx as Sql)`
    INSERT INTO admission.readmission_change
      (record_key, readmission_id, update_time, content_digest, source, record_id, before, after)
    SELECT key, ${readmissionId}::uuid, at, decode(content, 'hex'), source, record_id,
      before::json, after::json
    FROM unnest(
      ${plainArray(changes.map((change) => change.recordKey))}::uuid[],
      ${instantArray(changes.map((change) => change.updateTimeMs))}::timestamptz[],
      ${plainArray(changes.map((change) => change.contentDigest))}::text[],
      ${textArray(changes.map((change) => change.source))}::text[],
      ${textArray(changes.map((change) => change.recordId))}::text[],
      ${textArray(changes.map((change) => json(change.before)))}::text[],
      ${textArray(changes.map((change) => json(change.after)))}::text[]
    ) AS change (key, at, content, source, record_id, before, after)
    ORDER BY key, at, content
    ON CONFLICT DO NOTHING`;
}

/** Where a page of changes ended. */
export type ChangePosition = Pick<ReadmissionChange, "recordKey" | "updateTimeMs" | "contentDigest">;

/** The changes of one re-admission by record, update time and content. */
export async function readReadmissionChanges(
  sql: Sql,
  query: { readonly readmissionId: string; readonly after: ChangePosition | null; readonly limit: number },
): Promise<ReadmissionChange[]> {
  const { readmissionId, after, limit } = query;
  return sql<ReadmissionChange[]>`
    SELECT record_key AS "recordKey", update_time AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest",
      source, record_id AS "recordId", before, after
    FROM admission.readmission_change
    WHERE readmission_id = ${readmissionId} AND (${after === null}::boolean
      OR (record_key, update_time, content_digest) > (${after?.recordKey ?? null}::uuid,
        ${after === null ? null : instantText(after.updateTimeMs)}::timestamptz,
        decode(${after?.contentDigest ?? ""}, 'hex')))
    ORDER BY record_key, update_time, content_digest LIMIT ${limit}`;
}

/** Re-admissions that ended before an instant and whose list of changes is still kept, oldest first. */
export async function readExpiredReadmissions(sql: Sql, endedBeforeMs: number, limit: number): Promise<string[]> {
  const rows = await sql`
    SELECT readmission_id FROM admission.readmission
    WHERE ended_at < ${instantText(endedBeforeMs)}::timestamptz AND NOT counts ? 'changesGone'
    ORDER BY ended_at LIMIT ${limit}`.values();
  return rows.map(([readmissionId]) => readmissionId as string);
}

/**
 * Removes changes of a re-admission, in order of their records, about so many at a time; a record is never cut.
 * @returns whether none is left, which is noted then
 */
export async function deleteReadmissionChanges(sql: Sql, readmissionId: string, rows: number): Promise<boolean> {
  const [last] = await sql<{ key: string }[]>`
    SELECT record_key AS key FROM admission.readmission_change WHERE readmission_id = ${readmissionId}
    ORDER BY record_key OFFSET ${rows - 1} LIMIT 1`;
  await sql`
    DELETE FROM admission.readmission_change
    WHERE readmission_id = ${readmissionId} AND (${last === undefined}::boolean OR record_key <= ${last?.key ?? null}::uuid)`;
  if (last !== undefined) return false;
  await sql`
    UPDATE admission.readmission SET counts = counts || ${sql.json({ changesGone: true })}
    WHERE readmission_id = ${readmissionId}`;
  return true;
}
