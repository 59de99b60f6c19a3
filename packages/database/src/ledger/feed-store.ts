import { TILE_HASH_BYTES, type TilePlace, type TreeTile } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** Entries of one posting and one person, which follow each other. */
export interface EntryRun {
  readonly practitionerId: string;
  readonly firstSequence: number;
  readonly entryCount: number;
}

/** A posting that waits for its position in the feed. */
export interface WaitingPosting {
  readonly turn: number;
  readonly postingId: string;
  /** How many entries its runs have together. */
  readonly size: number;
  /** Hashes of the entries, 32 bytes each, in the order of the runs. */
  readonly hashes: readonly Uint8Array[];
}

/** A run as the posting writes it, with the hashes of its entries, hex. */
export interface PostedRun extends EntryRun {
  readonly hashes: readonly string[];
}

/** A posting at its position: how many entries are in the feed before its first one. */
export interface FeedRow {
  readonly position: number;
  readonly size: number;
  readonly postingId: string;
  readonly runs: readonly EntryRun[];
}

/** Written with the posting, in its transaction; a posting without entries is not in the feed. */
export async function writeOutbox(
  tx: Transaction,
  posting: { readonly turn: number; readonly postingId: string; readonly runs: readonly PostedRun[] },
): Promise<void> {
  if (posting.runs.length === 0) return;
  const runs = posting.runs.toSorted((left, right) => (left.practitionerId < right.practitionerId ? -1 : 1));
  await tx`
    INSERT INTO ledger.outbox (turn, posting_id, practitioner_ids, first_sequences, entry_counts, hashes)
    VALUES (${posting.turn}, ${posting.postingId}, ${plainArray(runs.map((run) => run.practitionerId))}::uuid[],
      ${plainArray(runs.map((run) => run.firstSequence))}::bigint[],
      ${plainArray(runs.map((run) => run.entryCount))}::int[],
      decode(${runs.map((run) => run.hashes.join("")).join("")}, 'hex'))`;
}

/** Makes the caller the sequencer until its transaction ends; null: another one is, and the caller does not wait. */
export async function lockFeed(tx: Transaction, whenHeld: "skip" | "wait"): Promise<number | null> {
  const skip = whenHeld === "skip" ? tx`SKIP LOCKED` : tx``;
  const [row] = await tx<{ size: number }[]>`SELECT size FROM ledger.feed_head FOR NO KEY UPDATE ${skip}`;
  return row?.size ?? null;
}

/**
 * Shuts sequencers out until the transaction ends. As the first statement of a repeatable-read transaction it is held
 * before the snapshot is taken (PostgreSQL, LOCK), so nothing that the snapshot shows can be numbered by another one.
 */
export async function lockFeedBeforeSnapshot(tx: Transaction): Promise<void> {
  await tx`LOCK TABLE ledger.feed_head IN EXCLUSIVE MODE`;
}

/** How many entries the feed has. */
export async function readFeedSize(sql: Sql | Transaction): Promise<number> {
  const [row] = await (sql as Sql)<{ size: number }[]>`SELECT size FROM ledger.feed_head`;
  return row?.size ?? 0;
}

/** How many postings have no position yet. */
export async function readWaitingCount(sql: Sql | Transaction): Promise<number> {
  const [row] = await (sql as Sql)<{ waiting: number }[]>`SELECT count(*)::int AS waiting FROM ledger.outbox`;
  return row?.waiting ?? 0;
}

/** When the posting was recorded whose turn for a position is next; null: none waits. */
export async function readFirstWaitingMs(sql: Sql): Promise<number | null> {
  const [first] = await sql<{ id: string }[]>`
    SELECT posting_id AS id FROM ledger.outbox ORDER BY turn LIMIT 1`;
  if (first === undefined) return null;
  const [posting] = await sql<{ at: number }[]>`
    SELECT recorded_at AS at FROM ledger.posting WHERE posting_id = ${first.id}`;
  return posting?.at ?? null;
}

/**
 * The first waiting postings by turn. A posting that another one follows has a smaller turn and was committed before it,
 * so it is among them whenever the other one is.
 */
