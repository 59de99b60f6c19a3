import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Config,
  createLogger,
  createShutdown,
  createUuidV7,
  type Logger,
  loadKeys,
  readConfig,
  type Shutdown,
  systemClock,
} from "@xueshi/runtime";
import { createApiClient, waitUntilReady } from "./api-client.ts";
import { type CheckTotals, checkDeclarations } from "./check-declarations.ts";
import { runFirstPull } from "./first-pull.ts";
import { freePort } from "./free-port.ts";
import { keepDatabase } from "./keep-database.ts";
import { type PlatformPlaces, platformsSpec, waitUntilListening, writeTargets } from "./platforms-spec.ts";
import type { PreparedDatabase } from "./prepare-database.ts";
import { printPlatforms, printVerdicts } from "./print-report.ts";
import { HELP, readOptions, type StartOptions } from "./read-options.ts";
import { rememberFeed } from "./remember-feed.ts";
import { servicesSpec } from "./services-spec.ts";
import { type ChildSpec, type Supervised, supervise } from "./supervise.ts";

const WORKSPACE_DIR = join(import.meta.dirname, "../..");
const READY_MS_MAX = 60_000;
const CALL_MS_MAX = 60_000;

interface Running {
  readonly config: Config;
  readonly options: StartOptions;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const settings = readSettings();
  if (settings === null) return;
  const { config, options } = settings;
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const logger = createLogger({ service: "start", level: config.logLevel, clock: systemClock });
  const shutdown = createShutdown({ logger, stepMsMax: 30_000 });
  shutdown.listen();
  const running: Running = { config, options, logger, shutdown };
  try {
    await run(running);
  } catch (error) {
    if (shutdown.signal.aborted) return;
    print("");
    print(`启动失败 could not start: ${error instanceof Error ? error.message : String(error)}`);
    await leave(shutdown, "the start failed");
  }
}

/** Stops everything and exits 1. */
function leave(shutdown: Shutdown, reason: string): Promise<void> {
  shutdown.register("failed", () => {
    throw new Error(reason);
  });
  return shutdown.run(reason);
}

