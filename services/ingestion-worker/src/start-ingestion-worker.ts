import { type ApiKeyRow, classifyFailure, connect, InstallationMismatch, readApiKey } from "@xueshi/database";
import { type App, authenticate, createApp, type Principal, serve } from "@xueshi/http";
import { SOURCES, type SourceRegistry } from "@xueshi/platforms";
import { type JobQueue, openQueue } from "@xueshi/queue";
import { type Chance, type Clock, type Keys, type Logger, type NameVariants, systemChance } from "@xueshi/runtime";
import { createVault } from "@xueshi/vault";
import { openLines } from "./acquisition/open-lines.ts";
import type { TargetSettings } from "./acquisition/platform-targets.ts";
import { addAcquisitionRoutes } from "./acquisition/routes.ts";
import { handleErasePerson } from "./admission/erasure/erase-person.job.ts";
import { addErasureRoutes } from "./admission/erasure/erasure-routes.ts";
import { addMergeRoutes } from "./admission/identity/merge-routes.ts";
import { stateKeys } from "./admission/identity/state-keys.ts";
import { handlePullPlatform } from "./admission/pull-platform.job.ts";
import { addPullDecisionRoutes } from "./admission/pull-routes.ts";
import { addQuarantineRoutes } from "./admission/quarantine/quarantine-routes.ts";
import { addReadmissionRoutes } from "./admission/readmission/readmission-routes.ts";
import { handleReadmitRows } from "./admission/readmission/readmit-rows.job.ts";
import { addOwnLinesRoutes } from "./admission/reconciliation/own-lines-routes.ts";
import { handleReconcile } from "./admission/reconciliation/reconcile.job.ts";
import { addReconciliationRoutes } from "./admission/reconciliation/reconciliation-routes.ts";
import { addAdmissionRoutes } from "./admission/routes.ts";
import { createKnownPeople } from "./admission/settle-identities.ts";
import { handleReadUpload } from "./admission/upload/read-upload.job.ts";
import { addUploadRoutes } from "./admission/upload/upload-routes.ts";
import type { IngestionContext } from "./ingestion-context.ts";
import { sweep } from "./sweep.ts";

export interface IngestionWorkerOptions {
  readonly databaseUrl: string;
  /** Null: the queue lives in PostgreSQL. */
  readonly redisUrl: string | null;
  readonly keys: Keys;
  /** Default: every source with a folder in `packages/platforms`. */
  readonly sources?: SourceRegistry;
  readonly targets: TargetSettings;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Spreads what is tried again. Default: the machine's. */
  readonly chance?: Chance;
  readonly logger: Logger;
  /** Default `hold`. */
  readonly nameVariants?: NameVariants;
  /** Days after its end for which the list of what a re-admission changed is kept. Default 400. */
  readonly readmissionListDays?: number;
  /** Whether another operator erases somebody than the one who proposed it. Default true. */
  readonly needsSecondEraser?: boolean;
  /** Whether platforms are pulled on their schedules; pulls on demand always work. Default true. */
  readonly schedules?: boolean;
  /** Rows that one stored batch holds at least, while more are to come. Default 1,000. */
  readonly batchRows?: number;
  /** Milliseconds between two looks for pulls that the queue forgot. Default 5,000. */
  readonly sweepEveryMs?: number;
}

