import { createLogger, startEmbeddedPostgres, systemClock } from "@xueshi/runtime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { servicesOf } from "../end-to-end/call-services.ts";
import { type ExpectedFeeds, generatedFeeds, readAnswers, readSummary } from "../end-to-end/feeds.ts";
import { processesOf } from "../end-to-end/processes.ts";
import { killMainJobs, type MainJob, startMainJob } from "../end-to-end/start-main-job.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { expectLedger } from "./expect-ledger.ts";
import { expectInterrupted, killInPull, type PullProgress, readProgress } from "./kill-child.ts";

const folder = makeTemporaryFolder();
const [children, starter] = [folder.at("children"), folder.at("starter")];
const platform = "quzhou-city";
const PAGES = ["--page-rows-max", "10", "--page-delay-ms"];
let expected: ExpectedFeeds;
let rowsTotal = 0;

beforeAll(() => {
  expected = generatedFeeds(folder.at("feeds"), { seed: 55, people: 120, recordsPerPerson: 20 });
  rowsTotal = Object.values(expected.summary[platform]?.rows ?? {}).reduce((sum, count) => sum + count, 0);
  expect(rowsTotal).toBeGreaterThan(1_000);
});
afterAll(async () => {
  for (const dataDir of [children, starter]) await killMainJobs(dataDir);
  folder.remove();
});

/** Small pages, slowly: the first pull takes long enough to be met in its middle several times, however fast the rest is. */
function start(dataDir: string, pageDelayMs: number): Promise<MainJob> {
  const files = ["--answers", folder.at("answers.jsonl"), "--summary", folder.at("summary.json")];
  const args = ["--once", "--feeds", folder.at("feeds"), ...PAGES, String(pageDelayMs), ...files];
  return startMainJob({ dataDir, args });
}

async function expectAllAsWithoutFaults(job: MainJob): Promise<void> {
  expect(await job.ended, job.output()).toEqual({ code: 0, signal: null });
  expect(processesOf(job.dataDir)).toEqual([]);
  expect(readAnswers(folder.at("answers.jsonl"))).toEqual(expected.answers);
  expect(readSummary(folder.at("summary.json"))).toEqual(expected.summary);
  const logger = createLogger({ service: "test", level: "error", clock: systemClock });
  const server = await startEmbeddedPostgres({ dataDir: `${job.dataDir}/postgres`, databaseName: "xueshi", logger });
  try {
    await expectLedger(server.url, expected.records);
  } finally {
    await server.stop();
  }
}

it("comes to the same end when each process is killed in the middle of the first pull", async () => {
  const job = await start(children, 60);
  await waitFor("the services", () => job.child("query-api"));
  const services = servicesOf(job);
  const common = { job, services, platform };

  const ledger = await killInPull({ ...common, name: "ledger-service", when: ({ unposted }) => unposted > 0 });
  const platforms = await killInPull({ ...common, name: "platforms" });
  const ingestion = await killInPull({ ...common, name: "ingestion-worker", when: ({ rows }) => rows > 0 });
  await expectInterrupted(job, platform, ingestion.pullId);
  const isAnother = ({ pullId }: PullProgress) => pullId !== ingestion.pullId;
  const query = await killInPull({ ...common, name: "query-api", when: isAnother });
  const postgres = await killInPull({ ...common, name: "postgres", when: isAnother });
  await expectInterrupted(job, platform, postgres.pullId);
  const immediate = await killInPull({
    ...common,
    name: "postgres",
    signal: "SIGQUIT",
    when: ({ pullId }) => isAnother({ ...postgres, pullId }) && pullId !== postgres.pullId,
  });
  await expectInterrupted(job, platform, immediate.pullId);

  // Each of them met the pull before its end.
  const pulls = await services.pulls(platform);
  const kills = [ledger, platforms, ingestion, query, postgres, immediate];
  for (const { pullId, rows } of kills) {
    expect(rows).toBeLessThan(rowsTotal);
    expect(pulls.find((pull) => pull.pullId === pullId)?.state).toBe("failed");
  }
  await expectAllAsWithoutFaults(job);
  expect(job.output()).toContain('"reason":"connection_failed"');
});

it("comes to the same end when the starter is killed in the middle of the first pull and started again", async () => {
  const first = await start(starter, 20);
  await waitFor("the services", () => first.child("query-api"));
  const services = servicesOf(first);
  const progress = await waitFor("the middle of the pull", async () => {
    const now = await readProgress(services, platform);
    return now?.state === "running" && now.rows > 0 ? now : null;
  });
  process.kill(first.pid, "SIGKILL");
  expect(await first.ended).toEqual({ code: null, signal: "SIGKILL" });
  expect(progress.rows).toBeLessThan(rowsTotal);
  // At once: what the dead starter left behind may still be ending.
  const second = await start(starter, 20);
  await expectAllAsWithoutFaults(second);
  const reread = /quzhou-city: complete, (\d+) 行 rows, (\d+) reread/.exec(second.output());
  expect(Number(reread?.[1])).toBe(rowsTotal);
});
