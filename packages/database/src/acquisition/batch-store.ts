import { plainArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";
import { instantText } from "../connection/connect.ts";

/** One receipt as it is kept: record id, outcome, code. */
export type StoredReceipt = readonly [recordId: string, outcome: string, code: string | null];

export interface BatchRow {
  readonly batchId: string;
  readonly source: string;
  readonly origin: "pull" | "push" | "decision" | "readmission";
  /** The pull, or the re-admission, that it came of. */
  readonly pullId: string | null;
  readonly closesPull: boolean;
  readonly completeUntilMs: number | null;
  readonly receivedAtMs: number;
  readonly rowCount: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly receipts: readonly StoredReceipt[];
  readonly recordKeys: readonly string[];
  readonly practitionerIds: readonly string[];
}

export async function writeBatch(tx: Transaction, batch: BatchRow): Promise<void> {
  await tx`
    INSERT INTO acquisition.batch
      (batch_id, source, origin, pull_id, closes_pull, complete_until, received_at, row_count, counts, receipts,
       record_keys, practitioner_ids)
    VALUES (${batch.batchId}, ${batch.source}, ${batch.origin}, ${batch.pullId}, ${batch.closesPull},
      ${batch.completeUntilMs === null ? null : instantText(batch.completeUntilMs)}::timestamptz,
      ${instantText(batch.receivedAtMs)}::timestamptz, ${batch.rowCount}, ${tx.json(batch.counts)},
      ${tx.json(batch.receipts as unknown as string[][])}, ${plainArray(batch.recordKeys)}::uuid[],
      ${plainArray(batch.practitionerIds)}::uuid[])`;
}

/** The rows of a batch as they came, sealed. `retainUntil` is a date, `yyyy-mm-dd`. */
export async function writeRawPage(
  tx: Transaction,
  page: { batchId: string; wrappedKey: Uint8Array; sealed: Uint8Array; retainUntil: string },
): Promise<void> {
  await tx`
    INSERT INTO acquisition.raw_page (batch_id, wrapped_key, sealed, retain_until)
    VALUES (${page.batchId}, ${page.wrappedKey as Buffer}, ${page.sealed as Buffer}, ${page.retainUntil}::text::date)`;
}

/** Removes the pages whose retention has ended before a date; returns how many. */
export async function deleteExpiredPages(sql: Sql, today: string): Promise<number> {
  const rows = await sql`DELETE FROM acquisition.raw_page WHERE retain_until < ${today}::text::date RETURNING 1`;
  return rows.length;
}

export interface BatchView {
  readonly batchId: string;
  readonly source: string;
  readonly receivedAtMs: number;
  readonly postedAtMs: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly receipts: readonly StoredReceipt[];
  readonly recordKeys: readonly string[];
  readonly practitionerIds: readonly string[];
}

const selectBatch = (sql: Sql) => sql`
  SELECT batch_id AS "batchId", source, received_at AS "receivedAtMs", posted_at AS "postedAtMs", counts, receipts,
    record_keys AS "recordKeys", practitioner_ids AS "practitionerIds"
  FROM acquisition.batch`;

export async function readBatch(sql: Sql, batchId: string): Promise<BatchView | null> {
  const [row] = await sql<BatchView[]>`${selectBatch(sql)} WHERE batch_id = ${batchId}`;
  return row ?? null;
}

/** When batches of a list came, and whether they are posted; those that are gone are missing. */
export async function readArrivalsOfBatches(
  sql: Sql,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly receivedAtMs: number; readonly isPosted: boolean }>> {
  const rows = await sql<{ batchId: string; receivedAtMs: number; isPosted: boolean }[]>`
    SELECT batch_id AS "batchId", received_at AS "receivedAtMs", posted_at IS NOT NULL AS "isPosted"
    FROM acquisition.batch WHERE batch_id = ANY(${plainArray(batchIds)}::uuid[])`;
  return new Map(rows.map(({ batchId, ...arrival }) => [batchId, arrival]));
}

/** Batches that are not posted yet, oldest first: what a lost queue forgot. */
export async function readUnpostedBatches(sql: Sql, receivedBeforeMs: number, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT batch_id AS id FROM acquisition.batch
    WHERE posted_at IS NULL AND received_at <= ${instantText(receivedBeforeMs)}::timestamptz
    ORDER BY received_at LIMIT ${limit}`;
  return rows.map((row) => row.id);
}

/** Those of some records of some people that batches touch which are not posted yet. */
export async function readWaitingRecords(
  tx: Transaction,
  recordKeys: readonly string[],
  practitionerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx`
    SELECT record_key FROM acquisition.batch, unnest(record_keys) AS record_key
    WHERE posted_at IS NULL AND practitioner_ids && ${plainArray(practitionerIds)}::uuid[]
      AND record_key = ANY(${plainArray(recordKeys)}::uuid[])`.values();
  return new Set(rows.map(([recordKey]) => recordKey as string));
}

/** When the oldest batch that is not posted yet came; null: all are posted. */
export async function readOldestUnpostedMs(sql: Sql): Promise<number | null> {
  const [row] = await sql<{ at: number | null }[]>`
    SELECT min(received_at) AS at FROM acquisition.batch WHERE posted_at IS NULL`;
  return row?.at ?? null;
}

/** How many batches of each source are not posted yet. */
export async function countUnpostedBatches(sql: Sql): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ source: string; count: number }[]>`
    SELECT source, count(*) AS count FROM acquisition.batch WHERE posted_at IS NULL GROUP BY source`;
  return new Map(rows.map((row) => [row.source, row.count]));
}

/** Batches that close a pull and are not posted yet; few at any time. */
export async function readUnpostedClosings(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT batch_id AS id FROM acquisition.batch WHERE posted_at IS NULL AND closes_pull ORDER BY received_at`;
  return rows.map((row) => row.id);
}
