import {
  beginTransaction,
  lockFeed,
  readTiles,
  readWaiting,
  type Transaction,
  writeFeed,
  writeTiles,
} from "@xueshi/database";
import { appendLeaves, edgeOf, type TreeHash } from "@xueshi/domain";
import type { PostingContext } from "./posting-context.ts";

/** What numbering needs from outside. */
export type SequencerContext = Pick<PostingContext, "sql" | "clock"> & { readonly treeHash: TreeHash };

/** Postings of one round: bounds what a transaction holds, at most a thousand entries each. */
export const POSTINGS_PER_ROUND = 64;

/**
 * Gives committed postings their positions in the feed, and their entries' hashes their leaves in the tree over it, in
 * one transaction. One sequencer works at a time: the feed's head is its lock, held as long as the transaction and no
 * longer, so a process that died holds nothing. Readers go by positions only, so they never skip what commits late.
 * @param whenHeld what to do while another sequencer is at it
 * @returns how many postings were numbered; 0: none waits, or another sequencer was at it
 */
export async function numberPostings(context: SequencerContext, whenHeld: "skip" | "wait" = "skip"): Promise<number> {
  const { sql, clock, treeHash } = context;
  return beginTransaction(sql, async (tx) => {
    const size = await lockFeed(tx, whenHeld);
    return size === null ? 0 : numberWaiting(tx, size, treeHash, clock());
  });
}

/**
 * One round of numbering in a transaction that is the sequencer.
 * @param size how many entries the feed has
 */
export async function numberWaiting(tx: Transaction, size: number, treeHash: TreeHash, nowMs: number): Promise<number> {
  const waiting = await readWaiting(tx, POSTINGS_PER_ROUND);
  if (waiting.length === 0) return 0;
  let position = size;
  const rows = waiting.map((posting) => {
    const row = { ...posting, position };
    position += posting.size;
    return row;
  });
  const hashes = waiting.flatMap((posting) => posting.hashes);
  const edge = await readTiles(tx, edgeOf(size));
  if (hashes.length !== position - size) throw new Error("a waiting posting has not as many hashes as entries");
  const tiles = appendLeaves(edge, size, hashes.map(treeHash.leaf), treeHash);
  await Promise.all([writeFeed(tx, rows, nowMs), writeTiles(tx, tiles)]);
  return rows.length;
}
