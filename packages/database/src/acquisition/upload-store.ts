import { plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";
import { beginTransaction } from "../connection/run-transaction.ts";

/** How far an upload is. */
export type UploadState = "received" | "awaiting_confirmation" | "storing" | "stored" | "failed";

export interface UploadView {
  readonly uploadId: string;
  readonly source: string;
  readonly state: UploadState;
  readonly reason: string | null;
  readonly mediaType: string;
  readonly settings: unknown;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly rowsTotal: number | null;
  readonly rowsDone: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly receivedAtMs: number;
  readonly confirmedAtMs: number | null;
  readonly endedAtMs: number | null;
}

export interface NewUpload {
  readonly uploadId: string;
  readonly source: string;
  readonly mediaType: string;
  readonly settings: object;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly receivedAtMs: number;
  /** `yyyy-mm-dd` */
  readonly retainUntil: string;
  readonly parts: readonly { readonly wrappedKey: Uint8Array; readonly sealed: Uint8Array }[];
}

/** Keeps an upload with its sealed content. */
export async function writeUpload(tx: Transaction, upload: NewUpload): Promise<void> {
  await tx`
    INSERT INTO acquisition.upload (upload_id, source, state, media_type, settings, bytes, sha256, parts, counts, received_at)
    VALUES (${upload.uploadId}, ${upload.source}, 'received', ${upload.mediaType}, ${tx.json(upload.settings as never)},
      ${upload.bytes}, decode(${upload.sha256}, 'hex'), ${upload.parts.length}, '{}',
      ${instantText(upload.receivedAtMs)}::timestamptz)`;
  for (const [part, { wrappedKey, sealed }] of upload.parts.entries()) {
    await tx`
      INSERT INTO acquisition.upload_part (upload_id, part, wrapped_key, sealed, retain_until)
      VALUES (${upload.uploadId}, ${part}, ${wrappedKey as Buffer}, ${sealed as Buffer}, ${upload.retainUntil}::text::date)`;
  }
}

const selectUpload = (sql: Sql) => sql`
  SELECT upload_id AS "uploadId", source, state, reason, media_type AS "mediaType", settings, bytes,
    encode(sha256, 'hex') AS sha256, rows_total AS "rowsTotal", rows_done AS "rowsDone", counts,
    received_at AS "receivedAtMs", confirmed_at AS "confirmedAtMs", ended_at AS "endedAtMs"
  FROM acquisition.upload`;

export async function readUpload(sql: Sql, uploadId: string): Promise<UploadView | null> {
  const [row] = await sql<UploadView[]>`${selectUpload(sql)} WHERE upload_id = ${uploadId}`;
  return row ?? null;
}

/** Makes others who bring the same content wait until this transaction ends. */
export async function lockUploadContent(tx: Transaction, source: string, sha256: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`upload ${source} ${sha256}`}, 0))`;
}

/** The newest upload of the same content by the same source that did not fail; null when there is none. */
export async function readUploadOfContent(
  tx: Sql | Transaction,
  source: string,
  sha256: string,
): Promise<UploadView | null> {
  const sql = tx as Sql;
  const [row] = await sql<UploadView[]>`${selectUpload(sql)}
    WHERE source = ${source} AND sha256 = decode(${sha256}, 'hex') AND state <> 'failed'
    ORDER BY received_at DESC LIMIT 1`;
  return row ?? null;
}

/** Uploads, newest first; of all sources where `source` is null. */
export async function readUploads(
  sql: Sql,
  query: {
    readonly source: string | null;
    readonly before: { readonly receivedAtMs: number; readonly uploadId: string } | null;
    readonly limit: number;
  },
): Promise<UploadView[]> {
  const { source, before, limit } = query;
  return sql<UploadView[]>`${selectUpload(sql)}
    WHERE (${source}::text IS NULL OR source = ${source})
      AND (${before === null}::boolean OR (received_at, upload_id) <
        (${instantText(before?.receivedAtMs ?? 0)}::timestamptz, ${before?.uploadId ?? null}::uuid))
    ORDER BY received_at DESC, upload_id DESC LIMIT ${limit}`;
}

/** The sealed content, in order; fewer parts than there were once the retention has ended. */
export async function readUploadParts(
  sql: Sql,
  uploadId: string,
): Promise<{ wrappedKey: Uint8Array; sealed: Uint8Array }[]> {
  return sql<{ wrappedKey: Uint8Array; sealed: Uint8Array }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM acquisition.upload_part WHERE upload_id = ${uploadId} ORDER BY part`;
}

/**
 * Moves an upload on from a state; false when it was not in it any more. Where it ends and rows of it are of somebody who was
 * erased, its content is destroyed with the same statement.
 */
export async function advanceUpload(
  sql: Sql | Transaction,
  upload: {
    readonly uploadId: string;
    readonly from: UploadState;
    readonly to: UploadState;
    readonly reason?: string;
    readonly rowsTotal?: number;
    readonly counts?: Readonly<Record<string, number>>;
    readonly settings?: object;
    readonly confirmedAtMs?: number;
    readonly endedAtMs?: number;
  },
): Promise<boolean> {
  const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));
  const instant = (instantMs: number | undefined) => (instantMs === undefined ? null : instantText(instantMs));
  const rows = await (sql as Sql)`
    WITH moved AS (
      UPDATE acquisition.upload SET state = ${upload.to}, reason = ${upload.reason ?? null},
        rows_total = coalesce(${upload.rowsTotal ?? null}::int, rows_total),
        counts = coalesce(${json(upload.counts)}::text::jsonb, counts),
        settings = coalesce(${json(upload.settings)}::text::jsonb, settings),
        confirmed_at = coalesce(${instant(upload.confirmedAtMs)}::timestamptz, confirmed_at),
        ended_at = coalesce(${instant(upload.endedAtMs)}::timestamptz, ended_at)
      WHERE upload_id = ${upload.uploadId} AND state = ${upload.from}
      RETURNING upload_id, ended_at IS NOT NULL AND counts ? 'erasedRows' AS "isErased"
    ), destroyed AS (
      DELETE FROM acquisition.upload_part WHERE upload_id IN (SELECT upload_id FROM moved WHERE "isErased")
    )
    SELECT FROM moved`;
  return rows.length > 0;
}