export async function readWaiting(tx: Transaction, limit: number): Promise<WaitingPosting[]> {
  const rows = await tx`
    SELECT turn, posting_id, (SELECT sum(entries)::int FROM unnest(entry_counts) AS entries), hashes
    FROM ledger.outbox ORDER BY turn, posting_id LIMIT ${limit}`.values();
  return rows.map(([turn, postingId, size, hashes]) => ({ turn, postingId, size, hashes: splitHashes(hashes) }));
}

function toRuns(ids: readonly string[], firsts: readonly number[], counts: readonly number[]): EntryRun[] {
  return ids.map((practitionerId, at) => ({
    practitionerId,
    firstSequence: Number(firsts[at]),
    entryCount: Number(counts[at]),
  }));
}

/** Hashes of entries, 32 bytes each, in the order of the runs. Fewer than asked for: the ledger lacks some. */
export async function readRunHashes(sql: Sql | Transaction, runs: readonly EntryRun[]): Promise<Uint8Array[]> {
  const rows = await (sql as Sql)`
    SELECT entry.hash
    FROM unnest(
      ${plainArray(runs.map((run) => run.practitionerId))}::uuid[],
      ${plainArray(runs.map((run) => run.firstSequence))}::bigint[],
      ${plainArray(runs.map((run) => run.entryCount))}::int[]
    ) WITH ORDINALITY AS run (id, first, entries, place)
    JOIN ledger.entry ON entry.practitioner_id = run.id
      AND entry.sequence >= run.first AND entry.sequence < run.first + run.entries
    ORDER BY run.place, entry.sequence`.values();
  return rows.map(([hash]) => hash as Uint8Array);
}

/**
 * Gives waiting postings their positions, the first one that of the feed's size; the caller holds `lockFeed`.
 * Throws when not all of them were waiting: positions without a posting would be a gap for ever.
 */
export async function writeFeed(
  tx: Transaction,
  rows: readonly (Pick<FeedRow, "position" | "size" | "postingId"> & Pick<WaitingPosting, "turn">)[],
  numberedAtMs: number,
): Promise<void> {
  const last = rows.at(-1);
  if (last === undefined) return;
  const [numbered] = await Promise.all([
    tx`
      WITH numbered AS (
        DELETE FROM ledger.outbox USING unnest(
          ${plainArray(rows.map((row) => row.postingId))}::uuid[],
          ${plainArray(rows.map((row) => row.turn))}::bigint[],
          ${plainArray(rows.map((row) => row.position))}::bigint[],
          ${plainArray(rows.map((row) => row.size))}::int[]
        ) AS given (posting, turn, position, size)
        WHERE outbox.posting_id = given.posting AND outbox.turn = given.turn
        RETURNING given.position, given.size, posting_id, practitioner_ids, first_sequences, entry_counts
      )
      INSERT INTO ledger.feed
        (position, size, numbered_at, posting_id, practitioner_ids, first_sequences, entry_counts)
      SELECT position, size, ${instantText(numberedAtMs)}::timestamptz, posting_id, practitioner_ids, first_sequences,
        entry_counts
      FROM numbered`,
    tx`UPDATE ledger.feed_head SET size = ${last.position + last.size}`,
  ]);
  if (numbered.count !== rows.length) throw new Error("a posting that was to be numbered does not wait any more");
}

/** The rows of the feed that hold the positions from one on to before another, in order. */
export async function readFeed(
  sql: Sql | Transaction,
  fromPosition: number,
  untilPosition: number,
): Promise<FeedRow[]> {
  const rows = await (sql as Sql)`
    SELECT position, size, posting_id, practitioner_ids, first_sequences, entry_counts FROM ledger.feed
    WHERE position >= coalesce(
      (SELECT max(position) FROM ledger.feed WHERE position <= ${fromPosition}), ${fromPosition})
      AND position < ${untilPosition}
    ORDER BY position`.values();
  return rows.map(toFeedRow);
}

function toFeedRow([position, size, postingId, ids, firsts, counts]: readonly unknown[]): FeedRow {
  const runs = toRuns(ids as string[], firsts as number[], counts as number[]);
  return { position, size, postingId, runs } as FeedRow;
}

