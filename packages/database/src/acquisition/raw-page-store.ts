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
