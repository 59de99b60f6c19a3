import { hash } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import {
  consistencyRanges,
  GrowingTree,
  inclusionRanges,
  type LeafRange,
  provesConsistency,
  provesInclusion,
  type TreeHash,
} from "./merkle-tree.ts";
import { appendLeaves, edgeOf, hashRanges, TILE_WIDTH, type TreeTile, tilesOfRanges } from "./tree-tiles.ts";

const sha256 = (...parts: Uint8Array[]): Uint8Array => hash("sha256", Buffer.concat(parts), "buffer");
const suite: TreeHash = {
  empty: sha256(),
  leaf: (data) => sha256(Uint8Array.of(0), data),
  node: (left, right) => sha256(Uint8Array.of(1), left, right),
};

/** MTH, PATH and PROOF as RFC 6962 (2.1) writes them, by recursion over the leaves themselves. */
const oracle = {
  split: (n: number) => 2 ** Math.ceil(Math.log2(n) - 1),
  root(leaves: readonly Uint8Array[]): Uint8Array {
    if (leaves.length === 0) return sha256();
    if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as Uint8Array);
    const k = oracle.split(leaves.length);
    return sha256(Uint8Array.of(1), oracle.root(leaves.slice(0, k)), oracle.root(leaves.slice(k)));
  },
  path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
    if (leaves.length === 1) return [];
    const k = oracle.split(leaves.length);
    return m < k
      ? [...oracle.path(m, leaves.slice(0, k)), oracle.root(leaves.slice(k))]
      : [...oracle.path(m - k, leaves.slice(k)), oracle.root(leaves.slice(0, k))];
  },
  proof(m: number, leaves: readonly Uint8Array[], isWhole = true): Uint8Array[] {
    if (m === leaves.length) return isWhole ? [] : [oracle.root(leaves)];
    const k = oracle.split(leaves.length);
    return m <= k
      ? [...oracle.proof(m, leaves.slice(0, k), isWhole), oracle.root(leaves.slice(k))]
      : [...oracle.proof(m - k, leaves.slice(k), false), oracle.root(leaves.slice(0, k))];
  },
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const data = (length: number): Uint8Array[] => Array.from({ length }, (_, at) => Buffer.from(`leaf ${at}`));