/** Whom the rows of the feed are about that hold the positions from one on, in order, and when they were numbered. */
export async function readFeedPeople(
  sql: Sql,
  fromPosition: number,
  limit: number,
): Promise<{ position: number; size: number; numberedAtMs: number; practitionerIds: readonly string[] }[]> {
  return sql<{ position: number; size: number; numberedAtMs: number; practitionerIds: string[] }[]>`
    SELECT position, size, numbered_at AS "numberedAtMs", practitioner_ids AS "practitionerIds" FROM ledger.feed
    WHERE position >= coalesce(
      (SELECT max(position) FROM ledger.feed WHERE position <= ${fromPosition}), ${fromPosition})
      AND position + size > ${fromPosition}
    ORDER BY position LIMIT ${limit}`;
}

/** The row of the feed that holds a position, or the last one before it; null: the feed is empty. */
export async function readFeedTime(
  sql: Sql,
  position: number,
): Promise<{ readonly position: number; readonly size: number; readonly numberedAtMs: number } | null> {
  const [row] = await sql<{ position: number; size: number; numberedAtMs: number }[]>`
    SELECT position, size, numbered_at AS "numberedAtMs" FROM ledger.feed
    WHERE position <= ${position} ORDER BY position DESC LIMIT 1`;
  return row ?? null;
}

/** Tiles of the tree over the feed, those of the places that there are. */
export async function readTiles(sql: Sql | Transaction, places: readonly TilePlace[]): Promise<TreeTile[]> {
  if (places.length === 0) return [];
  const rows = await (sql as Sql)`
    SELECT tile.level, tile.index, tile.hashes
    FROM unnest(
      ${plainArray(places.map((place) => place.level))}::smallint[],
      ${plainArray(places.map((place) => place.index))}::bigint[]
    ) AS place (level, index)
    JOIN ledger.tree_tile AS tile ON tile.level = place.level AND tile.index = place.index`.values();
  return rows.map(([level, index, hashes]) => ({ level, index, hashes: splitHashes(hashes) }));
}

function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / TILE_HASH_BYTES }, (_, at) =>
    bytes.subarray(at * TILE_HASH_BYTES, (at + 1) * TILE_HASH_BYTES),
  );
}

/** Writes tiles that are new or longer now. */
export async function writeTiles(tx: Transaction, tiles: readonly TreeTile[]): Promise<void> {
  if (tiles.length === 0) return;
  const hashes = tiles.map((tile) => Buffer.concat(tile.hashes).toString("hex"));
  await tx`
    INSERT INTO ledger.tree_tile (level, index, hashes)
    SELECT level, index, decode(hashes, 'hex') FROM unnest(
      ${plainArray(tiles.map((tile) => tile.level))}::smallint[],
      ${plainArray(tiles.map((tile) => tile.index))}::bigint[],
      ${plainArray(hashes)}::text[]
    ) AS tile (level, index, hashes)
    ORDER BY level, index
    ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`;
}

/** The row of the feed that holds an entry; null while it is not numbered. */
export async function readFeedRowOf(
  sql: Sql | Transaction,
  entry: { readonly postingId: string; readonly practitionerId: string; readonly sequence: number },
): Promise<FeedRow | null> {
  const rows = await (sql as Sql)`
    SELECT position, size, posting_id, practitioner_ids, first_sequences, entry_counts FROM ledger.feed
    WHERE posting_id = ${entry.postingId} ORDER BY position`.values();
  const held = rows.map(toFeedRow).find((row) => placeInRow(row, entry) !== null);
  return held ?? null;
}

/** How many entries of a row of the feed stand before one of them; null: it is not among them. */
export function placeInRow(
  row: FeedRow,
  { practitionerId, sequence }: { readonly practitionerId: string; readonly sequence: number },
): number | null {
  let before = 0;
  for (const run of row.runs) {
    const at = sequence - run.firstSequence;
    if (run.practitionerId === practitionerId && at >= 0 && at < run.entryCount) return before + at;
    before += run.entryCount;
  }
  return null;
}