/** The environment and the command line; null after telling the person who typed it what is wrong. */
function readSettings(): Pick<Running, "config" | "options"> | null {
  try {
    const environment = { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? "warn" };
    const config = readConfig(environment, process.cwd());
    const places = { workspaceDir: WORKSPACE_DIR, cwd: process.cwd() };
    return { config, options: readOptions(process.argv.slice(2), config.ports, places) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n用法见 see --help\n`);
    process.exitCode = 2;
    return null;
  }
}

async function run(running: Running): Promise<void> {
  const { config, options, shutdown } = running;
  const startedAtMs = performance.now();
  await mkdir(config.dataDir, { recursive: true });
  await rememberFeed(config.dataDir, options.feedsDir);
  await loadKeys(process.env, config);
  print(`xueshi 学时: data in ${config.dataDir}, feed ${options.feedsDir}`);
  const platforms = startPlatforms(running);
  // Awaited below; until then its failure must not count as unhandled.
  platforms.catch(() => undefined);
  const ownerUrl = config.databaseUrl ?? (await startDatabase(running));
  // It brings most of the product with it, for which a refusal or a text of help should not wait.
  const { prepareDatabase } = await import("./prepare-database.ts");
  const prepared = await prepareDatabase(ownerUrl, config.dataDir, {
    clock: systemClock,
    newId: createUuidV7(systemClock),
  });
  // Only now is the data directory this start's own: one that is refused must not touch what another one uses.
  const targetsFile = await writeTargets(config.dataDir, await platforms);
  const urls = await startServices(running, prepared, targetsFile);
  const key = prepared.credentials.operator.apiKey;
  const ingestion = createApiClient(urls.ingestionWorker, key, systemClock, CALL_MS_MAX);
  const ledger = createApiClient(urls.ledgerService, key, systemClock, CALL_MS_MAX);
  const pulls = await runFirstPull(ingestion, process.stdout);
  const { summarise } = await import("./summarise.ts");
  const summaries = await summarise(ingestion, ledger);
  printPlatforms(pulls, summaries, print);
  if (options.summaryFile !== null) {
    await writeFile(options.summaryFile, `${JSON.stringify(summaries.summary, null, 1)}\n`);
  }
  await answerDeclarations(running, urls.queryApi, prepared);
  print("");
  print(`完成 summary after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
  if (options.once) {
    const failed = pulls.filter((pull) => pull.state === "failed").length;
    if (failed > 0) throw new Error(`${failed} platform(s) could not be pulled.`);
    await shutdown.run("--once");
    return;
  }
  printNextSteps(urls, config, options);
}

async function startDatabase({ config, logger, shutdown }: Running): Promise<string> {
  const database = await keepDatabase({
    dataDir: join(config.dataDir, "postgres"),
    logger,
    onGivenUp: () => void leave(shutdown, "PostgreSQL does not stay up"),
  });
  shutdown.register("postgres", () => database.stop());
  return database.url;
}

/** Starts the simulated platforms and returns where they are. */
async function startPlatforms(running: Running): Promise<PlatformPlaces> {
  const { options } = running;
  const [quzhouPort, industryPort] = await Promise.all([freePort(), freePort()]);
  const { feedsDir, pageRowsMax, pageDelayMs } = options;
  const places = { workspaceDir: WORKSPACE_DIR, feedsDir, quzhouPort, industryPort, pageRowsMax, pageDelayMs };
  await startChild(running, platformsSpec(places));
  await Promise.all([quzhouPort, industryPort].map((port) => waitUntilListening(port, systemClock, READY_MS_MAX)));
  return places;
}

interface ServiceUrls {
  readonly queryApi: string;
  readonly ingestionWorker: string;
  readonly ledgerService: string;
}

async function startServices(running: Running, prepared: PreparedDatabase, targetsFile: string): Promise<ServiceUrls> {
  const { config, options } = running;
  const [queryApi, ingestionWorker, ledgerService] = await Promise.all(
    [options.ports.queryApi, options.ports.ingestionWorker, options.ports.ledgerService].map((port) =>
      port === 0 ? freePort() : port,
    ),
  );
  const ports = {
    queryApi: Number(queryApi),
    ingestionWorker: Number(ingestionWorker),
    ledgerService: Number(ledgerService),
  };
  const places = {
    workspaceDir: WORKSPACE_DIR,
    dataDir: config.dataDir,
    targetsFile,
    schedules: !options.once,
    logLevel: config.logLevel,
    ports,
  };
  const specs = servicesSpec(places, prepared.serviceUrls);
  await Promise.all(Object.values(specs).map((spec) => startChild(running, spec)));
  const urls = {
    queryApi: `http://${config.host}:${ports.queryApi}`,
    ingestionWorker: `http://${config.host}:${ports.ingestionWorker}`,
    ledgerService: `http://${config.host}:${ports.ledgerService}`,
  };
  await Promise.all(Object.values(urls).map((url) => waitUntilReady(url, systemClock, READY_MS_MAX)));
  return urls;
}

async function startChild(running: Running, spec: ChildSpec): Promise<Supervised> {
  const child = await supervise(spec, running.logger, systemClock, (name) => {
    print(`${name} 无法保持运行 does not stay up; leaving`);
    void leave(running.shutdown, `${name} does not stay up`);
  });
  running.shutdown.register(spec.name, () => child.stop());
  return child;
}

async function answerDeclarations(running: Running, queryUrl: string, prepared: PreparedDatabase): Promise<void> {
  const { options } = running;
  const file = options.declarationsFile ?? join(options.feedsDir, "declarations.jsonl");
  if (options.declarationsFile === null && !existsSync(file)) return;
  const { apiKey } = prepared.credentials.declarationSystem;
  const totals: CheckTotals = await checkDeclarations(queryUrl, apiKey, file, options.answersFile);
  printVerdicts(totals, print);
}

function printNextSteps(urls: ServiceUrls, config: Config, options: StartOptions): void {
  const credentials = join(config.dataDir, "credentials.json");
  const key = `$(node -p 'require("${credentials}").declarationSystem.apiKey')`;
  const file = options.declarationsFile ?? join(options.feedsDir, "declarations.jsonl");
  print(`文档 docs: ${urls.queryApi}/docs · ${urls.ingestionWorker}/docs · ${urls.ledgerService}/docs`);
  print(`密钥 keys: ${credentials}`);
  print("试一次 try a check:");
  print(`  head -1 ${file} | curl -s ${urls.queryApi}/v1/checks -H "Authorization: Bearer ${key}" \\`);
  print("    -H 'Content-Type: application/json' -H 'Accept-Language: en' -d @-");
  print("运行中，按 Ctrl-C 停止。Running; press Ctrl-C to stop.");
}

await main();
