import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { RuntimeError } from "../runtime-error.ts";
import { parseJson } from "./parse-json.ts";

const KEY_BYTES = 32;
const rule = "must be 64 hexadecimal digits (32 bytes)";

/** A key as an environment variable and a key file write it. */
export const keyText = z.string({ error: rule }).regex(/^[0-9a-f]{64}$/i, { error: rule });

/**
 * Keys by name from a file of the data directory, which is made once with random keys (mode 0600).
 * @throws RuntimeError `config_invalid` when the file is damaged; no value is told
 */
export async function readKeyFile<Name extends string>(
  dataDir: string,
  file: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const path = join(dataDir, file);
  const text = await readFile(path, "utf8").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    await makeKeyFile(dataDir, path, names);
    return await readFile(path, "utf8");
  });
  await chmod(path, 0o600);
  const parsed = z.record(z.enum(names as readonly [Name, ...Name[]]), keyText).safeParse(parseJson(text));
  if (parsed.success) return parsed.data as Record<Name, string>;
  throw new RuntimeError(
    "config_invalid",
    `The key file ${path} is damaged. Restore it from a backup (what it encrypted needs it), or begin anew with an empty data directory.`,
  );
}

async function makeKeyFile(dataDir: string, path: string, names: readonly string[]): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const fresh = Object.fromEntries(names.map((name) => [name, randomBytes(KEY_BYTES).toString("hex")]));
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
