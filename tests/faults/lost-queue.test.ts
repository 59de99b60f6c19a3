import { spawnSync } from "node:child_process";
import type { TestDatabase } from "@xueshi/database/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openRedisGate, type RedisGate } from "../../packages/queue/src/testing/redis-gate.ts";
import { servicesOf } from "../end-to-end/call-services.ts";
import { type ExpectedFeeds, generatedFeeds, readAnswers, readSummary } from "../end-to-end/feeds.ts";
import { createMainJobDatabase } from "../end-to-end/main-job-database.ts";
import { killMainJobs, startMainJob } from "../end-to-end/start-main-job.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { expectLedger } from "./expect-ledger.ts";
import { readProgress } from "./kill-child.ts";
import { redisCommand } from "./redis-command.ts";

const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0;
const folder = makeTemporaryFolder();
const platform = "quzhou-city";
let expected: ExpectedFeeds;
let database: TestDatabase;
let redis: RedisGate | null = null;

beforeAll(async () => {
  expected = generatedFeeds(folder.at("feeds"), { seed: 56, people: 250, recordsPerPerson: 20 });
  database = await createMainJobDatabase();
});
afterAll(async () => {
  await killMainJobs(folder.at("data"));
  await redis?.stop();
  await database.drop();
  folder.remove();
});

it.runIf(hasRedisServer)("costs time and nothing else: FLUSHALL, then kill -9, in the middle of the pull", async () => {
  redis = await openRedisGate();
  const gate = redis;
  const [answers, summary] = [folder.at("answers.jsonl"), folder.at("summary.json")];
  const job = await startMainJob({
    dataDir: folder.at("data"),
    args: [
      ...["--once", "--feeds", folder.at("feeds"), "--page-rows-max", "10"],
      ...["--page-delay-ms", "10"],
      ...["--answers", answers, "--summary", summary],
    ],
    env: { DATABASE_URL: database.url, REDIS_URL: gate.url },
  });
  await waitFor("the services", () => job.child("query-api"));
  const services = servicesOf(job);
  const running = async () => {
    const now = await readProgress(services, platform);
    if (now?.state === "complete") throw new Error("The pull had ended before Redis could be hurt.");
    return now?.state === "running" && now;
  };

  // A job that ends before its pull was seen to run has nothing left to hurt, and says itself why it ended.
  const endedEarly = job.ended.then((how) =>
    Promise.reject(new Error(`It ended: ${JSON.stringify(how)}\n${job.output()}`)),
  );
  endedEarly.catch(() => undefined);
  await Promise.race([waitFor("the pull to run", running), endedEarly]);
  const [before, flushed, after] = await redisCommand(gate.url, "DBSIZE", "FLUSHALL", "DBSIZE");
  expect(Number(before?.slice(1))).toBeGreaterThan(0);
  expect([flushed, after]).toEqual(["+OK", ":0"]);

  await waitFor("the pull to run on", async () => {
    const now = await running();
    return now && now.rows > 0;
  });
  await gate.kill();
  // The pull and the posting go on without it: what is pending lives in PostgreSQL.
  await waitFor("a service to miss Redis", () => /"backend":"redis"/.test(job.output()));
  await gate.start();

  expect(await job.ended, job.output()).toEqual({ code: 0, signal: null });
  expect(readAnswers(answers)).toEqual(expected.answers);
  expect(readSummary(summary)).toEqual(expected.summary);
  await expectLedger(database.url, expected.records);
});
