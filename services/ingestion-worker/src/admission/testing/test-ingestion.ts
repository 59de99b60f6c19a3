import { randomBytes } from "node:crypto";
import { SCOPES } from "@xueshi/contracts";
import { classifyFailure, connect, type PullView, readPulls, type Sql } from "@xueshi/database";
import { createTestDatabase } from "@xueshi/database/testing";
import { createApp } from "@xueshi/http";
import { createSourceRegistry, type Platform } from "@xueshi/platforms";
import { createUuidV7 } from "@xueshi/runtime";
import { createVault } from "@xueshi/vault";
import type { PlatformTarget } from "../../acquisition/platform-targets.ts";
import { addAcquisitionRoutes } from "../../acquisition/routes.ts";
import { CITY_CREDENTIALS } from "../../acquisition/testing/city-server.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { handlePullPlatform } from "../pull-platform.job.ts";
import { addPullDecisionRoutes } from "../pull-routes.ts";
import { addOwnLinesRoutes } from "../reconciliation/own-lines-routes.ts";
import { addReconciliationRoutes } from "../reconciliation/reconciliation-routes.ts";
import { runPull } from "../run-pull.ts";
import { createKnownPeople } from "../settle-identities.ts";

/** The morning of a day in Shanghai. */
const START_MS = Date.parse("2026-11-01T08:00:00+08:00");

/** The ingestion of one platform over a database of its own, without queue and timers: pulls run when they are told to. */
export type TestIngestion = Awaited<ReturnType<typeof openTestIngestion>>;

export async function openTestIngestion() {
  const database = await createTestDatabase();
  const url = await database.urlAs("ingestion");
  const open = (connectionsMax: number, onClose?: () => void): Sql =>
    connect({ url, connectionsMax, applicationName: "test", ...(onClose === undefined ? {} : { onClose }) });
  const owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  const state = { nowMs: START_MS };
  const warnings: string[] = [];
  const context: IngestionContext = {
    sql: open(4),
    openLease: (onClose) => open(1, onClose),
    queue: silentQueue,
    vault: createVault({ indexKey: randomBytes(32), masterKey: randomBytes(32) }),
    knownPeople: createKnownPeople(),
    sources: createSourceRegistry([], []),
    targets: {},
    clock: () => state.nowMs,
    newId: createUuidV7(() => state.nowMs),
    chance: () => 0.5,
    logger: { ...silentLogger, warn: (message: string) => void warnings.push(message) },
    fetch: globalThis.fetch,
    delay: async () => {},
    batchRows: 4,
    retentionDays: 400,
    readmissionListDays: 400,
    needsSecondEraser: false,
  };
  const app = appOf(context);
  const signal = new AbortController().signal;
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { "Content-Type": "application/json", Authorization: "Bearer any", "Accept-Language": "en" };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await app.fetch(new Request(`http://test${path}`, request));
    return { status: response.status, json: (await response.json()) as never };
  };
  return {
    state,
    context,
    owner,
    warnings,
    call,
    /** Pulls these platforms, reached at this address, folder or staging database, from now on. */
    use(platforms: readonly Platform[], place: string): void {
      const targets = Object.fromEntries(platforms.map(({ name }) => [name, targetAt(place)]));
      Object.assign(context, { sources: createSourceRegistry(platforms, []), targets });
    },
    /** What a hint of the schedule does. */
    hint: (platform: Platform) => handlePullPlatform(context, { platform: platform.name }, { signal }),
    /** Runs what waits. */
    run: (platform: Platform) => runPull(context, platform, signal),
    /** Asks for a pull, runs what waits, and gives the pull back as the API shows it. */
    async pull(platform: Platform, range: object = {}): Promise<PullJson> {
      const started = await call("POST", "/v1/pulls", { platform: platform.name, ...range });
      if (started.status !== 202) throw new Error(`The pull was answered with ${started.status}.`);
      await runPull(context, platform, signal);
      const { pullId } = started.json as PullJson;
      return (await call("GET", `/v1/pulls/${pullId}`)).json;
    },
    pulls: (platform: Platform): Promise<PullView[]> =>
      readPulls(context.sql, { platform: platform.name, state: null, before: null, limit: 100 }),
    async close(): Promise<void> {
      await Promise.all([context.sql.end({ timeout: 5 }), owner.end({ timeout: 5 })]);
      await database.drop();
    },
  };
}

function targetAt(place: string): PlatformTarget {
  if (place.startsWith("/")) return { folder: place };
  return place.startsWith("http") ? { baseUrl: place, credentials: CITY_CREDENTIALS } : { databaseUrl: place };
}

export interface PullJson {
  readonly pullId: string;
  readonly kind: string;
  readonly state: string;
  readonly rows: number;
  readonly error: { readonly code: string } | null;
  readonly findings: readonly { readonly code: string; readonly before: number; readonly missing: number }[];
  readonly [field: string]: unknown;
}

function appOf(context: IngestionContext) {
  const app = createApp({
    title: { "zh-CN": "测试", en: "Test" },
    version: "0",
    logger: silentLogger,
    clock: context.clock,
    ids: context.newId,
    classifyFailure,
    authenticate: () => ({ keyId: "k", kind: "operator", name: "operator-1", scopes: SCOPES }),
    accessLog: false,
  });
  addAcquisitionRoutes(app, context);
  addPullDecisionRoutes(app, context);
  addReconciliationRoutes(app, context);
  addOwnLinesRoutes(app, context);
  return app;
}

const silentLogger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLogger };

const silentQueue = {
  enqueue: async () => {},
  enqueueMany: async () => {},
  schedule: async () => ({ nextRunMs: 0 }),
  unschedule: async () => {},
  ensureSchedules: async () => ({ restored: [] }),
  work: () => {},
  health: async () => ({ backend: "postgres" as const, reachable: true, counts: {} }),
  close: async () => ({ drained: true }),
};
