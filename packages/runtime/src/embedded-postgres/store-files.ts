import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../config/parse-json.ts";

const stateSchema = z.object({
  format: z.literal(1),
  /** Where the cluster is when it could not be in the data directory. */
  storeDir: z.string().nullable(),
  databases: z.array(z.string()),
});

export type StoreState = z.infer<typeof stateSchema>;

const stateName = "embedded-postgres.json";
const passwordName = "superuser-password";

/** What earlier starts noted in the data directory; a file that is missing or damaged notes nothing. */
export async function readState(dataDir: string): Promise<StoreState> {
  const text = await readFile(join(dataDir, stateName), "utf8").catch(ignoreMissing);
  const parsed = stateSchema.safeParse(parseJson(text ?? ""));
  return parsed.success ? parsed.data : { format: 1, storeDir: null, databases: [] };
}

export async function writeState(dataDir: string, state: StoreState): Promise<void> {
  await writeWhole(join(dataDir, stateName), `${JSON.stringify(state, null, 2)}\n`);
}

/** The superuser's password that the cluster was made with, or null when the file is gone. */
export async function readPassword(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, passwordName), "utf8").catch(ignoreMissing);
  return text === null || text.trim() === "" ? null : text.trim();
}

/** 24 random bytes in base64url, which needs no escaping in SQL or in a URL. */
export function makePassword(): string {
  return randomBytes(24).toString("base64url");
}

/** Keeps the password for its owner alone (mode 0600); called once the cluster has it. */
export async function writePassword(dataDir: string, password: string): Promise<void> {
  await writeWhole(join(dataDir, passwordName), `${password}\n`);
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.draft`, text, { mode: 0o600, flush: true });
  await rename(`${path}.draft`, path);
}

/** Null for a file that is not there; whatever else keeps it from being read is thrown. */
export function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
