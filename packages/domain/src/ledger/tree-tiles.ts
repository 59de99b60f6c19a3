import { completeNodes, hashOfRange, type LeafRange, type TreeHash, type TreeNode } from "./merkle-tree.ts";

/** Levels of the tree in one tile, and how many hashes a full one holds (C2SP tlog-tiles). */
const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;
/** Bytes of one hash. */
export const TILE_HASH_BYTES = 32;

/**
 * Hashes of one level of a Merkle tree in order, `TILE_WIDTH` or, in the last one of a level, fewer. Those of level 0 are
 * of leaves, those of level n of complete subtrees of 256^n leaves.
 */
export interface TreeTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
}

/**
 * Appends leaves to the tree.
 * @param edge the last tile of each level, as far as it is not full
 * @returns every tile that is new or longer now
 */
export function appendLeaves(
  edge: readonly TreeTile[],
  from: number,
  leafHashes: readonly Uint8Array[],
  suite: TreeHash,
): TreeTile[] {
  const changed: TreeTile[] = [];
  let [level, begin, added] = [0, from, leafHashes];
  while (added.length > 0) {
    const known = edge.find((tile) => tile.level === level)?.hashes ?? [];
    const firstTile = Math.floor(begin / TILE_WIDTH);
    if (known.length !== begin - firstTile * TILE_WIDTH) throw new RangeError("the edge is not that of the tree");
    const hashes = [...known, ...added];
    const full: Uint8Array[] = [];
    for (let at = 0; at < hashes.length; at += TILE_WIDTH) {
      const tile = { level, index: firstTile + at / TILE_WIDTH, hashes: hashes.slice(at, at + TILE_WIDTH) };
      changed.push(tile);
      if (tile.hashes.length === TILE_WIDTH) full.push(hashInTile(tile, { level: TILE_HEIGHT, index: 0 }, suite));
    }
    [level, begin, added] = [level + 1, firstTile, full];
  }
  return changed;
}

/** The last tile of each level of a tree of a size, where it is not full: what appending needs. */
export function edgeOf(size: number): TilePlace[] {
  const edge: TilePlace[] = [];
  for (let [level, count] = [0, size]; count > 0; [level, count] = [level + 1, Math.floor(count / TILE_WIDTH)]) {
    if (count % TILE_WIDTH > 0) edge.push({ level, index: Math.floor(count / TILE_WIDTH) });
  }
  return edge;
}

/** Where a tile lies. */
export type TilePlace = Pick<TreeTile, "level" | "index">;

/** The tiles from which the hashes over ranges of leaves follow, each once. */
export function tilesOfRanges(ranges: readonly LeafRange[]): TilePlace[] {
  const places = ranges.flatMap((range) => completeNodes(range).map(tileOf));
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}

/**
 * The hashes over ranges of leaves, from the tiles that `tilesOfRanges` names; tiles that have grown since do as well.
 * @throws RangeError when a tile is missing or too short
 */
export function hashRanges(ranges: readonly LeafRange[], tiles: readonly TreeTile[], suite: TreeHash): Uint8Array[] {
  const byPlace = new Map(tiles.map((tile) => [placeKey(tile), tile]));
  const hashOf = (node: TreeNode): Uint8Array => {
    const tile = byPlace.get(placeKey(tileOf(node)));
    if (tile === undefined) throw new RangeError("a tile of the tree is missing");
    return hashOfNode(tile, node, suite);
  };
  return ranges.map((range) => hashOfRange(range, hashOf, suite));
}

function placeKey({ level, index }: TilePlace): string {
  return `${level}/${index}`;
}

/** The tile from which the hash of a node follows. */
function tileOf({ level, index }: TreeNode): TilePlace {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const first = index * 2 ** (level % TILE_HEIGHT);
  return { level: tileLevel, index: Math.floor(first / TILE_WIDTH) };
}

/** The hash of a node from the tile that `tileOf` names for it. */
function hashOfNode(tile: TreeTile, { level, index }: TreeNode, suite: TreeHash): Uint8Array {
  const height = level % TILE_HEIGHT;
  return hashInTile(tile, { level: height, index: index - (tile.index * TILE_WIDTH) / 2 ** height }, suite);
}

function hashInTile({ hashes }: TreeTile, { level, index }: TreeNode, suite: TreeHash): Uint8Array {
  const size = 2 ** level;
  let row = hashes.slice(index * size, (index + 1) * size);
  if (index < 0 || row.length < size) throw new RangeError("the tile does not hold the node");
  while (row.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < row.length; at += 2) next.push(suite.node(row[at] as Uint8Array, row[at + 1] as Uint8Array));
    row = next;
  }
  return row[0] as Uint8Array;
}
