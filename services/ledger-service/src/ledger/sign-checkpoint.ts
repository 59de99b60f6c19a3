import {
  type CheckpointRow,
  lockFeedBeforeSnapshot,
  readCheckpointOf,
  readFeedSize,
  runTransaction,
  writeCheckpoint,
} from "@xueshi/database";
import { formatCheckpoint } from "@xueshi/domain";
import type { NoteSigner } from "@xueshi/vault";
import { numberPostings, numberWaiting, POSTINGS_PER_ROUND, type SequencerContext } from "./number-postings.ts";
import type { PostingContext } from "./posting-context.ts";
import { readRoots } from "./read-roots.ts";

export interface CheckpointContext extends SequencerContext, Pick<PostingContext, "chance"> {
  readonly origin: string;
  readonly signer: NoteSigner;
}

/**
 * Signs how the ledger stands: everything that is committed is numbered first, and feed and heads are read in one
 * snapshot, so each root speaks of the same postings. A ledger in which nothing was posted since gets no second one.
 * Source: C2SP tlog-checkpoint; RFC 6962, 2.1.
 * @returns the newest checkpoint
 * @throws Error when the tree does not begin with what the newest checkpoint covers: nothing is signed then
 */
export async function signCheckpoint(context: CheckpointContext): Promise<CheckpointRow> {
  const { clock, treeHash, origin, signer } = context;
  // A long queue is numbered in transactions of its own, so that the one below stays short.
  while ((await numberPostings(context, "wait")) >= POSTINGS_PER_ROUND);
  return runTransaction(
    context,
    async (tx) => {
      await lockFeedBeforeSnapshot(tx);
      let size = await readFeedSize(tx);
      while ((await numberWaiting(tx, size, treeHash, clock())) > 0) size = await readFeedSize(tx);
      const newest = await readCheckpointOf(tx, null);
      if (newest?.size === size) return newest;
      const checkpoint = formatCheckpoint({ origin, ...(await readRoots(tx, newest, treeHash)) });
      const row = { size, signedAtMs: clock(), note: signer.sign(checkpoint) };
      await writeCheckpoint(tx, row);
      return row;
    },
    { isolation: "repeatable read", isRepeatable: true },
  );
}
