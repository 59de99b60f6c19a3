import { hash } from "node:crypto";
import type { HashSuite } from "@xueshi/domain";

/** SHA-256 of bytes, or of a text in UTF-8, hex. */
export const sha256Hex = (content: string | Uint8Array): string => hash("sha256", content, "hex");

/** The hash suite of the ledger's chains: SHA-256 (FIPS 180-4). */
export const sha256Suite: HashSuite = {
  text: sha256Hex,
  pair: (leftHex, rightHex) => hash("sha256", Buffer.from(leftHex + rightHex, "hex"), "hex"),
};
