import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";

/** Signs texts as one name with one Ed25519 key. */
export interface NoteSigner {
  /** What a verifier needs to know: `<name>+<key id>+<public key>` (C2SP signed-note). */
  readonly verifierKey: string;
  /** The text with its signature below it. */
  readonly sign: (text: string) => string;
}

const ED25519 = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
/** RFC 8410: what stands before the 32 bytes of a private, and of a public, Ed25519 key. */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const SIGNATURE_LINE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/;

/**
 * A signer of notes in the form of C2SP signed-note: a text, an empty line, and a line for each signature.
 * @param name without spaces and plus signs
 * @param seed the 32 bytes of the private key (RFC 8032)
 */
export function createNoteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (!/^[^\s+\p{Cc}]+$/u.test(name)) throw new RangeError("a signer's name has no spaces and no plus signs");
  if (seed.length !== KEY_BYTES) throw new RangeError("a signing key is 32 bytes");
  const privateKey = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(PUBLIC_PREFIX.length);
  const keyId = keyIdOf(name, publicKey);
  return {
    verifierKey: `${name}+${keyId.toString("hex")}+${Buffer.concat([Buffer.of(ED25519), publicKey]).toString("base64")}`,
    sign: (text) => {
      if (!text.endsWith("\n")) throw new RangeError("a note's text ends with a line break");
      if (/[^\P{Cc}\n]/u.test(text)) throw new RangeError("a note has no control characters but line breaks");
      const signature = sign(null, Buffer.from(text, "utf8"), privateKey);
      return `${text}\n— ${name} ${Buffer.concat([keyId, signature]).toString("base64")}\n`;
    },
  };
}

function keyIdOf(name: string, publicKey: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\n`, "utf8"), Buffer.of(ED25519), publicKey]);
  return hash("sha256", content, "buffer").subarray(0, KEY_ID_BYTES);
}

/** The text of a note, if the holder of a verifier key signed it; null otherwise. Other signatures are passed over. */
export function openNote(note: string, verifierKey: string): string | null {
  const key = readVerifierKey(verifierKey);
  const split = note.lastIndexOf("\n\n");
  if (key === null || split < 0 || !note.endsWith("\n")) return null;
  const text = note.slice(0, split + 1);
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const [, name, encoded = ""] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = Buffer.from(encoded, "base64");
    if (name !== key.name || !bytes.subarray(0, KEY_ID_BYTES).equals(key.id)) continue;
    return verify(null, Buffer.from(text, "utf8"), key.publicKey, bytes.subarray(KEY_ID_BYTES)) ? text : null;
  }
  return null;
}

function readVerifierKey(verifierKey: string): { name: string; id: Buffer; publicKey: KeyObject } | null {
  const [, name = "", id = "", encoded = ""] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(verifierKey) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  const raw = bytes.subarray(1);
  if (bytes[0] !== ED25519 || raw.length !== KEY_BYTES || keyIdOf(name, raw).toString("hex") !== id) return null;
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, raw]), format: "der", type: "spki" });
  return { name, id: Buffer.from(id, "hex"), publicKey };
}
