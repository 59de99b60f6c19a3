import { hash } from "node:crypto";
import type { HashSuite, TreeHash } from "@xueshi/domain";

/** SHA-256 of bytes, or of a text in UTF-8, hex. */
export const sha256Hex = (content: string | Uint8Array): string => hash("sha256", content, "hex");

const DIGEST_BYTES = 32;
const pairBytes = Buffer.alloc(2 * DIGEST_BYTES);

/** The hash suite of the ledger's chains: SHA-256 (FIPS 180-4). */
export const sha256Suite: HashSuite = {
  text: sha256Hex,
  pair: (leftHex, rightHex) => {
    const isWritten =
      pairBytes.write(leftHex, 0, "hex") === DIGEST_BYTES &&
      pairBytes.write(rightHex, DIGEST_BYTES, "hex") === DIGEST_BYTES &&
      leftHex.length + rightHex.length === 4 * DIGEST_BYTES;
    return hash("sha256", isWritten ? pairBytes : Buffer.from(leftHex + rightHex, "hex"), "hex");
  },
};

const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;
/** What is hashed last: a leaf, or two digests, behind their prefix. */
const treeBytes = Buffer.alloc(1 + 2 * DIGEST_BYTES);

/** SHA-256 of bytes, as a text of one byte a character: Node takes three times as long to hand out a digest as a buffer. */
export const sha256Latin1 = (content: Uint8Array): string => hash("sha256", content, "binary");

const sha256 = (content: Uint8Array): Buffer => Buffer.from(sha256Latin1(content), "latin1");

function prefixed(prefix: number, left: Uint8Array, right: Uint8Array | null): Uint8Array {
  const length = 1 + left.length + (right?.length ?? 0);
  const bytes = length <= treeBytes.length ? treeBytes.subarray(0, length) : Buffer.alloc(length);
  bytes[0] = prefix;
  bytes.set(left, 1);
  if (right !== null) bytes.set(right, 1 + left.length);
  return bytes;
}

/** The tree over the ledger's feed: SHA-256 with a prefix that tells leaves from nodes (RFC 6962, 2.1). */
export const sha256TreeHash: TreeHash = {
  empty: sha256(Buffer.alloc(0)),
  leaf: (data) => sha256(prefixed(LEAF_PREFIX, data, null)),
  node: (left, right) => sha256(prefixed(NODE_PREFIX, left, right)),
};
