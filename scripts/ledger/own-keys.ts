import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadKeys, loadSigningKey, readConfig } from "@xueshi/runtime";
import { createNoteSigner, createVault, type NoteSigner, type VaultFingerprint } from "@xueshi/vault";
import type { VerbContext } from "../rules/verb.ts";

type Place = Pick<VerbContext, "env" | "cwd">;

const isGiven = (value: string | undefined): boolean => value !== undefined && value !== "";

/** The key that the installation signs with; one that would only be made now is nobody's. */
export async function readSigner({ env, cwd }: Place): Promise<{ origin: string; signer: NoteSigner | null }> {
  const config = readConfig(env, cwd);
  const { origin } = config.checkpoints;
  const isThere = isGiven(env.XUESHI_SIGNING_KEY) || existsSync(join(config.dataDir, "signing-key.json"));
  const key = isThere ? await loadSigningKey(env, config) : null;
  return { origin, signer: key === null ? null : createNoteSigner(origin, key) };
}

/** Fingerprints of the keys that a service would have here; null: it would have none, or make its own. */
export async function readFingerprint({ env, cwd }: Place): Promise<VaultFingerprint | null> {
  const config = readConfig(env, cwd);
  const areGiven = isGiven(env.XUESHI_INDEX_KEY) && isGiven(env.XUESHI_MASTER_KEY);
  const areKept = !config.production && existsSync(join(config.dataDir, "keys.json"));
  return areGiven || areKept ? createVault(await loadKeys(env, config)).fingerprint : null;
}
