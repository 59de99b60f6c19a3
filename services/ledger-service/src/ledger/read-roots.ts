import { type CheckpointRow, readFeedSize, readHeadPage, readTiles, type Transaction } from "@xueshi/database";
import {
  type Checkpoint,
  checkpointOfNote,
  consistencyRanges,
  GrowingTree,
  hashRanges,
  headLeaf,
  provesConsistency,
  type TreeHash,
  tilesOfRanges,
} from "@xueshi/domain";

/** What a checkpoint says, but for whose ledger it is. */
export type LedgerRoots = Omit<Checkpoint, "origin">;

/** The tree does not begin with what a checkpoint covers: somebody changed one of them. */
export class InconsistentTree extends Error {
  constructor() {
    super(
      "the tree does not begin with what the newest checkpoint covers, and no other one is signed: run the verification",
    );
  }
}

const HEADS_PER_PAGE = 20_000;

/**
 * The roots over the feed and over the heads, as the transaction sees them: both of the same postings in one snapshot.
 * Throws {@link InconsistentTree}: a log signs nothing that is inconsistent with what it signed (C2SP tlog-checkpoint).
 * @param newest the newest checkpoint that there is
 */
export async function readRoots(
  tx: Transaction,
  newest: CheckpointRow | null,
  treeHash: TreeHash,
): Promise<LedgerRoots> {
  const size = await readFeedSize(tx);
  return { size, root: await rootOfFeed(tx, size, newest, treeHash), ...(await rootOfHeads(tx, treeHash)) };
}

/** Base64. */
async function rootOfFeed(
  tx: Transaction,
  size: number,
  newest: CheckpointRow | null,
  treeHash: TreeHash,
): Promise<string> {
  const earlier = newest === null ? null : checkpointOfNote(newest.note);
  const earlierSize = newest?.size ?? 0;
  if (earlierSize > size || earlier?.size !== newest?.size) throw new InconsistentTree();
  const ranges = [{ from: 0, until: size }, ...consistencyRanges(earlierSize, size)];
  const hashes = hashRanges(ranges, await readTiles(tx, tilesOfRanges(ranges)), treeHash);
  const [root = treeHash.empty, ...path] = hashes;
  const roots = { earlier: earlier === null ? treeHash.empty : Buffer.from(earlier.root, "base64"), later: root };
  if (!provesConsistency({ earlierSize, size, path }, roots, treeHash)) throw new InconsistentTree();
  return Buffer.from(root).toString("base64");
}

async function rootOfHeads(tx: Transaction, treeHash: TreeHash): Promise<Pick<LedgerRoots, "heads" | "headsRoot">> {
  const tree = new GrowingTree(treeHash);
  for (let afterId: string | null = null; ; ) {
    const page = await readHeadPage(tx, afterId, HEADS_PER_PAGE);
    for (const head of page) tree.append(Buffer.from(headLeaf(head), "utf8"));
    afterId = page.at(-1)?.practitionerId ?? null;
    if (page.length < HEADS_PER_PAGE) break;
  }
  return { heads: tree.size, headsRoot: Buffer.from(tree.root()).toString("base64") };
}
