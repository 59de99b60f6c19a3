/** How leaves and nodes of a Merkle tree are hashed (RFC 6962, 2.1); values are digests as bytes, all of one length. */
export interface TreeHash {
  /** Of a tree without leaves. */
  readonly empty: Uint8Array;
  readonly leaf: (data: Uint8Array) => Uint8Array;
  readonly node: (left: Uint8Array, right: Uint8Array) => Uint8Array;
}

/** A complete subtree: the leaves from `index · 2^level` on, 2^level of them. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Leaves from one to before another, counted from 0. */
export interface LeafRange {
  readonly from: number;
  readonly until: number;
}

/** The largest power of two that is smaller than a number greater than 1 (RFC 6962, 2.1: k). */
function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/**
 * The complete subtrees that make up a range, largest first. The range begins where a subtree of its size does, as every
 * range of a tree or a proof does.
 */
export function completeNodes({ from, until }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let at = from; at < until; ) {
    let [size, level] = [1, 0];
    while (at % (size * 2) === 0 && at + size * 2 <= until) {
      size *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / size });
    at += size;
  }
  return nodes;
}

/** The hash over a range of leaves (RFC 6962, 2.1: MTH), from those of its complete subtrees. */
export function hashOfRange(range: LeafRange, hashOf: (node: TreeNode) => Uint8Array, suite: TreeHash): Uint8Array {
  const hashes = completeNodes(range).map(hashOf);
  return hashes.reduceRight((right, left) => suite.node(left, right), hashes.pop() ?? suite.empty);
}

/**
 * The ranges whose hashes prove that a tree of a size has a leaf at an index, nearest to the leaf first
 * (RFC 6962, 2.1.1: PATH).
 * @throws RangeError when the tree has no such leaf
 */
export function inclusionRanges(leafIndex: number, size: number): LeafRange[] {
  if (!(leafIndex >= 0 && leafIndex < size)) throw new RangeError("the tree has no such leaf");
  const ranges: LeafRange[] = [];
  let [from, until] = [0, size];
  while (until - from > 1) {
    const middle = from + splitOf(until - from);
    if (leafIndex < middle) {
      ranges.push({ from: middle, until });
      until = middle;
    } else {
      ranges.push({ from, until: middle });
      from = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The ranges whose hashes prove that a tree begins with all leaves of an earlier one (RFC 6962, 2.1.2: PROOF). Nothing
 * needs to be proven of an empty tree, or of a tree to itself.
 * @throws RangeError when the earlier tree is larger
 */
export function consistencyRanges(earlierSize: number, size: number): LeafRange[] {
  if (!(earlierSize >= 0 && earlierSize <= size)) throw new RangeError("the earlier tree is larger");
  if (earlierSize === 0 || earlierSize === size) return [];
  const ranges: LeafRange[] = [];
  let [from, until] = [0, size];
  let isKnown = true;
  while (until !== earlierSize) {
    const middle = from + splitOf(until - from);
    if (earlierSize <= middle) {
      ranges.push({ from: middle, until });
      until = middle;
    } else {
      ranges.push({ from, until: middle });
      from = middle;
      isKnown = false;
    }
  }
  // The earlier root is known to who asks; any other complete subtree is not.
  if (!isKnown) ranges.push({ from, until });
  return ranges.reverse();
}

export interface InclusionProof {
  readonly leafIndex: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Whether a proof shows that the tree under a root has the leaf (RFC 9162, 2.1.3.2). */
export function provesInclusion(proof: InclusionProof, root: Uint8Array, suite: TreeHash): boolean {
  const { leafIndex, size, leafHash, path } = proof;
  if (!(Number.isSafeInteger(size) && Number.isSafeInteger(leafIndex) && leafIndex >= 0 && leafIndex < size)) {
    return false;
  }
  let [index, last] = [leafIndex, size - 1];
  let hash = leafHash;
  for (const sibling of path) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      hash = suite.node(sibling, hash);
      while (index % 2 === 0 && index !== 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else {
      hash = suite.node(hash, sibling);
    }
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSameDigest(hash, root);
}

export interface ConsistencyProof {
  readonly earlierSize: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

/** Whether a proof shows that a tree begins with all leaves of an earlier one (RFC 9162, 2.1.4.2). */
export function provesConsistency(
  proof: ConsistencyProof,
  roots: { readonly earlier: Uint8Array; readonly later: Uint8Array },
  suite: TreeHash,
): boolean {
  const { earlierSize, size, path } = proof;
  if (!(Number.isSafeInteger(size) && Number.isSafeInteger(earlierSize) && earlierSize >= 0 && earlierSize <= size)) {
    return false;
  }
  if (earlierSize === size) return path.length === 0 && isSameDigest(roots.earlier, roots.later);
  if (earlierSize === 0) return path.length === 0 && isSameDigest(roots.earlier, suite.empty);
  let [index, last] = [earlierSize - 1, size - 1];
  while (index % 2 === 1) [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  const [first, ...others] = index === 0 ? [roots.earlier, ...path] : path;
  if (first === undefined) return false;
  let [earlier, later] = [first, first];
  for (const sibling of others) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      earlier = suite.node(sibling, earlier);
      later = suite.node(sibling, later);
      while (index % 2 === 0 && index !== 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else {
      later = suite.node(later, sibling);
    }
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSameDigest(earlier, roots.earlier) && isSameDigest(later, roots.later);
}

function isSameDigest(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** The root of a tree that grows leaf by leaf, from its complete subtrees alone. */
export class GrowingTree {
  readonly #suite: TreeHash;
  readonly #peaks: { level: number; hash: Uint8Array }[] = [];
  #size = 0;

  constructor(suite: TreeHash) {
    this.#suite = suite;
  }

  get size(): number {
    return this.#size;
  }

  append(leafData: Uint8Array): void {
    let peak = { level: 0, hash: this.#suite.leaf(leafData) };
    for (let last = this.#peaks.at(-1); last?.level === peak.level; last = this.#peaks.at(-1)) {
      this.#peaks.pop();
      peak = { level: peak.level + 1, hash: this.#suite.node(last.hash, peak.hash) };
    }
    this.#peaks.push(peak);
    this.#size += 1;
  }

  root(): Uint8Array {
    const hashes = this.#peaks.map(({ hash }) => hash);
    return hashes.reduceRight((right, left) => this.#suite.node(left, right), hashes.pop() ?? this.#suite.empty);
  }
}
