import type { PullsResponse, RecordsResponse } from "@xueshi/contracts";
import { connect, type Sql } from "@xueshi/database";
import type { TestDatabase } from "@xueshi/database/testing";
import { startIngestionWorker } from "@xueshi/ingestion-worker";
import { startLedgerService } from "@xueshi/ledger-service";
import { startQueryApi } from "@xueshi/query-api";
import { createLogger, createUuidV7, loadKeys, systemClock } from "@xueshi/runtime";
import { type SimulatorOptions, type Simulators, simulatorSecrets, startSimulators } from "@xueshi/scripts/simulators";
import { prepareDatabase } from "../../scripts/start/prepare-database.ts";
import { summarise } from "../../scripts/start/summarise.ts";
import { type Called, call } from "../end-to-end/call-services.ts";
import { type FullAnswer, type IdentifiedAnswer, shortAnswer } from "../end-to-end/feeds.ts";
import { createMainJobDatabase } from "../end-to-end/main-job-database.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import type { Declaration, Summary } from "../oracle/index.ts";

export type Pull = PullsResponse["pulls"][number];

/** The three services and the simulated platforms in this process, over a database of its own. */
export interface Pipeline {
  readonly simulators: Simulators;
  readonly database: PipelineDatabase;
  /** Connected as the owner of the database. */
  readonly sql: Sql;
  /** Every line that a service has logged, from `warn` on. */
  readonly log: readonly string[];
  /** Pulls a platform and waits until what it brought is posted; the pull itself at most `msMax` (60,000). */
  pull(platform: string, msMax?: number): Promise<Pull>;
  /** Pushes records as demo-training, with an Idempotency-Key or without. */
  push(records: readonly unknown[], idempotencyKey?: string): Promise<Called<RecordsResponse>>;
  /** Waits until no pull waits or runs and everything is posted; the newest pull of the platform then. */
  settled(platform: string): Promise<Pull>;
  /** Calls the ingestion worker as an operator. */
  operate<Body>(method: string, path: string, body?: unknown): Promise<Called<Body>>;
  /** Calls the ledger service as an operator. */
  operateLedger<Body>(method: string, path: string, body?: unknown): Promise<Called<Body>>;
  answers(declarations: readonly (Declaration & { readonly id: string })[]): Promise<IdentifiedAnswer[]>;
  summary(): Promise<Summary>;
  close(): Promise<void>;
}

type PipelineDatabase = Pick<TestDatabase, "url" | "drop">;

export interface PipelineOptions {
  /** Default: one of its own on the server of this run. */
  readonly database?: PipelineDatabase;
  readonly simulators: Omit<SimulatorOptions, "exportDir">;
  /** Leads the ingestion worker and the ledger service to their database. */
  readonly through?: (url: string) => string;
}

export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { through = (url) => url } = options;
  const folder = makeTemporaryFolder();
  const simulators = await startSimulators({ ...options.simulators, exportDir: folder.at("exports") });
  const database: PipelineDatabase = options.database ?? (await createMainJobDatabase());
  const newId = createUuidV7(systemClock);
  const { serviceUrls, credentials } = await prepareDatabase(database.url, folder.path, { clock: systemClock, newId });
  const log: string[] = [];
  const logger = createLogger({
    service: "test",
    level: "warn",
    clock: systemClock,
    write: (line) => void log.push(line),
  });
  const keys = await loadKeys({}, { dataDir: folder.path, production: false });
  const common = { redisUrl: null, host: "127.0.0.1", port: 0, clock: systemClock, newId, logger };
  const ingestion = await startIngestionWorker({
    ...common,
    databaseUrl: through(serviceUrls.ingestion),
    keys,
    targets: {
      "quzhou-city": { baseUrl: simulators.quzhouCity.url, credentials: simulatorSecrets.quzhouCity },
      "zj-industry": { baseUrl: simulators.zjIndustry.url, credentials: simulatorSecrets.zjIndustry },
      "zj-natural-resources": { folder: simulators.zjNaturalResources.directory },
    },
    schedules: false,
    sweepEveryMs: 500,
  });
  const ledger = await startLedgerService({ ...common, databaseUrl: through(serviceUrls.ledger), sweepEveryMs: 500 });
  const query = await startQueryApi({ ...common, databaseUrl: serviceUrls.query, keys, accessLog: "group" });
  const sql = connect({ url: database.url, connectionsMax: 2, applicationName: "test" });
  const operator = credentials.operator.apiKey;
  const unposted = async () => (await sql`SELECT FROM acquisition.batch WHERE posted_at IS NULL`).length;
  return {
    simulators,
    database,
    sql,
    log,
    async pull(platform, msMax = 60_000) {
      const started = await call<Pull>(`${ingestion.url}/v1/pulls`, operator, "POST", { platform });
      if (started.status !== 202) throw new Error(`The pull of ${platform} was answered with ${started.status}.`);
      const pull = await waitFor(
        `the end of the pull of ${platform}`,
        async () => {
          const { body } = await call<PullsResponse>(`${ingestion.url}/v1/pulls?platform=${platform}`, operator);
          return body.pulls.find(({ pullId, endedAt }) => pullId === started.body.pullId && endedAt !== null);
        },
        msMax,
      );
      await waitFor("everything to be posted", async () => (await unposted()) === 0);
      return pull;
    },
    push: (records, idempotencyKey) => {
      const key = credentials.sources["demo-training"]?.apiKey ?? "";
      const headers = idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey };
      return call<RecordsResponse>(`${ingestion.url}/v1/records`, key, "POST", { records }, undefined, headers);
    },
    settled: (platform) =>
      waitFor(`the last pull of ${platform}`, async () => {
        const { body } = await call<PullsResponse>(`${ingestion.url}/v1/pulls?platform=${platform}`, operator);
        // Another one is queued just after one is found interrupted.
        const isOpen =
          body.pulls.some(({ endedAt }) => endedAt === null) || body.pulls[0]?.error?.code === "interrupted";
        return isOpen || (await unposted()) > 0 ? null : body.pulls[0];
      }),
    operate: (method, path, body) => call(ingestion.url + path, operator, method, body),
    operateLedger: (method, path, body) => call(ledger.url + path, operator, method, body),
    async answers(declarations) {
      const checks = declarations.map(({ id, practitioner, declaration }) => ({ id, practitioner, declaration }));
      const url = `${query.url}/v1/checks/batch`;
      const answered = await call<{ results: FullAnswer[] }>(url, credentials.declarationSystem.apiKey, "POST", {
        checks,
      });
      return answered.body.results.map(shortAnswer);
    },
    async summary() {
      const client = (url: string) => ({
        get: async (path: string) => (await call<unknown>(url + path, operator)).body,
        post: async (path: string, body: unknown) => (await call<unknown>(url + path, operator, "POST", body)).body,
      });
      return (await summarise(client(ingestion.url), client(ledger.url))).summary as Summary;
    },
    async close() {
      await Promise.all([ingestion.close(), ledger.close(), query.close(), simulators.close()]);
      await sql.end({ timeout: 5 });
      await database.drop();
      folder.remove();
    },
  };
}
