import { hash } from "node:crypto";
import { PRINCIPAL_KINDS, type PrincipalKind } from "@xueshi/contracts";

const RANDOM_BYTES = 32;
const API_KEY_PATTERN = new RegExp(`^xs_(?:${PRINCIPAL_KINDS.join("|")})_[A-Za-z0-9_-]{32,128}$`);

/** True for the form `xs_<kind>_<random>`; whether the key exists is another question. */
export function isApiKey(text: string): boolean {
  return API_KEY_PATTERN.test(text);
}

/** SHA-256 of a key, hex: all that is ever stored or compared. Keys carry 256 random bits, so no salt is needed. */
export function hashApiKey(key: string): string {
  return hash("sha256", key, "hex");
}

/**
 * Makes a new key of 256 random bits and the hash under which it is stored; the key itself is shown once.
 * @param randomBytes gives that many bytes from a cryptographic source
 */
export function createApiKey(
  kind: PrincipalKind,
  randomBytes: (size: number) => Uint8Array,
): { readonly key: string; readonly keyHash: string } {
  const key = `xs_${kind}_${Buffer.from(randomBytes(RANDOM_BYTES)).toString("base64url")}`;
  return { key, keyHash: hashApiKey(key) };
}
