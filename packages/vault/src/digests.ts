import { hash } from "node:crypto";
import type { HashSuite, TreeHash } from "@xueshi/domain";

/** SHA-256 of bytes, or of a text in UTF-8, hex. */
export const sha256Hex = (content: string | Uint8Array): string => hash("sha256", content, "hex");

/** The hash suite of the ledger's chains: SHA-256 (FIPS 180-4). */
export const sha256Suite: HashSuite = {
  text: sha256Hex,
  pair: (leftHex, rightHex) => hash("sha256", Buffer.from(leftHex + rightHex, "hex"), "hex"),
};

const LEAF_PREFIX = Buffer.of(0);
const NODE_PREFIX = Buffer.of(1);
/** By way of hex: Node takes twice as long to hand out a digest as a buffer. */
const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  Buffer.from(hash("sha256", Buffer.concat(parts), "hex"), "hex");

/** The tree over the ledger's feed: SHA-256 with a prefix that tells leaves from nodes (RFC 6962, 2.1). */
export const sha256TreeHash: TreeHash = {
  empty: sha256(),
  leaf: (data) => sha256(LEAF_PREFIX, data),
  node: (left, right) => sha256(NODE_PREFIX, left, right),
};
