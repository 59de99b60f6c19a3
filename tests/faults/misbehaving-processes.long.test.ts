import { writeFileSync } from "node:fs";
import type { PullsResponse } from "@xueshi/contracts";
import { connect, type Sql } from "@xueshi/database";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import {
  FAULT_KINDS,
  type FaultKind,
  FILE_FAULT_KINDS,
  type SimulatorCounters,
  simulatorSecrets,
} from "@xueshi/scripts/simulators";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Credentials, prepareDatabase } from "../../scripts/start/prepare-database.ts";
import { summarise } from "../../scripts/start/summarise.ts";
import { call } from "../end-to-end/call-services.ts";
import { type ExpectedFeeds, type FullAnswer, generatedFeeds, shortAnswer } from "../end-to-end/feeds.ts";
import { createMainJobDatabase } from "../end-to-end/main-job-database.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { PLATFORMS } from "../oracle/index.ts";
import { type Random, randomFrom } from "../oracle/random.ts";
import { FireCounts } from "../properties/fire-counts.ts";
import { expectLedger } from "./expect-ledger.ts";
import {
  type PlatformProcess,
  type RunningServices,
  startPlatforms,
  startServiceProcesses,
} from "./service-processes.ts";

/** XUESHI_FAULT_SEED and XUESHI_FAULT_ROUNDS repeat a round, or make more of them. */
const seedFirst = Number(process.env.XUESHI_FAULT_SEED ?? 1);
const rounds = Number(process.env.XUESHI_FAULT_ROUNDS ?? 5);
const seeds = Array.from({ length: rounds }, (_, nth) => seedFirst + nth);
const BLOWS = 12;
/** So that a moment can be met in the middle of a pull. */
const PAGE_DELAY_MS = 20;
/** A moment is so many requests after the pulls were taken; a platform that hangs is struck after so long. */
const REQUESTS_MAX = 40;
const HANGING_MS = 3_000;
const OF_INDUSTRY: readonly FaultKind[] = ["total_rows", "clock_skew"];
/** What needs rows comes first, while there are any. A hang is left to chance: it costs half a minute. */
const ARMED: readonly FaultKind[] = FAULT_KINDS.filter((kind) => kind !== "hang").toReversed();
const CALL_MS_MAX = 5_000;
const PULLS_TO_CONVERGE_MAX = 4;

const folder = makeTemporaryFolder();
const counts = new FireCounts();
let expected: ExpectedFeeds;
let round: Round | null = null;

beforeAll(() => {
  expected = generatedFeeds(folder.at("feeds"), { seed: 58, people: 250, recordsPerPerson: 15 });
});
afterEach(async () => {
  await round?.close();
  round = null;
});
afterAll(() => folder.remove());

it.for(seeds)(
  "ends as if nothing had happened, whatever platforms do and whoever is killed (seed %i)",
  async (seed, { annotate }) => {
    const random = randomFrom(seed);
    round = await openRound(seed, random.int(6, 16));
    const blows: string[] = [];
    const told = () => `seed ${seed}, ${blows.join(", ")}\n${round?.output()}`;
    for (let nth = 0; nth < BLOWS; nth += 1) {
      blows.push(await telling(told, strike(round, random, seed * BLOWS + nth)));
    }
    await round.control("/behave");
    for (const platform of PLATFORMS) await telling(told, converge(round, platform));
    await waitFor("everything to be posted", async () => (await round?.unposted()) === 0);
    expect(await round.answers(), told()).toEqual(expected.answers);
    expect(await round.summary(), told()).toEqual(expected.summary);
    await expectLedger(round.database.url, expected.records);
    await expectCompleteWasComplete(round.sql);
    counts.add((await round.control("/")).counters);
    const interrupted = await round.sql`SELECT FROM acquisition.pull WHERE reason = 'interrupted'`;
    for (const _ of interrupted) counts.end("failed", "interrupted");
    await annotate(JSON.stringify(counts));
  },
);

it("has seen every fault, and has killed in the middle of pulls", () => {
  const never = [...FAULT_KINDS, ...FILE_FAULT_KINDS].filter((kind) => (counts.faults[kind] ?? 0) === 0);
  expect(never).toEqual([]);
  expect(counts.deaths["ingestion-worker before the end of its work"] ?? 0).toBeGreaterThan(2 * rounds);
  expect(counts.deaths["ledger-service before the end of its work"] ?? 0).toBeGreaterThan(rounds / 2);
  expect(counts.ends["failed: interrupted"] ?? 0).toBeGreaterThan(2 * rounds);
});

/** Platforms and services of one round, over a database of its own. */
type Round = Awaited<ReturnType<typeof openRound>>;

