import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { RuntimeError } from "../runtime-error.ts";
import { parseJson } from "./parse-json.ts";
import { type Environment, readEnvironment } from "./read-environment.ts";

export type Keys = {
  /** 32 bytes: keys the blind index, fixed at installation. */
  indexKey: Buffer;
  /** 32 bytes: wraps the keys that encrypt people's data. */
  masterKey: Buffer;
};

const rule = "must be 64 hexadecimal digits (32 bytes)";
const key = z.string({ error: rule }).regex(/^[0-9a-f]{64}$/i, { error: rule });
const keyFile = z.object({ indexKey: key, masterKey: key });

/**
 * The installation's two secret keys: from XUESHI_INDEX_KEY and XUESHI_MASTER_KEY, and outside production, where
 * one is absent, from `keys.json` in the data directory, which is made once with random keys (mode 0600).
 * @throws RuntimeError `config_invalid`: a key is missing in production, or has another shape; no value is told
 */
export async function loadKeys(
  environment: Environment,
  place: { dataDir: string; production: boolean },
): Promise<Keys> {
  const asked = place.production ? key : key.optional();
  const given = readEnvironment(environment, { XUESHI_INDEX_KEY: asked, XUESHI_MASTER_KEY: asked });
  const { XUESHI_INDEX_KEY: index, XUESHI_MASTER_KEY: master } = given;
  const kept = index === undefined || master === undefined ? await readKeyFile(place.dataDir) : null;
  return {
    indexKey: Buffer.from(index ?? kept?.indexKey ?? "", "hex"),
    masterKey: Buffer.from(master ?? kept?.masterKey ?? "", "hex"),
  };
}

async function readKeyFile(dataDir: string): Promise<z.infer<typeof keyFile>> {
  const path = join(dataDir, "keys.json");
  const text = await readFile(path, "utf8").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    await makeKeyFile(dataDir, path);
    return await readFile(path, "utf8");
  });
  await chmod(path, 0o600);
  const parsed = keyFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new RuntimeError(
    "config_invalid",
    `The key file ${path} is damaged. Restore it from a backup (what it encrypted needs it), or begin anew with an empty data directory.`,
  );
}

async function makeKeyFile(dataDir: string, path: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const fresh = { indexKey: randomBytes(32).toString("hex"), masterKey: randomBytes(32).toString("hex") };
  await writeFile(draft, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    // A link appears whole and never replaces: of several processes that begin at once, one makes the keys.
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
