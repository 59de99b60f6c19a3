import { type EntryInFeed, readEntriesInFeed, readTiles, type Sql } from "@xueshi/database";
import {
  hashRanges,
  inclusionRanges,
  type LedgerFinding,
  provesInclusion,
  type TreeHash,
  type TreeTile,
  tilesOfRanges,
} from "@xueshi/domain";
import type { EarlierEntry, VerifiedCheckpoint } from "./verify-since.ts";

const ENTRIES_PER_STEP = 500;

/**
 * Holds the last entry of each person that a checkpoint covers to the tree under its root: the hash of an entry is made of
 * all before it, so who changed one of these and made all hashes anew is found by it.
 */
export async function verifyEarlierEntries(
  sql: Sql,
  since: VerifiedCheckpoint,
  entries: readonly EarlierEntry[],
  treeHash: TreeHash,
): Promise<LedgerFinding[]> {
  const findings: LedgerFinding[] = [];
  for (let at = 0; at < entries.length; at += ENTRIES_PER_STEP) {
    const step = entries.slice(at, at + ENTRIES_PER_STEP);
    const leaves = (await readEntriesInFeed(sql, step)).flatMap((entry) => {
      const leafIndex = positionOf(entry);
      return leafIndex === null || leafIndex >= since.size ? [] : [{ ...entry, leafIndex }];
    });
    const ranges = leaves.flatMap(({ leafIndex }) => inclusionRanges(leafIndex, since.size));
    const tiles = await readTiles(sql, tilesOfRanges(ranges));
    const proven = new Set(leaves.filter((leaf) => isIn(since, leaf, tiles, treeHash)).map(keyOf));
    for (const key of step.map(keyOf).filter((one) => !proven.has(one))) {
      const expected = `in the tree of size ${since.size}`;
      findings.push({ code: "tree_differs", table: "ledger.entry", key, field: "hash", expected, found: null });
    }
  }
  return findings;
}

/** Null: the row has other entries of the posting. */
function positionOf({ practitionerId, sequence, position, ...runs }: EntryInFeed): number | null {
  let before = 0;
  for (const [run, person] of runs.practitionerIds.entries()) {
    const [first, count] = [runs.firstSequences[run] ?? 0, runs.entryCounts[run] ?? 0];
    if (person === practitionerId && sequence >= first && sequence < first + count) {
      return position + before + sequence - first;
    }
    before += count;
  }
  return null;
}

function isIn(
  { size, root }: VerifiedCheckpoint,
  { leafIndex, hash }: EntryInFeed & { readonly leafIndex: number },
  tiles: readonly TreeTile[],
  treeHash: TreeHash,
): boolean {
  try {
    const path = hashRanges(inclusionRanges(leafIndex, size), tiles, treeHash);
    const leafHash = treeHash.leaf(Buffer.from(hash, "hex"));
    return provesInclusion({ leafIndex, size, leafHash, path }, Buffer.from(root, "base64"), treeHash);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function keyOf({ practitionerId, sequence }: EarlierEntry): string {
  return `${practitionerId}/${sequence}`;
}
