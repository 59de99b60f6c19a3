import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** What the ledger needs of a batch to post it. */
export interface PostableBatch {
  readonly batchId: string;
  readonly source: string;
  readonly pullId: string | null;
  readonly closesPull: boolean;
  readonly completeUntilMs: number | null;
  readonly receivedAtMs: number;
  readonly recordKeys: readonly string[];
  readonly practitionerIds: readonly string[];
  readonly postedAtMs: number | null;
  /** Of a batch that operators' decisions made, which has the id of one of them; null otherwise. */
  readonly decisionId: string | null;
  /** The re-admission by which its records were read anew; null otherwise. */
  readonly readmissionId: string | null;
}

/**
 * Reads a batch and locks it against a second poster. `busy`: another one holds it now; null: there is no such batch.
 */
export async function lockBatch(tx: Transaction, batchId: string): Promise<PostableBatch | "busy" | null> {
  const [row] = await tx<PostableBatch[]>`
    SELECT batch_id AS "batchId", source, pull_id AS "pullId", closes_pull AS "closesPull",
      complete_until AS "completeUntilMs", received_at AS "receivedAtMs", record_keys AS "recordKeys",
      practitioner_ids AS "practitionerIds", posted_at AS "postedAtMs",
      CASE WHEN origin = 'decision' THEN batch_id END AS "decisionId",
      CASE WHEN origin = 'readmission' THEN pull_id END AS "readmissionId"
    FROM acquisition.batch WHERE batch_id = ${batchId} FOR NO KEY UPDATE SKIP LOCKED`;
  if (row !== undefined) return row;
  const [held] = await tx`SELECT 1 FROM acquisition.batch WHERE batch_id = ${batchId}`;
  return held === undefined ? null : "busy";
}

/**
 * Whether pulled rows of the source wait to be posted. Times are left out of it: clocks differ between workers, and a
 * platform must not be called complete before the rows of its pulls are in the ledger.
 */
export async function hasUnpostedRows(tx: Transaction, batch: PostableBatch): Promise<boolean> {
  const [row] = await tx`
    SELECT 1 FROM acquisition.batch
    WHERE source = ${batch.source} AND posted_at IS NULL AND origin = 'pull' AND NOT closes_pull LIMIT 1`;
  return row !== undefined;
}

export async function markPosted(tx: Transaction, batchId: string, postedAtMs: number): Promise<void> {
  await tx`
    UPDATE acquisition.batch SET posted_at = ${instantText(postedAtMs)}::timestamptz WHERE batch_id = ${batchId}`;
}

/** The latest instant that an entry of a pull's batches carries, ms since 1970 UTC; null when none was posted. */
export async function readPulledUntil(tx: Transaction, pullId: string): Promise<number | null> {
  const [row] = await tx<{ postedAtMs: number | null }[]>`
    SELECT max(posted_at) AS "postedAtMs" FROM acquisition.batch WHERE pull_id = ${pullId}`;
  return row?.postedAtMs ?? null;
}

export interface PostingRow {
  readonly postingId: string;
  readonly batchId: string | null;
  readonly reason: string;
  readonly actor: string;
  readonly recordedAtMs: number;
  readonly entryCount: number;
}

export async function writePosting(tx: Transaction, posting: PostingRow): Promise<void> {
  await tx`
    INSERT INTO ledger.posting (posting_id, batch_id, reason, actor, recorded_at, entry_count)
    VALUES (${posting.postingId}, ${posting.batchId}, ${posting.reason}, ${posting.actor},
      ${instantText(posting.recordedAtMs)}::timestamptz, ${posting.entryCount})`;
}

/** States once how a pull left its platform; a second statement of the same pull changes nothing. */
export async function writePlatformMark(
  tx: Transaction,
  mark: { platform: string; pullId: string; completeUntilMs: number | null; outcome: string; recordedAtMs: number },
): Promise<void> {
  await tx`
    INSERT INTO ledger.platform_mark (platform, pull_id, complete_until, outcome, recorded_at)
    VALUES (${mark.platform}, ${mark.pullId},
      ${mark.completeUntilMs === null ? null : instantText(mark.completeUntilMs)}::timestamptz, ${mark.outcome},
      ${instantText(mark.recordedAtMs)}::timestamptz)
    ON CONFLICT DO NOTHING`;
}

export interface PlatformMark {
  readonly platform: string;
  readonly completeUntilMs: number | null;
  readonly outcome: string;
  readonly recordedAtMs: number;
}

/** Every mark of every platform, oldest first: small, and all that freshness at any known time needs. */
export async function readPlatformMarks(sql: Sql): Promise<PlatformMark[]> {
  return sql<PlatformMark[]>`
    SELECT platform, complete_until AS "completeUntilMs", outcome, recorded_at AS "recordedAtMs"
    FROM ledger.platform_mark ORDER BY recorded_at, pull_id`;
}