/** A store of tiles, fed in parts as a ledger feeds it. */
class Tiles {
  readonly #tiles = new Map<string, TreeTile>();
  size = 0;
  append(leaves: readonly Uint8Array[]): this {
    const edge = edgeOf(this.size).map(({ level, index }) => this.#tiles.get(`${level}/${index}`) as TreeTile);
    for (const tile of appendLeaves(edge, this.size, leaves.map(suite.leaf), suite)) {
      this.#tiles.set(`${tile.level}/${tile.index}`, tile);
    }
    this.size += leaves.length;
    return this;
  }
  hashes = (ranges: readonly LeafRange[]): Uint8Array[] => {
    const tiles = tilesOfRanges(ranges).map(({ level, index }) => this.#tiles.get(`${level}/${index}`) as TreeTile);
    return hashRanges(ranges, tiles, suite);
  };
  root = (size = this.size) => this.hashes([{ from: 0, until: size }])[0] as Uint8Array;
  inclusion = (leafIndex: number, size = this.size) => this.hashes(inclusionRanges(leafIndex, size));
  consistency = (earlierSize: number, size = this.size) => this.hashes(consistencyRanges(earlierSize, size));
}
test("the roots of the eight leaves that Certificate Transparency publishes", () => {
  const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const tiles = new Tiles().append(leaves.map((leaf) => Buffer.from(leaf, "hex")));
  expect(hex(tiles.root(0))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(leaves.map((_, at) => hex(tiles.root(at + 1)))).toEqual([
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]);
});

describe("every tree of up to 33 leaves", () => {
  const leaves = data(33);
  const tiles = new Tiles().append(leaves);
  const sizes = leaves.map((_, at) => at + 1);

  it("has the root, the paths and the proofs of the RFC's own definitions", () => {
    for (const size of sizes) {
      const part = leaves.slice(0, size);
      expect(hex(tiles.root(size))).toBe(hex(oracle.root(part)));
      for (let at = 0; at < size; at += 1) {
        expect(tiles.inclusion(at, size).map(hex)).toEqual(oracle.path(at, part).map(hex));
        expect(tiles.consistency(at + 1, size).map(hex)).toEqual(oracle.proof(at + 1, part).map(hex));
      }
    }
  });

  it("has the same root when it is kept as its complete subtrees alone", () => {
    const growing = new GrowingTree(suite);
    expect(hex(growing.root())).toBe(hex(suite.empty));
    for (const leaf of leaves) {
      growing.append(leaf);
      expect(hex(growing.root())).toBe(hex(tiles.root(growing.size)));
    }
  });

  it("is proven by them, and by nothing else", () => {
    for (const size of sizes) {
      const root = tiles.root(size);
      for (let leafIndex = 0; leafIndex < size; leafIndex += 1) {
        const proof = {
          leafIndex,
          size,
          leafHash: suite.leaf(leaves[leafIndex] as Uint8Array),
          path: [] as Uint8Array[],
        };
        proof.path = tiles.inclusion(leafIndex, size);
        expect(provesInclusion(proof, root, suite)).toBe(true);
        for (const wrong of wrongPaths(proof.path)) {
          expect(provesInclusion({ ...proof, path: wrong }, root, suite)).toBe(false);
        }
        expect(provesInclusion({ ...proof, leafHash: suite.leaf(Buffer.from("another")) }, root, suite)).toBe(false);
        expect(provesInclusion({ ...proof, leafIndex: leafIndex + size }, root, suite)).toBe(false);
        const earlierSize = leafIndex + 1;
        const roots = { earlier: tiles.root(earlierSize), later: root };
        const path = tiles.consistency(earlierSize, size);
        expect(provesConsistency({ earlierSize, size, path }, roots, suite)).toBe(true);
        for (const wrong of wrongPaths(path)) {
          expect(provesConsistency({ earlierSize, size, path: wrong }, roots, suite)).toBe(false);
        }
        const another = { ...roots, earlier: suite.leaf(Buffer.from("another")) };
        expect(provesConsistency({ earlierSize, size, path }, another, suite)).toBe(false);
      }
    }
  });
});

/** A path with one hash changed, one left out, and one too many. */
function wrongPaths(path: readonly Uint8Array[]): Uint8Array[][] {
  const other = suite.leaf(Buffer.from("x"));
  return [
    ...path.map((_, at) => path.with(at, other)),
    ...path.map((_, at) => path.toSpliced(at, 1)),
    [...path, other],
  ];
}

test("an empty tree is the beginning of every tree, and no tree has a leaf that it has not", () => {
  const tiles = new Tiles().append(data(5));
  const roots = { earlier: suite.empty, later: tiles.root() };
  expect(provesConsistency({ earlierSize: 0, size: 5, path: tiles.consistency(0) }, roots, suite)).toBe(true);
  expect(() => inclusionRanges(5, 5)).toThrow(RangeError);
  expect(() => inclusionRanges(-1, 5)).toThrow(RangeError);
  expect(() => consistencyRanges(6, 5)).toThrow(RangeError);
});

test("a tree that is fed in parts has the same tiles as one that is fed at once; a tile in another place is refused", () => {
  const leaves = data(TILE_WIDTH * TILE_WIDTH + 700);
  const parts = new Tiles();
  for (let [at, step] = [0, 1]; at < leaves.length; at += step, step = (step * 7 + 3) % 1_500 || 1) {
    parts.append(leaves.slice(at, at + step));
  }
  const whole = new Tiles().append(leaves);
  expect(parts.size).toBe(leaves.length);
  expect(hex(parts.root())).toBe(hex(whole.root()));
  for (const at of [0, 255, 256, 65_535, 65_536, leaves.length - 1]) {
    const proof = { leafIndex: at, size: whole.size, leafHash: suite.leaf(leaves[at] as Uint8Array) };
    expect(provesInclusion({ ...proof, path: parts.inclusion(at) }, whole.root(), suite)).toBe(true);
  }
  expect(() => appendLeaves([], 3, [suite.empty], suite)).toThrow(RangeError);
  expect(() => hashRanges([{ from: 0, until: 4 }], [], suite)).toThrow(RangeError);
});
