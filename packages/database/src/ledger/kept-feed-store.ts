import type { KeptFeedRow, KeptWaiting } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";
import type { CopiedRow } from "../connection/copied-row.ts";
import { copyRows } from "../connection/copy-rows.ts";
import type { CheckpointRow } from "./checkpoint-store.ts";
import { inScope, type PersonScope } from "./person-range.ts";

const RUN_COLUMNS = "posting_id, practitioner_ids, first_sequences, entry_counts";

function toRuns(row: CopiedRow) {
  return {
    postingId: row.uuid(0) ?? "",
    practitionerIds: row.uuids(1),
    firstSequences: row.numbers(2),
    entryCounts: row.numbers(3),
  };
}

/** The feed in order of positions, from the row on that begins at one. */
export function copyFeed(sql: Sql | Transaction, fromPosition: number): AsyncGenerator<KeptFeedRow[]> {
  const select = `
    SELECT ${RUN_COLUMNS}, position, size FROM ledger.feed WHERE position >= ${wholeNumber(fromPosition)} ORDER BY position`;
  return copyRows(sql, select, (row) => ({
    ...toRuns(row),
    position: row.number(4) ?? 0,
    size: row.number(5) ?? 0,
  }));
}

/** Postings without a position, in the order in which they will get one. */
export function copyOutbox(sql: Sql | Transaction): AsyncGenerator<KeptWaiting[]> {
  const select = `SELECT ${RUN_COLUMNS}, turn, hashes FROM ledger.outbox ORDER BY turn, posting_id`;
  return copyRows(sql, select, (row) => ({
    ...toRuns(row),
    turn: row.number(4) ?? 0,
    hashes: row.hex(5) ?? "",
  }));
}

/** A tile as it is kept, its hashes one after the other. */
export interface KeptTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Buffer;
}

/** Tiles of the lowest level from one index on to before another, or of all levels above it, in order. */
export function copyTiles(
  sql: Sql | Transaction,
  which: "above" | { readonly from: number; readonly until: number },
): AsyncGenerator<KeptTile[]> {
  const where =
    which === "above"
      ? "level <> 0 OR index < 0"
      : `level = 0 AND index >= ${wholeNumber(which.from)} AND index < ${wholeNumber(which.until)}`;
  const select = `SELECT level, index, hashes FROM ledger.tree_tile WHERE ${where} ORDER BY level, index`;
  return copyRows(sql, select, (row) => ({
    level: row.number(0) ?? 0,
    index: row.number(1) ?? 0,
    hashes: Buffer.from(row.blob(2) ?? ""),
  }));
}

/** The number of entries in each chain, of some people or of all, in order of practitioner id. */
export function copyChainLengths(
  sql: Sql | Transaction,
  scope: PersonScope | null = null,
): AsyncGenerator<{ readonly practitionerId: string; readonly entries: number }[]> {
  const select = `SELECT practitioner_id, count(*) FROM ledger.entry ${scope === null ? "" : `WHERE ${inScope(scope)}`}
    GROUP BY practitioner_id ORDER BY practitioner_id`;
  return copyRows(sql, select, (row) => ({ practitionerId: row.uuid(0) ?? "", entries: row.number(1) ?? 0 }));
}

/** Every size of the feed that is kept; there is one. */
export async function readFeedHeads(sql: Sql): Promise<{ readonly feed: number; readonly size: number }[]> {
  return sql<{ feed: number; size: number }[]>`SELECT feed, size FROM ledger.feed_head ORDER BY feed`;
}

/** Every checkpoint, in order of size. */
export function copyCheckpoints(sql: Sql | Transaction): AsyncGenerator<CheckpointRow[]> {
  const select = "SELECT size, signed_at, note FROM ledger.checkpoint ORDER BY size, signed_at";
  return copyRows(sql, select, (row) => ({
    size: row.number(0) ?? 0,
    signedAtMs: row.instantMs(1) ?? 0,
    note: row.text(2) ?? "",
  }));
}

/** The earliest instant at which postings of a list were made, ms since 1970 UTC; null: there are none. */
export async function readEarliestPosting(sql: Sql, postingIds: readonly string[]): Promise<number | null> {
  const [row] = await sql<{ at: number | null }[]>`
    SELECT min(recorded_at) AS at FROM ledger.posting WHERE posting_id = ANY(${plainArray(postingIds)}::uuid[])`;
  return row?.at ?? null;
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError("this is no whole number");
  return String(value);
}

/** An entry, and a row of the feed with entries of its posting. */
export interface EntryInFeed {
  readonly practitionerId: string;
  readonly sequence: number;
  /** Hexadecimal. */
  readonly hash: string;
  readonly position: number;
  readonly practitionerIds: readonly string[];
  readonly firstSequences: readonly number[];
  readonly entryCounts: readonly number[];
}

/** Entries of some people, by their sequences, with each row of the feed of their postings. */
export async function readEntriesInFeed(
  sql: Sql,
  entries: readonly { readonly practitionerId: string; readonly sequence: number }[],
): Promise<EntryInFeed[]> {
  return sql<EntryInFeed[]>`
    SELECT practitioner_id AS "practitionerId", sequence, encode(hash, 'hex') AS hash, position,
      practitioner_ids AS "practitionerIds", first_sequences AS "firstSequences", entry_counts AS "entryCounts"
    FROM unnest(
      ${plainArray(entries.map((entry) => entry.practitionerId))}::uuid[],
      ${plainArray(entries.map((entry) => entry.sequence))}::bigint[]
    ) AS asked (practitioner_id, sequence)
    JOIN ledger.entry USING (practitioner_id, sequence) JOIN ledger.feed USING (posting_id)`;
}
