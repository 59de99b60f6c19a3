import { addLateness, readLateness, type Transaction, writeLearnedOverlap } from "@xueshi/database";
import { latenessBucket, learnOverlap } from "../acquisition/lateness.ts";
import type { Overlap } from "../acquisition/overlap.ts";

/**
 * Counts rows that came late: they were not stored before, and their update time is earlier than the position up to which
 * everything seemed to be read. Counted in the transaction that stores them, so each is counted once; what is learned for
 * the next pull's overlap is kept with it.
 */
export async function countLateness(
  tx: Transaction,
  platform: string,
  overlap: Overlap,
  newRows: readonly { readonly updateTimeMs: number }[],
  seenAtMs: number,
): Promise<void> {
  const rowsByBucket = new Map<number, number>();
  for (const { updateTimeMs } of newRows) {
    if (updateTimeMs >= overlap.positionMs) continue;
    const bucket = latenessBucket(overlap.positionMs - updateTimeMs);
    rowsByBucket.set(bucket, (rowsByBucket.get(bucket) ?? 0) + 1);
  }
  if (rowsByBucket.size === 0) return;
  await addLateness(tx, platform, rowsByBucket, seenAtMs);
  const learned = learnOverlap(await readLateness(tx, platform), overlap.bounds, seenAtMs);
  await writeLearnedOverlap(tx, platform, learned, seenAtMs);
}
