import { DERIVED_REASONS, type KeptBatch, type KeptPosting, type PostingSum } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";
import type { CopiedRow } from "../connection/copied-row.ts";
import { copyRows } from "../connection/copy-rows.ts";
import { uuid } from "./person-range.ts";

const POSTING_COLUMNS = "posting_id, batch_id, reason, actor, recorded_at, entry_count";

function toPosting(row: CopiedRow): KeptPosting {
  return {
    postingId: row.uuid(0) ?? "",
    batchId: row.uuid(1),
    reason: row.word(2) ?? "",
    actor: row.word(3) ?? "",
    recordedAtMs: row.instantMs(4) ?? 0,
    entryCount: row.number(5) ?? 0,
  };
}

/** Some postings, and everybody who has entries of them. */
export interface SomePostings {
  readonly postingIds: readonly string[];
  readonly practitionerIds: readonly string[];
}

/** Postings in order of their ids: all, or some. */
export function copyPostings(sql: Sql | Transaction, some: SomePostings | null): AsyncGenerator<KeptPosting[]> {
  const where = some === null ? "" : `WHERE ${isAmong("posting_id", some.postingIds)}`;
  return copyRows(sql, `SELECT ${POSTING_COLUMNS} FROM ledger.posting ${where} ORDER BY posting_id`, toPosting);
}

/** Postings of batches, in order of the batches' ids. */
export function copyBatchPostings(sql: Sql | Transaction): AsyncGenerator<KeptPosting[]> {
  const select = `SELECT ${POSTING_COLUMNS} FROM ledger.posting WHERE batch_id IS NOT NULL ORDER BY batch_id, posting_id`;
  return copyRows(sql, select, toPosting);
}

/** What the entries of each posting, or of some, come to, in order of its id. */
export function copyPostingSums(sql: Sql | Transaction, some: SomePostings | null): AsyncGenerator<PostingSum[]> {
  const isMeant =
    some === null
      ? "true"
      : `${isAmong("practitioner_id", some.practitionerIds)} AND ${isAmong("posting_id", some.postingIds)}`;
  const derived = DERIVED_REASONS.map((reason) => `'${reason}'`).join(", ");
  const [ofRecords, isStated] = ["kind <> 'identity'", `kind <> 'identity' AND reason NOT IN (${derived})`];
  const select = `
    SELECT posting_id, count(*), max(recorded_at), min(actor), max(actor), count(*) FILTER (WHERE ${ofRecords}),
      count(*) FILTER (WHERE ${isStated}), min(reason) FILTER (WHERE ${isStated}), max(reason) FILTER (WHERE ${isStated})
    FROM ledger.entry WHERE ${isMeant} GROUP BY posting_id ORDER BY posting_id`;
  return copyRows(sql, select, (row) => ({
    postingId: row.uuid(0) ?? "",
    entryCount: row.number(1) ?? 0,
    recordedAtMs: row.instantMs(2) ?? 0,
    actors: [row.word(3) ?? "", row.word(4) ?? ""],
    recordEntries: row.number(5) ?? 0,
    statedEntries: row.number(6) ?? 0,
    statedReasons: [row.word(7), row.word(8)],
  }));
}

/** That a column is one of some ids, as a condition of a statement that takes no parameters. */
function isAmong(column: string, ids: readonly string[]): string {
  return `${column} = ANY('${plainArray(ids.map(uuid))}'::uuid[])`;
}

/** Every batch in order of its id. */
export function copyBatches(sql: Sql | Transaction): AsyncGenerator<KeptBatch[]> {
  const select = `SELECT batch_id, origin, cardinality(practitioner_ids), posted_at FROM acquisition.batch ORDER BY batch_id`;
  return copyRows(sql, select, (row) => ({
    batchId: row.uuid(0) ?? "",
    origin: row.word(1) ?? "",
    people: row.number(2) ?? 0,
    postedAtMs: row.instantMs(3),
  }));
}
