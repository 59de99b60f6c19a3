import {
  type CheckpointRow,
  lockFeed,
  readCheckpointOf,
  readFeedSize,
  readHeadPage,
  readTiles,
  type Transaction,
  writeCheckpoint,
} from "@xueshi/database";
import {
  type Checkpoint,
  formatCheckpoint,
  GrowingTree,
  hashRanges,
  headLeaf,
  type TreeHash,
  tilesOfRanges,
} from "@xueshi/domain";
import type { NoteSigner } from "@xueshi/vault";
import { numberWaiting, type SequencerContext } from "./number-postings.ts";
import { retryTransaction } from "./retry-transaction.ts";

export interface CheckpointContext extends SequencerContext {
  readonly origin: string;
  readonly signer: NoteSigner;
}

const HEADS_PER_PAGE = 20_000;

/**
 * Signs how the ledger stands: everything that is committed is numbered first, and feed and heads are read in one
 * snapshot, so each root speaks of the same postings. A ledger in which nothing was posted since gets no second one.
 * @returns the newest checkpoint
 */
export async function signCheckpoint(context: CheckpointContext): Promise<CheckpointRow> {
  const { sql, clock, treeHash, origin, signer } = context;
  const run = async (tx: Transaction): Promise<CheckpointRow> => {
    await lockFeed(tx, "wait");
    let size = await readFeedSize(tx);
    while ((await numberWaiting(tx, size, treeHash, clock())) > 0) size = await readFeedSize(tx);
    const newest = await readCheckpointOf(tx, null);
    if (newest?.size === size) return newest;
    const root = await rootOfFeed(tx, size, treeHash);
    const checkpoint = { origin, size, root, ...(await rootOfHeads(tx, treeHash)) } satisfies Checkpoint;
    const row = { size, signedAtMs: clock(), note: signer.sign(formatCheckpoint(checkpoint)) };
    await writeCheckpoint(tx, row);
    return row;
  };
  return retryTransaction(sql, run, "repeatable read");
}

async function rootOfFeed(tx: Transaction, size: number, treeHash: TreeHash): Promise<string> {
  const ranges = [{ from: 0, until: size }];
  const [root = treeHash.empty] = hashRanges(ranges, await readTiles(tx, tilesOfRanges(ranges)), treeHash);
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
