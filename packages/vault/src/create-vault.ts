import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type PersonId, uuidFromDigest } from "@xueshi/domain";

/** A person's id and name under a key of their own; destroying the wrapped key erases them. */
export interface Sealed {
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

/** Keyed digests and sealing of personal data. The index key is fixed at installation; the master key wraps others. */
export interface Vault {
  readonly practitionerIdOf: (id: PersonId) => string;
  readonly nameDigestOf: (practitionerId: string, name: string) => string;
  /** A digest (hex) over texts in their order that only a holder of the index key can make: who changes one is found. */
  readonly sealTexts: (purpose: string, texts: readonly string[]) => string;
  readonly sealPerson: (person: { id: string; name: string }) => Sealed;
  readonly openPerson: (sealed: Sealed) => { id: string; name: string };
  readonly sealPage: (page: string | Uint8Array) => Sealed;
  readonly openPage: (sealed: Sealed) => Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const BLOCK_BYTES = 64;
/** Ciphertext does not compress, so pages are compressed before they are sealed; the fastest level. */
const PAGE_COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** @param keys 32 bytes each */
export function createVault(keys: { readonly indexKey: Uint8Array; readonly masterKey: Uint8Array }): Vault {
  const mac = keyedDigest(Buffer.from(keys.indexKey));
  const masterKey = Buffer.from(keys.masterKey);
  const nameDigestOf = remembered(mac);
  const seal = (content: string | Uint8Array): Sealed => {
    const key = randomBytes(KEY_BYTES);
    return { wrappedKey: encrypt(masterKey, key), sealed: encrypt(key, content) };
  };
  const open = ({ wrappedKey, sealed }: Sealed) => decrypt(decrypt(masterKey, wrappedKey), sealed);
  return {
    practitionerIdOf: remembered((id) => uuidFromDigest(mac(idText(id)))),
    nameDigestOf: (practitionerId, name) => nameDigestOf(`name\u0000${practitionerId}\u0000${name}`),
    sealTexts: (purpose, texts) => mac(`${purpose}\u0000${JSON.stringify(texts)}`),
    sealPerson: (person) => seal(JSON.stringify([person.id, person.name])),
    openPerson: (sealed) => {
      const [id, name] = JSON.parse(open(sealed).toString("utf8")) as [string, string];
      return { id, name };
    },
    sealPage: (page) => seal(zstdCompressSync(page, PAGE_COMPRESSION)),
    openPage: (sealed) => zstdDecompressSync(open(sealed)),
  };
}

/** The kind of an id and its number; an id without a kind is in the space of resident ids. */
function idText(id: PersonId): string {
  return id.includes(":") ? id.replace(":", "\u0000") : `resident-id\u0000${id}`;
}

/** People come again and again within a pull, and a keyed digest costs more than a look into a map. */
const REMEMBERED_MAX = 50_000;

function remembered<Text extends string>(compute: (text: Text) => string): (text: Text) => string {
  const known = new Map<Text, string>();
  return (text) => {
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    if (known.size >= REMEMBERED_MAX) known.clear();
    const digest = compute(text);
    known.set(text, digest);
    return digest;
  };
}

/** HMAC-SHA-256 (RFC 2104), hex, from two one-shot hashes: a keyed object per call costs ten times as much. */
function keyedDigest(key: Buffer): (text: string) => string {
  if (key.length !== KEY_BYTES) throw new RangeError("a key is 32 bytes");
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES, 0x5c);
  for (let index = 0; index < KEY_BYTES; index += 1) {
    inner[index] = (key[index] ?? 0) ^ 0x36;
    outer[index] = (key[index] ?? 0) ^ 0x5c;
  }
  return (text) => {
    const first = hash("sha256", Buffer.concat([inner, Buffer.from(text, "utf8")]), "buffer");
    return hash("sha256", Buffer.concat([outer, first]), "hex");
  };
}

/** AES-256-GCM: nonce ‖ ciphertext ‖ tag. Every key seals one content, so a random nonce never repeats under it. */
function encrypt(key: Buffer, content: string | Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = typeof content === "string" ? cipher.update(content, "utf8") : cipher.update(content);
  return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
