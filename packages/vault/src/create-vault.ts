import { randomBytes } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type PersonId, uuidFromDigest } from "@xueshi/domain";
import { type CryptoSuiteName, cryptoSuite, KEY_BYTES } from "./crypto-suite.ts";

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
  /** Tells these keys and this suite from others, and nothing of the keys: 32 bytes each, hex. */
  readonly fingerprint: VaultFingerprint;
}

export interface VaultFingerprint {
  readonly suite: CryptoSuiteName;
  /** Of the index key: with another one everybody would be somebody else. */
  readonly index: string;
  /** Of the master key: with another one nothing that is sealed opens. */
  readonly master: string;
}

export interface VaultKeys {
  /** 32 bytes. */
  readonly indexKey: Uint8Array;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** Default `aes-sha2`. */
  readonly suite?: CryptoSuiteName;
}

/** Ciphertext does not compress, so pages are compressed before they are sealed; the fastest level. */
const PAGE_COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** @throws RangeError when a key is not 32 bytes */
export function createVault(keys: VaultKeys): Vault {
  const { suite = "aes-sha2" } = keys;
  const { keyedDigest, encrypt, decrypt } = cryptoSuite(suite);
  const mac = keyedDigest(keys.indexKey);
  const masterKey = Buffer.from(keys.masterKey);
  const fingerprint = { suite, index: mac(FINGERPRINT), master: keyedDigest(masterKey)(FINGERPRINT) };
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
    fingerprint,
  };
}

/** No id and no name is digested like this: those have a kind, or the word name, and a zero byte behind it. */
const FINGERPRINT = "fingerprint of a key";

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
