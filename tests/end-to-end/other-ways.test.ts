import { spawnSync } from "node:child_process";
import { connect } from "@xueshi/database";
import { startTestRedis } from "@xueshi/runtime/testing";
import { afterAll, expect, it } from "vitest";
import { publicFeeds, readAnswers, readSummary } from "./feeds.ts";
import { createMainJobDatabase } from "./main-job-database.ts";
import { shuffleFeeds } from "./shuffled-feeds.ts";
import { killMainJobs, runMainJob } from "./start-main-job.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0;
const expected = publicFeeds();
const folder = makeTemporaryFolder();
const dataDirs: string[] = [];

afterAll(async () => {
  for (const dataDir of dataDirs) await killMainJobs(dataDir);
  folder.remove();
});

async function runOnce(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const database = await createMainJobDatabase();
  try {
    const dataDir = folder.at(name);
    dataDirs.push(dataDir);
    const [answers, summary] = [folder.at(`${name}.jsonl`), folder.at(`${name}.json`)];
    const flags = ["--once", "--answers", answers, "--summary", summary, ...args];
    const end = await runMainJob({ dataDir, args: flags, env: { DATABASE_URL: database.url, ...env } });
    expect(end, end.output).toMatchObject({ code: 0, signal: null });
    const received = { answers: readAnswers(answers), summary: readSummary(summary) };
    return { ...received, outcomes: await countOutcomes(database.url) };
  } finally {
    await database.drop();
  }
}

/** How the received rows ended when they came, over all batches. */
async function countOutcomes(url: string): Promise<Readonly<Record<string, number>>> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "test" });
  try {
    const rows = await sql<{ outcome: string; count: number }[]>`
      SELECT key AS outcome, sum(value::int)::bigint AS count FROM acquisition.batch, jsonb_each_text(counts) GROUP BY key`;
    return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

it.runIf(hasRedisServer)("answers the same with the queue on Redis", async () => {
  const redis = await startTestRedis();
  try {
    const run = await runOnce("redis", [], { REDIS_URL: redis?.url });
    expect(run.answers).toEqual(expected.answers);
    expect(run.summary).toEqual(expected.summary);
  } finally {
    await redis?.stop();
  }
});

it("answers the same when the rows come in another order, in pages of 7", async () => {
  shuffleFeeds(expected.dir, folder.at("shuffled"), 2_020);
  const run = await runOnce("other-order", ["--feeds", folder.at("shuffled"), "--page-rows-max", "7"]);
  expect(run.answers).toEqual(expected.answers);
  expect(run.summary).toEqual(expected.summary);
  // The order was another one: earlier versions came after later ones.
  expect(run.outcomes.history).toBeGreaterThan(0);
});
