import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A batch whose rows are still kept as they came. */
export interface PageBatch {
  readonly batchId: string;
  readonly pullId: string | null;
  readonly origin: "pull" | "push";
  readonly receivedAtMs: number;
  readonly rowCount: number;
}

/** The batches of a source whose rows are kept, in the order in which they came, up to an instant. */
export async function readPageBatches(sql: Sql, source: string, receivedUntilMs: number): Promise<PageBatch[]> {
  return sql<PageBatch[]>`
    SELECT batch.batch_id AS "batchId", batch.pull_id AS "pullId", batch.origin, batch.received_at AS "receivedAtMs",
      batch.row_count AS "rowCount"
    FROM acquisition.batch AS batch JOIN acquisition.raw_page AS page ON page.batch_id = batch.batch_id
    WHERE batch.source = ${source} AND batch.received_at <= ${instantText(receivedUntilMs)}::timestamptz
    ORDER BY batch.received_at, batch.batch_id`;
}

/** Whether any rows of a source are kept as they came. */
export async function hasKeptPages(tx: Transaction, source: string): Promise<boolean> {
  const rows = await tx`
    SELECT FROM acquisition.batch AS batch JOIN acquisition.raw_page AS page ON page.batch_id = batch.batch_id
    WHERE batch.source = ${source} LIMIT 1`;
  return rows.length > 0;
}

/** A page as it is kept, with what it was read by. */
export interface KeptPage {
  readonly batchId: string;
  readonly source: string;
  readonly origin: "pull" | "push";
  readonly receivedAtMs: number;
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

/** Makes whoever else rewrites kept pages wait until this transaction ends: who reads after it sees what others left. */
export async function lockKeptPages(tx: Transaction): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('kept pages', 0))`;
}

/** Kept pages in order of their batch, after one of them (null: from the first). */
export async function readKeptPages(
  tx: Sql | Transaction,
  afterBatchId: string | null,
  limit: number,
): Promise<KeptPage[]> {
  return (tx as Sql)<KeptPage[]>`
    SELECT page.batch_id AS "batchId", batch.source, batch.origin, batch.received_at AS "receivedAtMs",
      page.wrapped_key AS "wrappedKey", page.sealed
    FROM acquisition.raw_page AS page JOIN acquisition.batch AS batch ON batch.batch_id = page.batch_id
    WHERE ${afterBatchId}::uuid IS NULL OR page.batch_id > ${afterBatchId}::uuid
    ORDER BY page.batch_id LIMIT ${limit}`;
}

/**
 * Puts another content in the place of a kept page, or none: the old one is gone with its key. Its retention stays; a page
 * that is gone already stays gone.
 */
export async function replacePage(
  tx: Transaction,
  batchId: string,
  page: { readonly wrappedKey: Uint8Array; readonly sealed: Uint8Array } | null,
): Promise<void> {
  const [gone] = await tx<{ until: string }[]>`
    DELETE FROM acquisition.raw_page WHERE batch_id = ${batchId} RETURNING retain_until AS until`;
  if (gone === undefined || page === null) return;
  await tx`
    INSERT INTO acquisition.raw_page (batch_id, wrapped_key, sealed, retain_until)
    VALUES (${batchId}, ${page.wrappedKey as Buffer}, ${page.sealed as Buffer}, ${gone.until}::text::date)`;
}
