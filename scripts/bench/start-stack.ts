import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Sql } from "@xueshi/database";
import {
  createUuidV7,
  type EmbeddedPostgres,
  type Logger,
  loadKeys,
  type ServiceProcess,
  type Shutdown,
  spawnService,
  startEmbeddedPostgres,
  systemClock,
} from "@xueshi/runtime";
import { createVault, type Vault } from "@xueshi/vault";
import { type ApiClient, createApiClient, waitUntilReady } from "../start/api-client.ts";
import { freePort } from "../start/free-port.ts";
import { platformsSpec, waitUntilListening, writeTargets } from "../start/platforms-spec.ts";
import { type PreparedDatabase, prepareDatabase } from "../start/prepare-database.ts";
import { type ServiceName, servicesSpec } from "../start/services-spec.ts";
import type { ChildSpec } from "../start/supervise.ts";

/** The training platform that pushes. */
export const SOURCE = "demo-training";

export const WORKSPACE_DIR = join(import.meta.dirname, "../..");
const READY_MS_MAX = 60_000;
const CALL_MS_MAX = 60_000;
const CLOSE_MS_MAX = 30_000;

export interface StackOptions {
  /** Folder in which the stack makes its own, and removes it. */
  readonly parentDir: string;
  readonly rows: number;
  readonly profileDir: string | null;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
}

/** The product as it runs anywhere, on an empty database beside a generated feed. */
export interface Stack {
  readonly dataDir: string;
  readonly feedsDir: string;
  readonly postgres: EmbeddedPostgres;
  readonly prepared: PreparedDatabase;
  readonly vault: Vault;
  readonly ports: { readonly queryApi: number; readonly ingestionWorker: number; readonly ledgerService: number };
  readonly ingestion: ApiClient;
  readonly platforms: ServiceProcess;
  readonly services: Readonly<Record<ServiceName, ServiceProcess>>;
}

/** Starts everything a measurement needs as child processes; the shutdown stops and removes it. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { shutdown, logger, profileDir } = options;
  await mkdir(options.parentDir, { recursive: true });
  const dataDir = await mkdtemp(join(options.parentDir, "bench-"));
  shutdown.register("data", () => rm(dataDir, { recursive: true, force: true }));
  const feedsDir = join(dataDir, "feed");
  await mkdir(feedsDir);
  await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, "write-feed.ts"),
    feedsDir,
    `${options.rows}`,
  ]);
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, "postgres"), databaseName: "bench", logger });
  shutdown.register("postgres", () => postgres.stop());
  const prepared = await prepareDatabase(postgres.url, dataDir, {
    clock: systemClock,
    newId: createUuidV7(systemClock),
  });
  const keys = await loadKeys(process.env, { dataDir, production: false });
  const start = async (spec: ChildSpec, nodeFlags: readonly string[] = []): Promise<ServiceProcess> => {
    const output = { stdout: process.stderr, stderr: process.stderr };
    const args = [...nodeFlags, ...spec.args];
    const child = await spawnService({ ...spec, args, command: process.execPath, output });
    shutdown.register(spec.name, async () => void (await child.stop()), CLOSE_MS_MAX);
    return child;
  };
  const [quzhouPort, industryPort, queryApi, ingestionWorker, ledgerService] = await freePorts();
  const places = {
    workspaceDir: WORKSPACE_DIR,
    feedsDir,
    quzhouPort,
    industryPort,
    pageRowsMax: null,
    pageDelayMs: null,
  };
  const platforms = await start(platformsSpec(places));
  const targetsFile = await writeTargets(dataDir, places);
  await Promise.all([quzhouPort, industryPort].map((port) => waitUntilListening(port, systemClock, READY_MS_MAX)));
  const ports = { queryApi, ingestionWorker, ledgerService };
  const specs = servicesSpec(
    { workspaceDir: WORKSPACE_DIR, dataDir, targetsFile, schedules: false, logLevel: "warn", ports },
    prepared.serviceUrls,
  );
  const startService = (name: ServiceName) => start(specs[name], profileFlags(profileDir, name));
  const services = {
    "ingestion-worker": await startService("ingestion-worker"),
    "ledger-service": await startService("ledger-service"),
    "query-api": await startService("query-api"),
  };
  const urls = Object.values(ports).map((port) => `http://127.0.0.1:${port}`);
  await Promise.all(urls.map((url) => waitUntilReady(url, systemClock, READY_MS_MAX)));
  const operatorKey = prepared.credentials.operator.apiKey;
  const ingestion = createApiClient(`http://127.0.0.1:${ingestionWorker}`, operatorKey, systemClock, CALL_MS_MAX);
  return { dataDir, feedsDir, postgres, prepared, vault: createVault(keys), ports, ingestion, platforms, services };
}

async function freePorts(): Promise<[number, number, number, number, number]> {
  return Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
}

function profileFlags(profileDir: string | null, name: string): string[] {
  if (profileDir === null) return [];
  return ["--cpu-prof", `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${name}.cpuprofile`];
}

const POLL_MS = 10;
const POSTED_MS_MAX = 600_000;

/** Waits until the ledger has posted every batch there is. */
export async function waitUntilPosted(sql: Sql): Promise<void> {
  const giveUpAtMs = performance.now() + POSTED_MS_MAX;
  for (;;) {
    const [waiting] = await sql`SELECT 1 FROM acquisition.batch WHERE posted_at IS NULL LIMIT 1`;
    if (waiting === undefined) return;
    if (performance.now() > giveUpAtMs) throw new Error("What was sent was not posted in time.");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
