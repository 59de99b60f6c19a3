import { copyFeed, copyOutbox, readTiles, type SomePostings, type Sql } from "@xueshi/database";
import {
  appendLeaves,
  edgeOf,
  hashRanges,
  type LedgerFinding,
  TILE_WIDTH,
  type TreeHash,
  type TreeTile,
  tilesOfRanges,
} from "@xueshi/domain";
import type { EntryMemory } from "./entry-memory.ts";
import type { LedgerAt } from "./verify-checkpoints.ts";
import { compareTile, NO_HASH } from "./verify-tiles.ts";

/** A checkpoint up to which a ledger was verified before. */
export interface VerifiedCheckpoint {
  readonly size: number;
  /** Over the feed, base64. */
  readonly root: string;
}

/** The last entry of somebody that a checkpoint covers. */
export interface EarlierEntry {
  readonly practitionerId: string;
  readonly sequence: number;
}

/** What came after a checkpoint, and the last entry before it of everybody who has one. */
export interface Tail extends SomePostings {
  readonly earlier: readonly EarlierEntry[];
}

/** What came after a checkpoint: the postings, and everybody of whom they have entries, in order of practitioner id. */
export async function readTail(sql: Sql, { size }: VerifiedCheckpoint): Promise<Tail> {
  const firstSequenceOf = new Map<string, number>();
  const postingIds: string[] = [];
  for (const postings of [copyFeed(sql, size), copyOutbox(sql)]) {
    for await (const rows of postings) {
      for (const { postingId, practitionerIds, firstSequences } of rows) {
        postingIds.push(postingId);
        for (const [run, practitionerId] of practitionerIds.entries()) {
          const first = Math.min(firstSequences[run] ?? 1, firstSequenceOf.get(practitionerId) ?? Number.MAX_VALUE);
          firstSequenceOf.set(practitionerId, first);
        }
      }
    }
  }
  const practitionerIds = [...firstSequenceOf.keys()].sort();
  const earlier = practitionerIds.flatMap((practitionerId) => {
    const sequence = (firstSequenceOf.get(practitionerId) ?? 1) - 1;
    return sequence > 0 ? [{ practitionerId, sequence }] : [];
  });
  return { postingIds, practitionerIds, earlier };
}

export interface TailTree {
  readonly findings: readonly LedgerFinding[];
  readonly at: LedgerAt;
}

/**
 * Lays the entries that came after a checkpoint onto the tree that it vouches for, which the kept tiles must come to, and
 * compares the tiles that are longer or new with those that are kept.
 * @param sizes at which the tree is asked for besides
 */
export async function verifyTailTree(
  sql: Sql,
  since: VerifiedCheckpoint,
  {
    size,
    memory,
    treeHash,
    sizes,
  }: {
    readonly size: number;
    readonly memory: EntryMemory;
    readonly treeHash: TreeHash;
    readonly sizes: readonly number[];
  },
): Promise<TailTree> {
  const ranges = [since.size, ...sizes].filter((one) => one <= size).map((until) => ({ from: 0, until }));
  const kept = await readTiles(sql, [...tilesOfRanges(ranges), ...edgeOf(since.size)]);
  const place = { code: "tree_differs", table: "ledger.tree_tile", key: `size ${since.size}`, field: "root" } as const;
  const earlier = rootOf(kept, since.size, treeHash);
  if (earlier !== since.root) {
    return { findings: [{ ...place, expected: since.root, found: earlier }], at: () => null };
  }
  const leaves = Array.from({ length: size - since.size }, (_, at) => treeHash.leaf(memory.hashAt(at) ?? NO_HASH));
  const made = appendLeaves(edgeTiles(kept, since.size), since.size, leaves, treeHash);
  const stored = new Map((await readTiles(sql, made)).map((tile) => [keyOf(tile), tile]));
  const findings = made.flatMap((tile) => {
    const hashes = stored.get(keyOf(tile))?.hashes;
    return compareTile(tile, hashes === undefined ? null : { ...tile, hashes: Buffer.concat(hashes) });
  });
  const tiles = [...kept, ...made];
  const at: LedgerAt = (asked) => {
    const root = asked > size ? null : rootOf(tiles, asked, treeHash);
    return root === null ? null : { root, heads: null };
  };
  return { findings, at };
}

/** Null: the tiles do not hold it. */
function rootOf(tiles: readonly TreeTile[], size: number, treeHash: TreeHash): string | null {
  try {
    const [root = treeHash.empty] = hashRanges([{ from: 0, until: size }], tiles, treeHash);
    return Buffer.from(root).toString("base64");
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The tiles at the edge of the tree as they were when it had a size. */
function edgeTiles(tiles: readonly TreeTile[], size: number): TreeTile[] {
  return edgeOf(size).flatMap(({ level, index }) => {
    const tile = tiles.find((one) => one.level === level && one.index === index);
    const length = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
    return tile === undefined ? [] : [{ level, index, hashes: tile.hashes.slice(0, length) }];
  });
}

function keyOf({ level, index }: Pick<TreeTile, "level" | "index">): string {
  return `${level}/${index}`;
}
