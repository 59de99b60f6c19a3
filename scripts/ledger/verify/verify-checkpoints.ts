import { type CheckpointRow, copyCheckpoints, type Sql } from "@xueshi/database";
import {
  type EarlierLedger,
  hashRanges,
  type KeptCheckpoint,
  type LedgerFinding,
  parseCheckpoint,
  type TreeHash,
  type TreeTile,
  tilesOfRanges,
  verifyCheckpoint,
} from "@xueshi/domain";
import { openNote } from "@xueshi/vault";
import type { EntryMemory } from "./entry-memory.ts";
import type { FeedResult } from "./verify-feed.ts";
import { leavesOfTile } from "./verify-tiles.ts";

/** A checkpoint that somebody has kept outside. */
export interface GivenCheckpoint {
  /** What findings call it: the file. */
  readonly name: string;
  readonly note: string;
}

/** Checkpoints to be verified, and up to where they speak of the feed. */
export interface Checkpoints {
  readonly all: readonly KeptCheckpoint[];
  readonly headsAt: ReadonlySet<number>;
  /** The newest that the ledger keeps; null: it keeps none. */
  readonly newest: KeptCheckpoint | null;
  /** Entries that the newest one covers: of those given where any are, else of those that the ledger keeps. */
  readonly coveredSize: number;
}

const instant = (ms: number) => (Number.isNaN(ms) ? "?" : new Date(ms).toISOString());

/** Reads the checkpoints that the ledger keeps, from those of a size on, beside those given; heads are made anew for the newest and the given ones. */
export async function readAllCheckpoints(
  sql: Sql,
  given: readonly GivenCheckpoint[],
  { allHeads, fromSize }: { readonly allHeads: boolean; readonly fromSize: number },
): Promise<Checkpoints> {
  const rows: CheckpointRow[] = [];
  for await (const some of copyCheckpoints(sql)) rows.push(...some.filter(({ size }) => size >= fromSize));
  const kept = rows.map(({ size, signedAtMs, note }) => ({ key: `${size}/${instant(signedAtMs)}`, size, note }));
  const outside = given.map(({ name, note }) => ({ key: name, size: null, note }));
  const sizesGiven = given.flatMap(({ note }) => parseCheckpoint(textOf(note))?.size ?? []);
  const sizesKept = rows.map(({ size }) => size);
  const newest = sizesKept.slice(-1);
  return {
    all: [...kept, ...outside],
    newest: kept.at(-1) ?? null,
    headsAt: new Set([...sizesGiven, ...(allHeads ? sizesKept : newest)]),
    coveredSize: Math.max(0, ...(sizesGiven.length > 0 ? sizesGiven : newest)),
  };
}

/** The text of a note without its signatures. */
function textOf(note: string): string {
  return note.slice(0, Math.max(0, note.lastIndexOf("\n\n")) + 1);
}

export interface RootContext {
  readonly feed: FeedResult;
  readonly headsAt: ReadonlySet<number>;
  readonly memory: EntryMemory;
  /** Of the tree over the feed: the levels above the lowest one. */
  readonly upperTiles: readonly TreeTile[];
  readonly treeHash: TreeHash;
}

/** The ledger when it had so many entries; null: it never had. */
export type LedgerAt = (size: number) => EarlierLedger | null;

/** Compares checkpoints with roots made anew. Without a verifier key their signatures are not looked at. */
export function verifyCheckpoints(
  { all }: Pick<Checkpoints, "all">,
  verifierKey: string | null,
  at: LedgerAt,
): LedgerFinding[] {
  const open = verifierKey === null ? textOf : (note: string) => openNote(note, verifierKey);
  return all.flatMap((checkpoint) => verifyCheckpoint(checkpoint, { open, at }));
}

/** By what was made anew of all entries. */
export function ledgerMadeAnew(context: RootContext): LedgerAt {
  const upper = new Map(context.upperTiles.map((tile) => [`${tile.level}/${tile.index}`, tile]));
  return (size) => ledgerAt(size, upper, context);
}

function ledgerAt(size: number, upper: ReadonlyMap<string, TreeTile>, context: RootContext): EarlierLedger | null {
  const { feed, headsAt, memory, treeHash } = context;
  const heads = feed.heads.get(size) ?? null;
  if (size > feed.size || (heads === null && headsAt.has(size))) return null;
  const ranges = [{ from: 0, until: size }];
  const tiles = tilesOfRanges(ranges).flatMap(({ level, index }) => {
    if (level === 0) return [{ level, index, hashes: leavesOfTile(index, feed.size, memory, treeHash) }];
    return upper.get(`${level}/${index}`) ?? [];
  });
  const [root = treeHash.empty] = hashRanges(ranges, tiles, treeHash);
  return { root: Buffer.from(root).toString("base64"), heads };
}
