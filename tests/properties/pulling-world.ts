import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { queueBackfill, queuePull } from "@xueshi/database";
import { createSourceRegistry, PLATFORMS as PULLED, type Platform as PulledPlatform } from "@xueshi/platforms";
import { type Simulators, simulatorSecrets, startSimulators } from "@xueshi/scripts/simulators";
import { runPull } from "../../services/ingestion-worker/src/admission/run-pull.ts";
import { createKnownPeople } from "../../services/ingestion-worker/src/admission/settle-identities.ts";
import type { IngestionContext } from "../../services/ingestion-worker/src/ingestion-context.ts";
import { postBatch } from "../../services/ledger-service/src/ledger/post-batch.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import type { Category, Platform } from "../oracle/index.ts";
import { writeFeeds } from "../oracle/write-feeds.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import type { Death } from "./mortal-process.ts";
import { MortalProcess } from "./mortal-process.ts";
import type { Ending } from "./pull-steps.ts";

/** Small pages, so that a few rows are several of them; batches smaller still. */
const ROWS_PER_PAGE = 4;
const BATCH_ROWS = 5;
const OVERLAP_SECONDS = 86_400;
/** How long an answer may take while platforms misbehave: `hang` costs this each time. */
const IMPATIENT_MS = 200;
const PATIENT_MS = 30_000;

/** A pull that has come to its end. */
export interface EndedPull {
  readonly platform: Platform;
  readonly state: string;
  readonly reason: string | null;
  readonly isBackfill: boolean;
}

/** What an ending did, and what it could have done. */
export interface Happened {
  readonly ended: readonly EndedPull[];
  readonly hasDied: boolean;
  readonly wasStopped: boolean;
}

/** The ledger world with an ingestion worker that pulls simulated platforms, and dies when told to. */
export type PullingWorld = Awaited<ReturnType<typeof openPullingWorld>>;

