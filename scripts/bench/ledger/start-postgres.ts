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
import { recreateDatabase } from "../raw-write.ts";

/** A server with databases of the product, and no services. */
export interface BenchPostgres {
  readonly dataDir: string;
  readonly postgres: EmbeddedPostgres;
  readonly keys: Parameters<typeof createVault>[0];
  readonly vault: Vault;
  /** Makes an empty database of the product, with its rules, keys and logins. */
  prepare(name: string): Promise<PreparedDatabase & { readonly url: string }>;
}

/** Starts a server in a folder of its own, which the shutdown removes. */
export async function startBenchPostgres(
  parentDir: string,
  { logger, shutdown }: { readonly logger: Logger; readonly shutdown: Shutdown },
): Promise<BenchPostgres> {
  await mkdir(parentDir, { recursive: true });
  const dataDir = await mkdtemp(join(parentDir, "bench-"));
  shutdown.register("data", () => rm(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, "postgres"), databaseName: "bench", logger });
  shutdown.register("postgres", () => postgres.stop());
  const keys = await loadKeys(process.env, { dataDir, production: false });
  return {
    ...{ dataDir, postgres, keys, vault: createVault(keys) },
    async prepare(name) {
      const url = await recreateDatabase(postgres.url, name);
      const context = { clock: systemClock, newId: createUuidV7(systemClock) };
      return { url, ...(await prepareDatabase(url, dataDir, context)) };
    },
  };
}
