import {
  copyBatches,
  copyBatchPostings,
  copyPlatformMarks,
  copyPostingSums,
  copyPostings,
  copyPulledBatches,
  type SomePostings,
  type Sql,
} from "@xueshi/database";
import { type LedgerFinding, verifyBatch, verifyPlatformMark, verifyPosting } from "@xueshi/domain";
import { mergeRows } from "./merge-rows.ts";

/** Two sessions that see one moment: one stream each. */
export type TwoSessions = readonly [Sql, Sql];

/** Compares postings, all or some, with their entries, every one with its batch, and what was said of platforms with the batches of pulls. */
export async function* verifyPostings(
  [one, other]: TwoSessions,
  some: SomePostings | null,
): AsyncGenerator<readonly LedgerFinding[]> {
  const byPosting = ({ postingId }: { readonly postingId: string }) => postingId;
  for await (const { left, right } of mergeRows(
    copyPostings(one, some),
    byPosting,
    copyPostingSums(other, some),
    byPosting,
  )) {
    yield verifyPosting(left[0] ?? null, right[0] ?? null);
  }
  const byBatch = ({ batchId }: { readonly batchId: string | null }) => batchId ?? "";
  const batches = mergeRows(copyBatches(one), byBatch, copyBatchPostings(other), byBatch);
  for await (const { key, left, right } of batches) yield verifyBatch(key, left[0] ?? null, right);
  const ofPull = (source: string, pullId: string) => `${source}\u0000${pullId}`;
  const pulls = mergeRows(
    copyPlatformMarks(one),
    ({ platform, pullId }) => ofPull(platform, pullId),
    copyPulledBatches(other),
    ({ source, pullId }) => ofPull(source, pullId),
  );
  for await (const { left, right } of pulls) yield verifyPlatformMark(left[0] ?? null, right);
}
