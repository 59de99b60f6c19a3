import {
  type CheckpointRow,
  lockFeedBeforeSnapshot,
  readCheckpointOf,
  readFeedSize,
  readHeadPage,
  readTiles,
  type Transaction,
  writeCheckpoint,
} from "@xueshi/database";
import {
  type Checkpoint,
  checkpointOfNote,
  consistencyRanges,
  formatCheckpoint,
  GrowingTree,
  hashRanges,
  headLeaf,
  provesConsistency,
  type TreeHash,
  tilesOfRanges,
} from "@xueshi/domain";
import type { NoteSigner } from "@xueshi/vault";
import { numberPostings, numberWaiting, POSTINGS_PER_ROUND, type SequencerContext } from "./number-postings.ts";
import { retryTransaction } from "./retry-transaction.ts";

export interface CheckpointContext extends SequencerContext {
  readonly origin: string;
  readonly signer: NoteSigner;
}

const HEADS_PER_PAGE = 20_000;

/**
 * Signs how the ledger stands: everything that is committed is numbered first, and feed and heads are read in one
 * snapshot, so each root speaks of the same postings. A ledger in which nothing was posted since gets no second one.
 * Source: C2SP tlog-checkpoint; RFC 6962, 2.1.
 * @returns the newest checkpoint
 * @throws Error when the tree does not begin with what the newest checkpoint covers: nothing is signed then
 */
export async function signCheckpoint(context: CheckpointContext): Promise<CheckpointRow> {
  const { sql, clock, treeHash, origin, signer } = context;
  // A long queue is numbered in transactions of its own, so that the one below stays short.
  while ((await numberPostings(context, "wait")) >= POSTINGS_PER_ROUND);
  return retryTransaction(
    sql,
    async (tx) => {
      await lockFeedBeforeSnapshot(tx);
      let size = await readFeedSize(tx);
      while ((await numberWaiting(tx, size, treeHash, clock())) > 0) size = await readFeedSize(tx);
      const newest = await readCheckpointOf(tx, null);
      if (newest?.size === size) return newest;
      const root = await rootOfFeed(tx, size, newest, treeHash);
      const checkpoint = { origin, size, root, ...(await rootOfHeads(tx, treeHash)) } satisfies Checkpoint;
      const row = { size, signedAtMs: clock(), note: signer.sign(formatCheckpoint(checkpoint)) };
      await writeCheckpoint(tx, row);
      return row;
    },
    "repeatable read",
  );
}

const INCONSISTENT =
  "the tree does not begin with what the newest checkpoint covers, and no other one is signed: run the verification";

/** The root over the feed, base64. A log signs nothing that is inconsistent with what it signed (C2SP tlog-checkpoint). */
async function rootOfFeed(
  tx: Transaction,
  size: number,
  newest: CheckpointRow | null,
  treeHash: TreeHash,
): Promise<string> {
  const earlier = newest === null ? null : checkpointOfNote(newest.note);
  const earlierSize = newest?.size ?? 0;
  if (earlierSize > size || earlier?.size !== newest?.size) throw new Error(INCONSISTENT);
  const ranges = [{ from: 0, until: size }, ...consistencyRanges(earlierSize, size)];
  const hashes = hashRanges(ranges, await readTiles(tx, tilesOfRanges(ranges)), treeHash);
  const [root = treeHash.empty, ...path] = hashes;
  const roots = { earlier: earlier === null ? treeHash.empty : Buffer.from(earlier.root, "base64"), later: root };
  if (!provesConsistency({ earlierSize, size, path }, roots, treeHash)) throw new Error(INCONSISTENT);
  return Buffer.from(root).toString("base64");
}

async function rootOfHeads(tx: Transaction, treeHash: TreeHash): Promise<Pick<Checkpoint, "heads" | "headsRoot">> {
  const tree = new GrowingTree(treeHash);
  for (let afterId: string | null = null; ; ) {
    const page = await readHeadPage(tx, afterId, HEADS_PER_PAGE);
    for (const head of page) tree.append(Buffer.from(headLeaf(head), "utf8"));
    afterId = page.at(-1)?.practitionerId ?? null;
    if (page.length < HEADS_PER_PAGE) break;
  }
  return { heads: tree.size, headsRoot: Buffer.from(tree.root()).toString("base64") };
}