export async function openPullingWorld() {
  const world = await openLedgerWorld();
  const folder = makeTemporaryFolder();
  const elsewhere = await openElsewhere();
  writeFeeds(folder.path, noFeeds);
  let simulators: Simulators | null = null;
  let exports = 0;
  let aheadMs = 0;
  const refusedFiles: Record<string, number> = {};
  let aheadWarnings = 0;
  const logger = {
    ...world.ingestion.logger,
    warn(message: string, fields: Readonly<Record<string, unknown>> = {}) {
      if (message === "platform clock is ahead") aheadWarnings += 1;
      if (message !== "export file not taken") return;
      refusedFiles[String(fields.reason)] = (refusedFiles[String(fields.reason)] ?? 0) + 1;
    },
  };
  const clock = () => world.clock() - aheadMs;
  const contextOf = (running: Simulators, timeoutMs: number, changes: Partial<IngestionContext>): IngestionContext => ({
    ...world.ingestion,
    knownPeople: createKnownPeople(),
    sources: createSourceRegistry(
      PULLED.map((platform) => small(platform, timeoutMs)),
      [],
    ),
    targets: {
      "quzhou-city": { baseUrl: running.quzhouCity.url, credentials: simulatorSecrets.quzhouCity },
      "zj-industry": { baseUrl: running.zjIndustry.url, credentials: simulatorSecrets.zjIndustry },
      "zj-natural-resources": { folder: running.zjNaturalResources.directory },
    },
    clock,
    logger,
    batchRows: BATCH_ROWS,
    ...changes,
  });
  const simulatorsNow = (): Simulators => {
    if (simulators === null) throw new Error("the world was not reset yet");
    return simulators;
  };
  return {
    world,
    elsewhere,
    /** Files that were not taken, by reason, since the world was opened. */
    refusedFiles,
    aheadWarnings: () => aheadWarnings,
    simulators: simulatorsNow,
    /** Empties everything and starts platforms without rows; our clock is behind the platforms' by so much. */
    async reset(categories: readonly Category[], behindMs: number): Promise<void> {
      await simulators?.close();
      await world.reset(categories);
      await world.owner`DELETE FROM acquisition.catalogue`;
      aheadMs = behindMs;
      exports += 1;
      simulators = await startSimulators({ feedsDir: folder.path, exportDir: folder.at(`exports-${exports}`), clock });
      simulators.quzhouCity.setCategories(categories);
    },
    /** Our clock is right from now on. */
    setClockRight(): void {
      aheadMs = 0;
    },
    /** Pulls a platform, and whatever else of it waits, in a process of its own. */
    async pull(platform: Platform, ending: Ending | null, isCalm = false): Promise<Happened> {
      const process = new MortalProcess(ending === null || ending.before === "stop" ? null : (ending as Death));
      const stop = new AbortController();
      let requests = 0;
      const fetch: typeof globalThis.fetch = (...args) => {
        requests += 1;
        if (ending?.before === "stop" && requests >= ending.nth) stop.abort();
        return process.fetch(globalThis.fetch)(...args);
      };
      const sql = process.sql(world.ingestion.sql);
      const context = contextOf(simulatorsNow(), isCalm ? PATIENT_MS : IMPATIENT_MS, { sql, fetch });
      const source = context.sources.platformNamed(platform);
      if (source === null) throw new Error(`${platform} is not pulled`);
      await queuePull(world.ingestion.sql, { pullId: context.newId(), platform, queuedAtMs: clock() });
      const before = new Set((await readEnded(world, platform)).map(({ pullId }) => pullId));
      await process.live(() => runPull(context, source, stop.signal));
      const ended = (await readEnded(world, platform)).filter(({ pullId }) => !before.has(pullId));
      return { ended, hasDied: process.isDead, wasStopped: stop.signal.aborted };
    },
    /** Puts a month of a platform on the list of what is to be read again. */
    async askAgain(platform: Platform, month: number): Promise<void> {
      const [year, nth] = [2018 + Math.floor(month / 12), (month % 12) + 1];
      const fromDay = `${year}-${String(nth).padStart(2, "0")}-01`;
      const pull = { pullId: world.ingestion.newId(), platform, queuedAtMs: clock(), requestedBy: "operator" };
      await queueBackfill(world.ingestion.sql, { ...pull, fromDay, untilDay: `${fromDay.slice(0, 8)}28` } as never, 20);
    },
    /** Posts a batch in a process of its own; true when that process died. */
    async post(batchId: string, death: Death | null): Promise<boolean> {
      const process = new MortalProcess(death);
      await process.live(() => postBatch({ ...world.posting, sql: process.sql(world.posting.sql) }, batchId));
      return process.isDead;
    },
    async close(): Promise<void> {
      await simulators?.close();
      await elsewhere.close();
      await world.close();
      folder.remove();
    },
  };
}

const noFeeds = {
  quzhouCity: [],
  quzhouCityCategories: [],
  zjIndustry: [],
  zjNaturalResources: [],
  incomplete: [],
} as const;

/** The platform as it is, but for the size of its pages and its patience. */
function small(platform: PulledPlatform, requestTimeoutMs: number): PulledPlatform {
  const { connection } = platform;
  if (connection.transport === "file")
    return { ...platform, connection: { ...connection, rowsPerPage: ROWS_PER_PAGE } };
  if (connection.transport !== "http-json") return platform;
  const overlap = { overlapSeconds: OVERLAP_SECONDS, overlapSecondsMax: undefined };
  const paging = {
    ...connection.paging,
    rowsPerPage: ROWS_PER_PAGE,
    ...(connection.paging.kind === "page-by-update-time" ? overlap : {}),
  };
  return { ...platform, connection: { ...connection, paging, requestTimeoutMs } as PulledPlatform["connection"] };
}

async function readEnded(world: LedgerWorld, platform: Platform): Promise<(EndedPull & { readonly pullId: string })[]> {
  return world.owner<(EndedPull & { pullId: string })[]>`
    SELECT pull_id AS "pullId", platform, state, reason, kind = 'backfill' AS "isBackfill" FROM acquisition.pull
    WHERE platform = ${platform} AND state NOT IN ('queued', 'running') ORDER BY ended_at, pull_id`;
}

/** Another host: whoever comes here has followed a redirect with everything that was sent along. */
async function openElsewhere() {
  let visitors = 0;
  const server = createServer((_request, response) => {
    visitors += 1;
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    visitors: () => visitors,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
