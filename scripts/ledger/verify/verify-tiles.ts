import { copyTiles, type KeptTile, type Sql } from "@xueshi/database";
import {
  appendLeaves,
  type LedgerFinding,
  TILE_HASH_BYTES,
  TILE_WIDTH,
  type TreeHash,
  type TreeTile,
} from "@xueshi/domain";
import type { EntryMemory } from "./entry-memory.ts";

export interface TilesResult {
  /** Entries whose hashes are the leaves. */
  readonly entries: number;
  readonly findings: readonly LedgerFinding[];
  /** The hashes over the full tiles, one after the other: the level above. */
  readonly above: Uint8Array;
}

/** Stands where no entry is. */
export const NO_HASH = Buffer.alloc(TILE_HASH_BYTES);

/** Leaf hashes of one tile of the lowest level, made anew from the entries. */
export function leavesOfTile(index: number, size: number, memory: EntryMemory, treeHash: TreeHash): Uint8Array[] {
  const from = index * TILE_WIDTH;
  const count = Math.min(TILE_WIDTH, size - from);
  return Array.from({ length: count }, (_, at) => treeHash.leaf(memory.hashAt(from + at) ?? NO_HASH));
}

/** Makes tiles of the lowest level anew and compares them with those that are kept. */
export async function verifyTiles(
  sql: Sql,
  range: { readonly from: number; readonly until: number; readonly size: number },
  memory: EntryMemory,
  treeHash: TreeHash,
): Promise<TilesResult> {
  const kept = new Map<number, KeptTile>();
  for await (const tiles of copyTiles(sql, range)) for (const tile of tiles) kept.set(tile.index, tile);
  const findings: LedgerFinding[] = [];
  const above: Uint8Array[] = [];
  let entries = 0;
  for (let index = range.from; index < Math.min(range.until, Math.ceil(range.size / TILE_WIDTH)); index += 1) {
    const leaves = leavesOfTile(index, range.size, memory, treeHash);
    findings.push(...compareTile({ level: 0, index, hashes: leaves }, kept.get(index) ?? null));
    kept.delete(index);
    entries += leaves.length;
    if (leaves.length === TILE_WIDTH) above.push(rootOfTile(leaves, treeHash));
  }
  for (const tile of kept.values()) findings.push(unexpectedTile(tile));
  return { entries, findings, above: Buffer.concat(above) };
}

function rootOfTile(leaves: readonly Uint8Array[], { node }: TreeHash): Uint8Array {
  let row = leaves;
  while (row.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < row.length; at += 2) next.push(node(row[at] as Uint8Array, row[at + 1] as Uint8Array));
    row = next;
  }
  return row[0] as Uint8Array;
}

/** Makes the levels above the lowest one anew, compares them with those that are kept, and returns them. */
export async function verifyUpperTiles(
  sql: Sql,
  above: Uint8Array,
  treeHash: TreeHash,
): Promise<{ readonly findings: readonly LedgerFinding[]; readonly tiles: readonly TreeTile[] }> {
  const hashes = Array.from({ length: above.length / TILE_HASH_BYTES }, (_, at) =>
    above.subarray(at * TILE_HASH_BYTES, (at + 1) * TILE_HASH_BYTES),
  );
  const tiles = appendLeaves([], 0, hashes, treeHash).map((tile) => ({ ...tile, level: tile.level + 1 }));
  const placeOf = ({ level, index }: Pick<TreeTile, "level" | "index">) => `${level}/${index}`;
  const expected = new Map(tiles.map((tile) => [placeOf(tile), tile]));
  const findings: LedgerFinding[] = [];
  for await (const kept of copyTiles(sql, "above")) {
    for (const tile of kept) {
      const place = placeOf(tile);
      const wanted = expected.get(place);
      findings.push(...(wanted === undefined ? [unexpectedTile(tile)] : compareTile(wanted, tile)));
      expected.delete(place);
    }
  }
  for (const tile of expected.values()) findings.push(...compareTile(tile, null));
  return { findings, tiles };
}

const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : Buffer.from(bytes).toString("hex"));

/** The first hash of a tile that is another one. */
export function compareTile({ level, index, hashes }: TreeTile, kept: KeptTile | null): LedgerFinding[] {
  const place = { code: "tree_differs", table: "ledger.tree_tile", key: `${level}/${index}` } as const;
  if (kept === null) return [{ ...place, field: null, expected: `${hashes.length} hashes`, found: null }];
  const expected = Buffer.concat(hashes);
  if (expected.equals(kept.hashes)) return [];
  const count = Math.ceil(Math.max(expected.length, kept.hashes.length) / TILE_HASH_BYTES);
  const part = (bytes: Buffer, at: number) => bytes.subarray(at * TILE_HASH_BYTES, (at + 1) * TILE_HASH_BYTES);
  const at = Array.from({ length: count }, (_, one) => one).find(
    (one) => !part(expected, one).equals(part(kept.hashes, one)),
  );
  const [wanted, found] = [part(expected, at ?? 0), part(kept.hashes, at ?? 0)];
  return [{ ...place, field: `hashes[${at}]`, expected: hex(wanted), found: hex(found) }];
}

function unexpectedTile({ level, index, hashes }: KeptTile): LedgerFinding {
  const found = `${hashes.length / TILE_HASH_BYTES} hashes`;
  return {
    code: "tree_differs",
    table: "ledger.tree_tile",
    key: `${level}/${index}`,
    field: null,
    expected: null,
    found,
  };
}
