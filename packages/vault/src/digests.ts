import { hash } from "node:crypto";
import type { HashSuite } from "@xueshi/domain";

/** SHA-256 of a UTF-8 text, hex. */
export const sha256Hex = (text: string): string => hash("sha256", text, "hex");

/** The hash suite of the ledger's chains: SHA-256 (FIPS 180-4). */
export const sha256Suite: HashSuite = {
  text: sha256Hex,
  pair: (leftHex, rightHex) => hash("sha256", Buffer.from(leftHex + rightHex, "hex"), "hex"),
};
