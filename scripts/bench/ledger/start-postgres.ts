import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  createUuidV7,
  type EmbeddedPostgres,
  type Logger,
  loadKeys,
  type Shutdown,
  startEmbeddedPostgres,
  systemClock,
} from "@xueshi/runtime";
import { createVault, type Vault } from "@xueshi/vault";
import { type PreparedDatabase, prepareDatabase } from "../../start/prepare-database.ts";
import { ensureDatabase, recreateDatabase } from "../raw-write.ts";

export type BenchDatabase = PreparedDatabase & { readonly url: string };

/** A server with databases of the product, and no services. */
export interface BenchPostgres {
  readonly dataDir: string;
  readonly postgres: EmbeddedPostgres;
  readonly keys: Parameters<typeof createVault>[0];
  readonly vault: Vault;
  /** Makes an empty database of the product, with its rules, keys and logins. */
  prepare(name: string): Promise<BenchDatabase>;
  /** The same where there is none of the name; one that there is keeps its rows. */
  open(name: string): Promise<BenchDatabase>;
}

/** Starts a server in a folder of its own, which the shutdown removes, or in one that is kept. */
export async function startBenchPostgres(
  parentDir: string,
  { logger, shutdown }: { readonly logger: Logger; readonly shutdown: Shutdown },
  keptDir: string | null = null,
): Promise<BenchPostgres> {
  await mkdir(keptDir ?? parentDir, { recursive: true });
  const dataDir = keptDir ?? (await mkdtemp(join(parentDir, "bench-")));
  if (keptDir === null) shutdown.register("data", () => rm(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, "postgres"), databaseName: "bench", logger });
  shutdown.register("postgres", () => postgres.stop());
  const keys = await loadKeys(process.env, { dataDir, production: false });
  const prepareAt = async (url: string): Promise<BenchDatabase> => {
    const context = { clock: systemClock, newId: createUuidV7(systemClock) };
    return { url, ...(await prepareDatabase(url, dataDir, context)) };
  };
  return {
    ...{ dataDir, postgres, keys, vault: createVault(keys) },
    prepare: async (name) => prepareAt(await recreateDatabase(postgres.url, name)),
    open: async (name) => prepareAt(await ensureDatabase(postgres.url, name)),
  };
}
