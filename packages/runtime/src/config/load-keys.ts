import * as z from "zod";
import { keyText, readKeyFile } from "./key-file.ts";
import { type Environment, readEnvironment } from "./read-environment.ts";

export type Keys = {
  /** 32 bytes: keys the blind index, fixed at installation. */
  indexKey: Buffer;
  /** 32 bytes: wraps the keys that encrypt people's data. */
  masterKey: Buffer;
  /** What they are used with, fixed at installation: AES-256-GCM and HMAC-SHA-256, or SM4-CTR and HMAC-SM3. */
  suite?: "aes-sha2" | "sm4-sm3";
};

const suiteName = z.enum(["aes-sha2", "sm4-sm3"]).default("aes-sha2");

type KeyPlace = { readonly dataDir: string; readonly production: boolean };

/**
 * The installation's two secret keys: from XUESHI_INDEX_KEY and XUESHI_MASTER_KEY, and outside production, where
 * one is absent, from `keys.json` in the data directory, which is made once with random keys (mode 0600).
 * @throws RuntimeError `config_invalid`: a key is missing in production, or has another shape; no value is told
 */
export async function loadKeys(environment: Environment, place: KeyPlace): Promise<Keys> {
  const asked = place.production ? keyText : keyText.optional();
  const given = readEnvironment(environment, {
    XUESHI_INDEX_KEY: asked,
    XUESHI_MASTER_KEY: asked,
    XUESHI_CRYPTO_SUITE: suiteName,
  });
  const { XUESHI_INDEX_KEY: index, XUESHI_MASTER_KEY: master } = given;
  const isWhole = index !== undefined && master !== undefined;
  const kept = isWhole ? null : await readKeyFile(place.dataDir, "keys.json", ["indexKey", "masterKey"]);
  return {
    indexKey: Buffer.from(index ?? kept?.indexKey ?? "", "hex"),
    masterKey: Buffer.from(master ?? kept?.masterKey ?? "", "hex"),
    suite: given.XUESHI_CRYPTO_SUITE,
  };
}

/**
 * The 32 bytes of the Ed25519 key that signs checkpoints: from XUESHI_SIGNING_KEY, and outside production, where it is
 * absent, from `signing-key.json` in the data directory. Null: in production none is given, and no checkpoint is signed.
 * @throws RuntimeError `config_invalid`: it has another shape; no value is told
 */
export async function loadSigningKey(environment: Environment, place: KeyPlace): Promise<Buffer | null> {
  const { XUESHI_SIGNING_KEY: given } = readEnvironment(environment, { XUESHI_SIGNING_KEY: keyText.optional() });
  if (given === undefined && place.production) return null;
  const text = given ?? (await readKeyFile(place.dataDir, "signing-key.json", ["signingKey"])).signingKey;
  return Buffer.from(text, "hex");
}
