import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { createLogger, startEmbeddedPostgres, systemClock } from "@xueshi/runtime";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { openRedisGate, type RedisGate } from "../../packages/queue/src/testing/redis-gate.ts";
import { type ExpectedFeeds, generatedFeeds, readAnswers, readSummary } from "../end-to-end/feeds.ts";
import { processesOf } from "../end-to-end/processes.ts";
import { type ChildName, killMainJobs, type MainJob, startMainJob } from "../end-to-end/start-main-job.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { type Random, randomFrom } from "../oracle/random.ts";
import { expectLedger } from "./expect-ledger.ts";
import { redisCommand } from "./redis-command.ts";

const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0;
const folder = makeTemporaryFolder();
/** XUESHI_FAULT_SEED and XUESHI_FAULT_ROUNDS repeat a round, or make more of them. */
const seedFirst = Number(process.env.XUESHI_FAULT_SEED ?? 1);
const rounds = Number(process.env.XUESHI_FAULT_ROUNDS ?? 8);
const seeds = Array.from({ length: rounds }, (_, nth) => seedFirst + nth);
let expected: ExpectedFeeds;
let redis: RedisGate | null = null;

beforeAll(() => {
  expected = generatedFeeds(folder.at("feeds"), { seed: 57, people: 400, recordsPerPerson: 20 });
});
afterEach(async () => {
  for (const seed of seeds) await killMainJobs(folder.at(`data-${seed}`));
  await redis?.stop();
  redis = null;
});
afterAll(() => folder.remove());

type Target = ChildName | "starter" | "redis" | "redis-flush";
const CHILDREN = ["ledger-service", "ingestion-worker", "query-api", "platforms", "postgres"] as const;
const BLOWS = 8;

it.each(seeds)("ends as without faults when anything is killed at any moment (seed %i)", async (seed) => {
  const random = randomFrom(seed);
  redis = seed % 2 === 0 && hasRedisServer ? await openRedisGate() : null;
  const [dataDir, answers, summary] = ["data-", "answers-", "summary-"].map((name) => folder.at(`${name}${seed}`));
  if (dataDir === undefined || answers === undefined || summary === undefined) throw new Error("no paths");
  const pages = ["--page-rows-max", String(random.int(2, 12))];
  const args = ["--once", "--feeds", folder.at("feeds"), ...pages, "--answers", answers, "--summary", summary];
  const env = redis === null ? {} : { REDIS_URL: redis.url };
  const start = () => startMainJob({ dataDir, args, env });

  let job = await start();
  // A database that is killed while it is being made is no start at all; from here on anything may end at any moment.
  await waitFor("the services", () => job.child("query-api"));
  const blows: string[] = [];
  for (let nth = 0; nth < BLOWS; nth += 1) {
    // A moment drawn from the seed, not a wait for something.
    await delay(random.int(50, 3_000));
    const target = drawTarget(random);
    const isHit = await strike(target, job);
    blows.push(`${target}${isHit ? "" : " (not there)"}`);
    if (target === "starter" && isHit) {
      await job.ended;
      job = await start();
    }
  }
  const end = await job.ended;
  const told = `seed ${seed}, ${blows.join(", ")}\n${job.output()}`;
  expect(blows.filter((blow) => !blow.includes("not there")).length, told).toBeGreaterThan(0);
  expect(end, told).toEqual({ code: 0, signal: null });
  expect(processesOf(dataDir), told).toEqual([]);
  expect(readAnswers(answers), told).toEqual(expected.answers);
  expect(readSummary(summary), told).toEqual(expected.summary);
  const logger = createLogger({ service: "test", level: "error", clock: systemClock });
  const server = await startEmbeddedPostgres({ dataDir: `${dataDir}/postgres`, databaseName: "xueshi", logger });
  try {
    await expectLedger(server.url, expected.records);
  } finally {
    await server.stop();
  }
});

function drawTarget(random: Random): Target {
  const others: readonly Target[] = redis === null ? ["starter"] : ["starter", "redis", "redis-flush"];
  return random.pick([...CHILDREN, ...others]);
}

/** False when there was nothing to kill: it had ended, or was just being started again. */
async function strike(target: Target, job: MainJob): Promise<boolean> {
  if (target === "redis") {
    await redis?.kill();
    await redis?.start();
    return true;
  }
  if (target === "redis-flush") {
    return redis !== null && (await redisCommand(redis.url, "FLUSHALL"))[0] === "+OK";
  }
  const pid = target === "starter" ? job.pid : job.child(target)?.pid;
  if (pid === undefined) return false;
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