/** A batch of an upload's rows is stored; once more has no effect. */
export async function noteUploadBatch(
  sql: Sql,
  {
    uploadId,
    part,
    batchId,
    rows,
    rowsDone,
  }: { uploadId: string; part: number; batchId: string; rows: number; rowsDone: number },
): Promise<void> {
  await beginTransaction(sql, async (tx) => {
    await tx`
      INSERT INTO acquisition.upload_batch (upload_id, part, batch_id, rows) VALUES (${uploadId}, ${part}, ${batchId}, ${rows})
      ON CONFLICT (upload_id, part) DO NOTHING`;
    await tx`UPDATE acquisition.upload SET rows_done = greatest(rows_done, ${rowsDone}) WHERE upload_id = ${uploadId}`;
  });
}

/** The batches of an upload in order. */
export async function readUploadBatches(sql: Sql, uploadId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT batch_id AS id FROM acquisition.upload_batch WHERE upload_id = ${uploadId} ORDER BY part`;
  return rows.map(({ id }) => id);
}

/** The batch of each part of an upload that is stored. */
export async function readStoredUploadParts(sql: Sql, uploadId: string): Promise<ReadonlyMap<number, string>> {
  const rows = await sql<{ part: number; batchId: string }[]>`
    SELECT part, batch_id AS "batchId" FROM acquisition.upload_batch WHERE upload_id = ${uploadId}`;
  return new Map(rows.map(({ part, batchId }) => [part, batchId]));
}

/** What is wrong with a row, or that its person is not known yet. */
export interface UploadFinding {
  readonly rowNumber: number;
  readonly columnName: string;
  readonly code: string;
}

export async function writeUploadFindings(
  tx: Transaction,
  uploadId: string,
  findings: readonly UploadFinding[],
): Promise<void> {
  if (findings.length === 0) return;
  await tx`
    INSERT INTO acquisition.upload_finding (upload_id, row_number, column_name, code)
    SELECT ${uploadId}::uuid, * FROM unnest(${plainArray(findings.map((one) => one.rowNumber))}::int[],
      ${textArray(findings.map((one) => one.columnName))}::text[], ${textArray(findings.map((one) => one.code))}::text[])
    ORDER BY 2, 3, 4
    ON CONFLICT DO NOTHING`;
}

/** Forgets what an earlier, interrupted reading found. */
export async function deleteUploadFindings(tx: Transaction, uploadId: string): Promise<void> {
  await tx`DELETE FROM acquisition.upload_finding WHERE upload_id = ${uploadId}`;
}

/** Findings in the order of the rows. */
export async function readUploadFindings(
  sql: Sql,
  query: {
    readonly uploadId: string;
    readonly after: { readonly rowNumber: number; readonly columnName: string } | null;
    readonly limit: number;
  },
): Promise<UploadFinding[]> {
  const { uploadId, after, limit } = query;
  return sql<UploadFinding[]>`
    SELECT row_number AS "rowNumber", column_name AS "columnName", code FROM acquisition.upload_finding
    WHERE upload_id = ${uploadId}
      AND (row_number, column_name) > (${after?.rowNumber ?? -1}::int, ${after?.columnName ?? ""}::text)
    ORDER BY row_number, column_name LIMIT ${limit}`;
}

/** Rows of an upload with a finding of one code. */
export async function readUploadRowsWith(sql: Sql, uploadId: string, code: string): Promise<ReadonlySet<number>> {
  const rows = await sql<{ rowNumber: number }[]>`
    SELECT row_number AS "rowNumber" FROM acquisition.upload_finding WHERE upload_id = ${uploadId} AND code = ${code}`;
  return new Set(rows.map(({ rowNumber }) => rowNumber));
}

/** Uploads that somebody has to go on with: what a lost queue or a dead process left lying. */
export async function readOpenUploads(sql: Sql, receivedBeforeMs: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT upload_id AS id FROM acquisition.upload
    WHERE ended_at IS NULL AND state IN ('received', 'storing')
      AND received_at <= ${instantText(receivedBeforeMs)}::timestamptz ORDER BY received_at LIMIT 100`;
  return rows.map(({ id }) => id);
}

/** Removes the content whose retention has ended before a date. */
export async function deleteExpiredUploadParts(sql: Sql, today: string): Promise<void> {
  await sql`DELETE FROM acquisition.upload_part WHERE retain_until < ${today}::text::date`;
}

/** Uploads whose content is kept, in order of id, after one of them (null: from the first). */
export async function readKeptUploads(sql: Sql, afterId: string | null, limit: number): Promise<string[]> {
  const rows = await sql`
    SELECT DISTINCT upload_id FROM acquisition.upload_part
    WHERE ${afterId}::uuid IS NULL OR upload_id > ${afterId}::uuid ORDER BY upload_id LIMIT ${limit}`.values();
  return rows.map(([uploadId]) => uploadId as string);
}

/** Destroys the content of an upload; what is told of it stays. */
export async function deleteUploadParts(tx: Sql | Transaction, uploadId: string): Promise<void> {
  await (tx as Sql)`DELETE FROM acquisition.upload_part WHERE upload_id = ${uploadId}`;
}
