import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes, timingSafeEqual } from "node:crypto";

/** What an installation seals and finds personal data with; fixed when it is installed. */
export const CRYPTO_SUITES = ["aes-sha2", "sm4-sm3"] as const;
export type CryptoSuiteName = (typeof CRYPTO_SUITES)[number];

export interface CryptoSuite {
  /** A keyed digest of texts in UTF-8: 32 bytes, hex. */
  readonly keyedDigest: (key: Uint8Array) => (text: string) => string;
  /** Authenticated: opening what was changed, or under another key, throws. Every key seals one content. */
  readonly encrypt: (key: Buffer, content: string | Uint8Array) => Buffer;
  readonly decrypt: (key: Buffer, sealed: Uint8Array) => Buffer;
}

/** Of every key, in every suite. */
export const KEY_BYTES = 32;
const BLOCK_BYTES = 64;

/**
 * HMAC (RFC 2104) from two one-shot hashes: a keyed object per call costs ten times as much. SHA-256 (FIPS 180-4) and SM3
 * (GB/T 32905-2016) have blocks and digests of the same lengths.
 */
function hmac(algorithm: "sha256" | "sm3"): CryptoSuite["keyedDigest"] {
  return (key) => {
    if (key.length !== KEY_BYTES) throw new RangeError("a key is 32 bytes");
    const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
    const outer = Buffer.alloc(BLOCK_BYTES, 0x5c);
    for (let index = 0; index < KEY_BYTES; index += 1) {
      inner[index] = (key[index] ?? 0) ^ 0x36;
      outer[index] = (key[index] ?? 0) ^ 0x5c;
    }
    return (text) => {
      const first = hash(algorithm, Buffer.concat([inner, Buffer.from(text, "utf8")]), "buffer");
      return hash(algorithm, Buffer.concat([outer, first]), "hex");
    };
  };
}

const GCM = { cipher: "aes-256-gcm", nonceBytes: 12, tagBytes: 16 } as const;

/** AES-256-GCM (NIST SP 800-38D): nonce ‖ ciphertext ‖ tag. A random nonce never repeats under a key of one content. */
const AES_SHA2: CryptoSuite = {
  keyedDigest: hmac("sha256"),
  encrypt(key, content) {
    const nonce = randomBytes(GCM.nonceBytes);
    const cipher = createCipheriv(GCM.cipher, key, nonce);
    const body = typeof content === "string" ? cipher.update(content, "utf8") : cipher.update(content);
    return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
  },
  decrypt(key, sealed) {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv(GCM.cipher, key, bytes.subarray(0, GCM.nonceBytes));
    decipher.setAuthTag(bytes.subarray(-GCM.tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(GCM.nonceBytes, -GCM.tagBytes)), decipher.final()]);
  },
};

const CTR = { cipher: "sm4-ctr", keyBytes: 16, counterBytes: 16, macBytes: 32 } as const;

/** A key of its own for each use: HMAC-SM3 of the use under the given key. */
function derivedKey(key: Buffer, use: "encrypt" | "authenticate"): Buffer {
  return createHmac("sm3", key).update(use).digest();
}

function macOf(key: Buffer, bytes: Uint8Array): Buffer {
  return createHmac("sm3", derivedKey(key, "authenticate")).update(bytes).digest();
}

/** SM4 (GB/T 32907-2016) in counter mode, then HMAC-SM3 over it: counter ‖ ciphertext ‖ MAC. Node has no SM4-GCM. */
const SM4_SM3: CryptoSuite = {
  keyedDigest: hmac("sm3"),
  encrypt(key, content) {
    const counter = randomBytes(CTR.counterBytes);
    const cipher = createCipheriv(CTR.cipher, derivedKey(key, "encrypt").subarray(0, CTR.keyBytes), counter);
    const body = typeof content === "string" ? cipher.update(content, "utf8") : cipher.update(content);
    const sealed = Buffer.concat([counter, body, cipher.final()]);
    return Buffer.concat([sealed, macOf(key, sealed)]);
  },
  decrypt(key, sealed) {
    const bytes = Buffer.from(sealed);
    if (bytes.length < CTR.counterBytes + CTR.macBytes) throw new RangeError("too short to be sealed");
    const [body, mac] = [bytes.subarray(0, -CTR.macBytes), bytes.subarray(-CTR.macBytes)];
    if (!timingSafeEqual(mac, macOf(key, body))) throw new Error("what is sealed was changed, or is under another key");
    const counter = body.subarray(0, CTR.counterBytes);
    const decipher = createDecipheriv(CTR.cipher, derivedKey(key, "encrypt").subarray(0, CTR.keyBytes), counter);
    return Buffer.concat([decipher.update(body.subarray(CTR.counterBytes)), decipher.final()]);
  },
};

/** The suite of a name. */
export function cryptoSuite(name: CryptoSuiteName): CryptoSuite {
  return name === "sm4-sm3" ? SM4_SM3 : AES_SHA2;
}
