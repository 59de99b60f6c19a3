import { writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { createLogger, createShutdown, readConfig, type Shutdown, systemClock } from "@xueshi/runtime";
import { findCheckPeople } from "./check-people.ts";
import type { Figures, Machine } from "./figures.ts";
import { type GrowthFigure, measureGrowth } from "./growth/measure-growth.ts";
import { AUDITS, type AuditFigure, measureAudits } from "./ledger/measure-audit.ts";
import { measurePosting, type PostingFigure } from "./ledger/measure-posting.ts";
import { type BenchPostgres, startBenchPostgres } from "./ledger/start-postgres.ts";
import { measureBatch } from "./measure-batch.ts";
import { measureChecks } from "./measure-checks.ts";
import { measurePlain } from "./measure-plain.ts";
import { measurePull, measureRawLimit } from "./measure-pull.ts";
import { measurePush, type PushFigure, type PushShape } from "./measure-push.ts";
import { measureRules, type RulesFigure } from "./measure-rules.ts";
import { measureStream } from "./measure-stream.ts";
import { measureUpload } from "./measure-upload.ts";
import { measureVisible } from "./measure-visible.ts";
import { printFigures } from "./print-figures.ts";
import { prepareRaw } from "./raw-write.ts";
import { type BenchOptions, type Figure, HELP, readOptions } from "./read-options.ts";
import { startBareServer } from "./start-peers.ts";
import { type Stack, startStack } from "./start-stack.ts";

const RAW_DATABASE = "bench_raw";
const BYTES_PER_GIB = 1_073_741_824;
const PUSHES: readonly PushShape[] = [
  { recordsPerRequest: 1_000, requestsPerRound: 10, rawConnections: 3 },
  { recordsPerRequest: 10, requestsPerRound: 200, rawConnections: 4 },
];
/** Each shape of push has its own people. */
const PEOPLE_PER_SHAPE = 1_000_000;

/** Figures that are measured beside the raw writing of the same rows. */
const WRITES = ["pull", "push", "stream", "upload"] as const;

const progress = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.cwd());
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const config = readConfig(process.env, process.cwd());
  const logger = createLogger({ service: "bench", level: "warn", clock: systemClock });
  const shutdown = createShutdown({ logger, stepMsMax: 60_000 });
  shutdown.listen();
  try {
    const { profileDir, rows } = options;
    const [loadBefore = 0] = loadavg();
    const rules = options.figures.has("rules") ? await measureRulesFirst(options.pairs, config.dataDir) : null;
    const posting = options.figures.has("posting") ? await measurePostingAlone(options, config, shutdown) : [];
    const audits = AUDITS.some((audit) => options.figures.has(audit))
      ? await measureAuditsAlone(options, config, shutdown)
      : [];
    const growth = options.figures.has("growth") ? await measureGrowthAlone(options, config, shutdown) : null;
    const needsStack = [...options.figures].some((figure) => !WITHOUT_STACK.has(figure));
    const stack = needsStack
      ? await startStack({ parentDir: config.dataDir, rows, profileDir, logger, shutdown })
      : null;
    const figures = stack === null ? NOTHING_MORE : await measure(stack, options, config.redisUrl, shutdown);
    const [loadAfter = 0] = loadavg();
    const queue = config.redisUrl === null ? "postgres" : "redis";
    const machine = {
      ...describeMachine(),
      postgres: stack?.postgres.version ?? null,
      queue,
      loadBefore,
      loadAfter,
    } as const;
    const all: Figures = { machine, rows, pairs: options.pairs, rules, posting, audits, growth, ...figures };
    printFigures(all, print);
    if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(all, null, 1)}\n`);
    await shutdown.run("measured");
  } catch (error) {
    if (shutdown.signal.aborted) return;
    print(`could not measure: ${error instanceof Error ? error.message : String(error)}`);
    shutdown.register("failed", () => {
      throw new Error("the measurement failed");
    });
    await shutdown.run("failed");
  }
}

const WITHOUT_STACK: ReadonlySet<Figure> = new Set<Figure>(["rules", "posting", "growth", ...AUDITS]);

/** On a server of its own, before the services start; it stays until the end. */
async function measurePostingAlone(
  { pairs }: BenchOptions,
  { dataDir }: { readonly dataDir: string },
  shutdown: Shutdown,
): Promise<PostingFigure[]> {
  progress("posting, raw writing and event stores");
  const server = await startServer(dataDir, shutdown);
  const storesDir = join(dataDir, "bench-event-stores");
  return measurePosting(server, { pairs, storesDir, scale: 1 }, shutdown.signal);
}

/** On a server of its own, whose ledgers may be those of an earlier run. */
async function measureGrowthAlone(
  options: BenchOptions,
  { dataDir }: { readonly dataDir: string },
  shutdown: Shutdown,
): Promise<GrowthFigure> {
  progress(`filling ledgers of 100000 and about ${options.entries} entries`);
  return measureGrowth(await startServer(dataDir, shutdown, options.keptDir), options, shutdown);
}

async function measureAuditsAlone(
  { figures, ledgerRecords: records, pairs }: BenchOptions,
  { dataDir }: { readonly dataDir: string },
  shutdown: Shutdown,
): Promise<AuditFigure[]> {
  progress(`a ledger of about ${records} records, gone through whole`);
  return measureAudits(await startServer(dataDir, shutdown), { audits: figures, records, pairs }, shutdown.signal);
}

function startServer(dataDir: string, shutdown: Shutdown, keptDir: string | null = null): Promise<BenchPostgres> {
  const logger = createLogger({ service: "bench", level: "warn", clock: systemClock });
  return startBenchPostgres(dataDir, { logger, shutdown }, keptDir);
}

const NOTHING_MORE = {
  ...{ pull: null, push: [], plain: null, stream: null, visible: null, upload: null },
  ...{ check: null, batch: null },
} as const;

/** Before anything else runs on the machine. */
async function measureRulesFirst(pairs: number, dataDir: string): Promise<RulesFigure> {
  process.stderr.write("bench: rules\n");
  return measureRules(pairs, join(dataDir, "bench-engines"));
}

/** The pull comes first in any case: it fills the database that everything else is measured on. */
async function measure(
  stack: Stack,
  options: BenchOptions,
  redisUrl: string | null,
  shutdown: Shutdown,
): Promise<Omit<Figures, "machine" | "rows" | "pairs" | "rules" | "posting" | "audits" | "growth">> {
  const { figures, pairs } = options;
  const { signal } = shutdown;
  progress(`pulling about ${options.rows} rows`);
  const pulled = await measurePull(stack, signal);
  if (WRITES.some((figure) => figures.has(figure))) await prepareRaw(stack.postgres.url, RAW_DATABASE);
  let pull: Figures["pull"] = null;
  if (figures.has("pull")) {
    progress("writing the same rows raw");
    pull = { ...pulled, raw: await measureRawLimit(stack, RAW_DATABASE, signal) };
  }
  const written = await measureArrivals(stack, options, redisUrl, shutdown);
  if (!figures.has("check") && !figures.has("batch")) return { pull, ...written, check: null, batch: null };
  const people = await findCheckPeople(stack);
  const bare = await startBareServer(stack, shutdown);
  if (figures.has("check")) progress("single checks");
  const check = figures.has("check") ? await measureChecks(stack, people, bare, options, shutdown) : null;
  if (figures.has("batch")) progress("batch checks");
  const batch = figures.has("batch") ? await measureBatch(stack, people, bare, pairs, signal) : null;
  return { pull, ...written, check, batch };
}

/** Everything that training platforms send: requests, one long stream, and how soon a push is seen. */
async function measureArrivals(
  stack: Stack,
  { figures, pairs, records }: BenchOptions,
  redisUrl: string | null,
  shutdown: Shutdown,
): Promise<Pick<Figures, "push" | "plain" | "stream" | "visible" | "upload">> {
  const { signal } = shutdown;
  const firstPersonOf = (index: number) => index * PEOPLE_PER_SHAPE;
  const push: PushFigure[] = [];
  for (const [index, shape] of figures.has("push") ? PUSHES.entries() : []) {
    progress(`pushing ${shape.recordsPerRequest} records a request`);
    const raw = { pairs, firstPerson: firstPersonOf(index), rawDatabase: RAW_DATABASE };
    push.push(await measurePush(stack, shape, raw, signal));
  }
  if (figures.has("push")) progress("a job for each record, to compare with");
  const plain = figures.has("push")
    ? await measurePlain(stack, { firstPerson: firstPersonOf(2), redisUrl }, shutdown)
    : null;
  if (figures.has("visible")) progress("pushes at fixed times, until they are seen");
  const visible = figures.has("visible") ? await measureVisible(stack, firstPersonOf(3), { signal }) : null;
  if (figures.has("stream")) progress(`streaming ${records} records in one request`);
  const wanted = { records, firstPerson: firstPersonOf(4), rawDatabase: RAW_DATABASE };
  const stream = figures.has("stream") ? await measureStream(stack, wanted, signal) : null;
  if (figures.has("upload")) progress("uploading a workbook of 100000 rows");
  const book = { firstPerson: firstPersonOf(5), rawDatabase: RAW_DATABASE };
  const upload = figures.has("upload") ? await measureUpload(stack, book, signal) : null;
  return { push, plain, stream, visible, upload };
}

function describeMachine(): Pick<Machine, "processor" | "cores" | "memoryGib" | "node"> {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown processor",
    cores: processors.length,
    memoryGib: Math.round(totalmem() / BYTES_PER_GIB),
    node: process.versions.node,
  };
}

await main();