export interface RunningService {
  readonly url: string;
  /** Takes nothing new, ends what runs, and closes everything that was opened. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 12;
const RETENTION_DAYS = 400;
const DRAIN_MS_MAX = 8_000;
/** A process that has vanished without a word holds a platform's lease no longer than this. */
const LEASE_SILENT_MS_MAX = 60_000;

/** Starts the service that pulls platforms and takes pushes. */
export async function startIngestionWorker(options: IngestionWorkerOptions): Promise<RunningService> {
  const { clock, newId, logger, host, port } = options;
  const sources = options.sources ?? SOURCES;
  const lines = await openLines(options.targets, sources.platforms, newId);
  const sql = connect({
    url: options.databaseUrl,
    connectionsMax: CONNECTIONS_MAX,
    applicationName: "ingestion-worker",
    keyedPlans: true,
  });
  const vault = createVault(options.keys);
  const confirmKeys = onceDone(() => stateKeys(sql, vault, clock()));
  // A database that is away is waited for; one of other keys is not to be served.
  await confirmKeys().catch((error: unknown) => {
    if (error instanceof InstallationMismatch) throw error;
  });
  const queue = openQueue({
    redisUrl: options.redisUrl ?? undefined,
    postgresUrl: options.redisUrl === null ? options.databaseUrl : undefined,
    logger,
  });
  const context: IngestionContext = {
    sql,
    openLease: (onClose) =>
      connect({
        url: options.databaseUrl,
        connectionsMax: 1,
        applicationName: "ingestion-worker-lease",
        onClose,
        idleSessionMsMax: LEASE_SILENT_MS_MAX,
      }),
    queue,
    vault,
    knownPeople: createKnownPeople(),
    nameVariants: options.nameVariants ?? "hold",
    needsSecondEraser: options.needsSecondEraser ?? true,
    sources,
    targets: lines.targets,
    clock,
    newId,
    chance: options.chance ?? systemChance,
    logger,
    fetch: globalThis.fetch,
    delay: waitFor,
    batchRows: options.batchRows ?? 1_000,
    retentionDays: RETENTION_DAYS,
    readmissionListDays: options.readmissionListDays ?? RETENTION_DAYS,
  };
  const app = createIngestionApp(context, confirmKeys);
  const server = await serve(app, { host, port, ids: newId });
  work(queue, context, confirmKeys);
  if (options.schedules ?? true) await schedulePulls(context);
  const sweeper = startSweeper(context, options.sweepEveryMs ?? 5_000);
  return {
    url: `http://${server.host}:${server.port}`,
    async close() {
      await sweeper.stop();
      await server.close(DRAIN_MS_MAX);
      await queue.close({ timeoutMs: DRAIN_MS_MAX });
      await lines.close();
      await sql.end({ timeout: 5 });
    },
  };
}

function addRoutes(app: App, context: IngestionContext): void {
  addAdmissionRoutes(app, context);
  addAcquisitionRoutes(app, context);
  addPullDecisionRoutes(app, context);
  addUploadRoutes(app, context);
  addQuarantineRoutes(app, context);
  addMergeRoutes(app, context);
  addReadmissionRoutes(app, context);
  addReconciliationRoutes(app, context);
  addOwnLinesRoutes(app, context);
  addErasureRoutes(app, context);
}

async function schedulePulls(context: IngestionContext): Promise<void> {
  for (const { name, schedule } of context.sources.platforms) {
    if (context.targets[name] === undefined) continue;
    const spec = { cron: schedule.cron, tz: schedule.timeZone };
    await context.queue.schedule("pull-platform", name, spec, { platform: name }).catch((error: unknown) => {
      context.logger.warn("a schedule waits for the queue", { platform: name, error });
    });
  }
}

function startSweeper(context: IngestionContext, everyMs: number): { stop: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const run = () => {
    if (isRunning) return;
    isRunning = true;
    running = sweep(context)
      .catch((error: unknown) => context.logger.warn("a sweep failed; the next one looks again", { error }))
      .finally(() => {
        isRunning = false;
      });
  };
  run();
  const timer = setInterval(run, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

function principalOf(row: ApiKeyRow | null): Principal | null {
  return row === null ? null : (row as Principal);
}

function waitFor(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, delayMs);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}

function createIngestionApp(context: IngestionContext, confirmKeys: () => Promise<void>): App {
  const { sql, clock, newId, logger } = context;
  const app = createApp({
    title: { "zh-CN": "学时采集服务", en: "Ingestion worker" },
    version: "0.1.0",
    logger,
    clock,
    ids: newId,
    authenticate: authenticate({
      lookup: async (digest) => {
        await confirmKeys();
        return principalOf(await readApiKey(sql, digest));
      },
      clock,
    }),
    classifyFailure,
    readiness: { database: () => sql`SELECT 1`, keys: confirmKeys },
  });
  addRoutes(app, context);
  return app;
}

/** Every job waits until it is known that the keys are those of the installation. */
function work(queue: JobQueue, context: IngestionContext, confirmKeys: () => Promise<void>): void {
  const guarded =
    <Payload, Job>(handle: (context: IngestionContext, payload: Payload, job: Job) => Promise<void>) =>
    async (payload: Payload, job: Job): Promise<void> => {
      await confirmKeys();
      await handle(context, payload, job);
    };
  queue.work("pull-platform", guarded(handlePullPlatform), { concurrency: context.sources.platforms.length });
  queue.work("read-upload", guarded(handleReadUpload), { concurrency: 1 });
  queue.work("readmit-rows", guarded(handleReadmitRows), { concurrency: 1 });
  queue.work("reconcile", guarded(handleReconcile), { concurrency: 1 });
  queue.work("erase-person", guarded(handleErasePerson), { concurrency: 1 });
}

/** Done anew until it was done once without an error. */
function onceDone(action: () => Promise<void>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (isDone) return;
    await action();
    isDone = true;
  };
}