async function openRound(seed: number, pageRowsMax: number) {
  const at = (name: string) => folder.at(`${name}-${seed}`);
  const places = { feedsDir: folder.at("feeds"), exportDir: at("exports") };
  const platforms = await startPlatforms({ ...places, pageRowsMax, pageDelayMs: PAGE_DELAY_MS });
  const database = await createMainJobDatabase();
  const newId = createUuidV7(systemClock);
  const { serviceUrls, credentials } = await prepareDatabase(database.url, folder.path, { clock: systemClock, newId });
  writeFileSync(at("targets"), JSON.stringify(targetsOf(platforms, at("exports"))));
  const services = await startServiceProcesses({ dataDir: folder.path, targetsFile: at("targets"), serviceUrls });
  const sql = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  const processes = [platforms.process, ...Object.values(services.processes)];
  return {
    ...{ database, sql, services },
    ...askRound(services, platforms, credentials),
    armed: new Set<string>(),
    isPulling: async () => (await sql`SELECT FROM acquisition.pull WHERE state IN ('queued', 'running')`).length > 0,
    unposted: async () => (await sql`SELECT FROM acquisition.batch WHERE posted_at IS NULL`).length,
    output: () => processes.map((one) => `--- ${one.name}\n${one.output().slice(-3_000)}`).join("\n"),
    async close(): Promise<void> {
      await Promise.all(processes.map((one) => one.stop()));
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}

function targetsOf({ ports }: PlatformProcess, exportDir: string): object {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    "quzhou-city": { baseUrl: at(ports.quzhouCity), credentials: simulatorSecrets.quzhouCity },
    "zj-industry": { baseUrl: at(ports.zjIndustry), credentials: simulatorSecrets.zjIndustry },
    "zj-natural-resources": { folder: exportDir },
  };
}

function askRound({ urls }: RunningServices, { controlUrl }: PlatformProcess, credentials: Credentials) {
  const operator = credentials.operator.apiKey;
  const ingestion = urls["ingestion-worker"];
  const client = (url: string) => ({
    get: async (path: string) => (await call<unknown>(url + path, operator)).body,
    post: async (path: string, body: unknown) => (await call<unknown>(url + path, operator, "POST", body)).body,
  });
  return {
    /** Turns a switch of the platforms. */
    async control(path: string, body?: unknown): Promise<{ counters: SimulatorCounters }> {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const method = path === "/" ? "GET" : "POST";
      const response = await waitFor("the platforms", () =>
        fetch(controlUrl + path, { method, ...sent }).catch(() => null),
      );
      if (response.status !== 200) throw new Error(await response.text());
      return (await response.json()) as { counters: SimulatorCounters };
    },
    /** Asks for a pull: its id, `under_way` where one runs already, null when nobody answers just now. */
    async ask(platform: string): Promise<string | null> {
      const url = `${ingestion}/v1/pulls`;
      const asked = call<{ pullId: string; code: string }>(url, operator, "POST", { platform }, CALL_MS_MAX);
      const answer = await asked.catch(() => null);
      if (answer?.status === 409 && answer.body.code === "pull_in_progress") return "under_way";
      return answer?.status === 202 ? answer.body.pullId : null;
    },
    /** Newest first; null when nobody answers just now. */
    pulls: (platform: string) =>
      call<PullsResponse>(`${ingestion}/v1/pulls?platform=${platform}`, operator, "GET", undefined, CALL_MS_MAX).then(
        ({ status, body }) => (status === 200 ? body.pulls : null),
        () => null,
      ),
    async answers() {
      const checks = expected.declarations.map(({ id, practitioner, declaration }) => ({
        id,
        practitioner,
        declaration,
      }));
      const url = `${urls["query-api"]}/v1/checks/batch`;
      const key = credentials.declarationSystem.apiKey;
      const answered = await call<{ results: FullAnswer[] }>(url, key, "POST", { checks });
      return answered.body.results.map(shortAnswer);
    },
    summary: async () => (await summarise(client(ingestion), client(urls["ledger-service"]))).summary,
  };
}

/** Something goes wrong at the platforms, pulls are asked for, and some requests later somebody may be killed. */
async function strike(open: Round, random: Random, turn: number): Promise<string> {
  await misbehave(open, random, turn);
  const before = requestsOf(await open.control("/"));
  for (const platform of PLATFORMS) if (random.chance(0.8)) await askUntilHeard(open, platform);
  const target = random.pick(["ingestion-worker", "ingestion-worker", "ledger-service", "both", "nobody"] as const);
  const names =
    target === "both" ? (["ledger-service", "ingestion-worker"] as const) : target === "nobody" ? [] : [target];
  const startedAtMs = performance.now();
  const requests = random.int(1, REQUESTS_MAX);
  const [{ processes }, isOfLedger] = [open.services, target === "both" || target === "ledger-service"];
  let [again, unposted] = [0, 0];
  const isMoment = async () => {
    if (performance.now() - startedAtMs > HANGING_MS) return true;
    if (!(await open.isPulling())) {
      again += 1;
      await askUntilHeard(open, PLATFORMS[again % PLATFORMS.length] ?? "quzhou-city");
    }
    if (requestsOf(await open.control("/")) - before < requests) return false;
    unposted = isOfLedger ? await open.unposted() : 0;
    return !isOfLedger || unposted > 0;
  };
  await waitFor("the moment", isMoment, undefined, 5);
  for (const name of names) {
    const isBusy = name === "ledger-service" ? unposted > 0 : await open.isPulling();
    if (await processes[name].killAndRestart()) counts.die(name, isBusy ? "the end of its work" : "anything");
  }
  return target;
}

/** Until a pull waits or runs: somebody who was just killed is on the way back. */
const askUntilHeard = (open: Round, platform: string) =>
  waitFor(`an answer about a pull of ${platform}`, () => open.ask(platform));

async function misbehave(open: Round, random: Random, turn: number): Promise<void> {
  // In turn, so that each kind has its rounds; which requests it strikes is drawn.
  const kinds = [0, 1, 2, 3].map((more) => FAULT_KINDS[(4 * turn + more) % FAULT_KINDS.length] ?? "status");
  const rate = random.pick([0.1, 0.2, 0.4]);
  const rates = [...kinds, ...FILE_FAULT_KINDS]
    .map((kind, nth) => `${kind}=${nth < kinds.length ? rate : 0.04}`)
    .join(",");
  // An answer that never comes costs the whole patience of a connector.
  const strikesMaxOfKind = kinds.includes("hang") || kinds.includes("empty_list") ? 1 : 5;
  const settings = { strikesMax: random.int(5, 40), strikesMaxOfKind, slowMsMax: 300, shortListRows: 2 };
  const routes = random.chance(0.7) ? { routes: ["rows"], requestsToPass: random.int(1, 6) } : {};
  const drawn = { seed: random.int(1, 1_000_000), rates, ...settings, ...routes };
  const { counters } = await open.control("/misbehave", drawn);
  // What chance has left out so far in this round is armed by name, once; but not an empty list behind a cursor: one more
  // that is drawn right after it would be believed.
  for (const platform of ["quzhou-city", "zj-industry"] as const) {
    const left = ARMED.filter((kind) =>
      platform === "zj-industry" ? kind !== "empty_list" : !OF_INDUSTRY.includes(kind),
    )
      .filter((kind) => counters[platform].faultsFired[kind] === undefined)
      .filter((kind) => !open.armed.has(`${platform}/${kind}`));
    for (const kind of left.slice(0, 2)) {
      open.armed.add(`${platform}/${kind}`);
      await open.control("/faults", { platform, kind, afterRequests: random.int(0, 3), rowsMax: 2, delayMs: 300 });
    }
  }
}

const requestsOf = ({ counters }: { readonly counters: SimulatorCounters }) =>
  counters["quzhou-city"].requests + counters["zj-industry"].requests;

/** Asks for pulls of a platform that behaves until one is complete. */
async function converge(open: Round, platform: string): Promise<void> {
  const met: unknown[] = [];
  for (let nth = 1; nth <= PULLS_TO_CONVERGE_MAX; nth += 1) {
    // A request that hangs is waited for; nothing else takes long.
    const asked = await waitFor(
      `a pull of ${platform} to be taken`,
      async () => {
        const answer = await open.ask(platform);
        return answer === "under_way" ? null : answer;
      },
      300_000,
      100,
    );
    const ended = await waitFor(
      `the end of the pull of ${platform}`,
      async () => (await open.pulls(platform))?.find(({ pullId, endedAt }) => pullId === asked && endedAt !== null),
      300_000,
      100,
    );
    met.push([ended.state, ended.error?.code]);
    if (ended.state === "complete") return;
  }
  throw new Error(`${platform} behaves and is not complete: ${JSON.stringify(met)}`);
}

/** Adds to a failure what was done and what the processes wrote. */
async function telling<Done>(told: () => string, work: Promise<Done>): Promise<Done> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${String(error)}\n${told()}`, { cause: error });
  }
}

/** The feeds never changed: whatever a pull has called complete must have had every row by then. */
async function expectCompleteWasComplete(sql: Sql): Promise<void> {
  const rows = await sql<{ platform: string; pullId: string; there: number; all: number }[]>`
    WITH taken AS (
      SELECT source, batch_id FROM admission.version UNION ALL SELECT source, batch_id FROM admission.refusal)
    SELECT pull.platform, pull.pull_id AS "pullId",
      (SELECT count(*) FROM taken JOIN acquisition.batch USING (batch_id)
        WHERE taken.source = pull.platform AND batch.received_at <= pull.ended_at) AS there,
      (SELECT count(*) FROM taken WHERE taken.source = pull.platform) AS all
    FROM acquisition.pull WHERE state = 'complete'`;
  expect(rows.length).toBeGreaterThanOrEqual(PLATFORMS.length);
  expect(rows.filter(({ there, all }) => there !== all)).toEqual([]);
}
