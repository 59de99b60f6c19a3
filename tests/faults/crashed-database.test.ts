import { createLogger, type EmbeddedPostgres, startEmbeddedPostgres, systemClock } from "@xueshi/runtime";
import { afterEach, expect, it } from "vitest";
import { publicFeeds } from "../end-to-end/feeds.ts";
import { fictionalPerson } from "../end-to-end/small-feeds.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { loadFeeds, type Push, settle } from "../oracle/index.ts";
import { randomFrom } from "../oracle/random.ts";
import { expectLedger } from "./expect-ledger.ts";
import { openPipeline, type Pipeline } from "./open-pipeline.ts";

const expected = publicFeeds();
const folder = makeTemporaryFolder();
const logger = createLogger({ service: "test", level: "error", clock: systemClock, write: () => {} });
/** XUESHI_FAULT_SEED and XUESHI_FAULT_ROUNDS repeat a run, or let the server crash more often. */
const random = randomFrom(Number(process.env.XUESHI_FAULT_SEED ?? 1));
const crashes = Number(process.env.XUESHI_FAULT_ROUNDS ?? 2);
const PUSHERS = 4;
const PUSHES_BETWEEN_CRASHES = 24;

let server: EmbeddedPostgres;
let pipeline: Pipeline;
afterEach(async () => {
  await pipeline.close();
  await server.stop();
  folder.remove();
});

const startServer = (port = 0) =>
  startEmbeddedPostgres({ dataDir: folder.at("postgres"), databaseName: "xueshi", logger, port });

/** `pg_ctl stop -m immediate`: every process of the server ends at once, and nothing is written any more. */
async function crash(): Promise<void> {
  const { pid, port } = server;
  process.kill(pid, "SIGQUIT");
  await server.exited;
  await server.stop();
  server = await startServer(port);
}

function pushOf(nth: number): Push {
  return {
    ...{ source: "demo-training", recordId: `p-${nth}`, title: `课程 ${nth}`, hours: 8, subject: "professional" },
    ...{ practitioner: fictionalPerson(nth % 40, `甲乙${nth % 40}`), obtainedOn: "2020-05-06", status: "final" },
    updatedAt: `2020-05-07T00:00:${String(nth % 60).padStart(2, "0")}Z`,
  };
}

it("loses nothing that was acknowledged and takes nothing twice when the database crashes under load", async () => {
  server = await startServer();
  pipeline = await openPipeline({
    simulators: { feedsDir: expected.dir, pageRowsMax: 60 },
    database: { url: server.url, drop: async () => {} },
  });
  const pulls = ["quzhou-city", "zj-industry", "zj-natural-resources"].map((platform) =>
    pipeline.operate("POST", "/v1/pulls", { platform }),
  );
  expect((await Promise.all(pulls)).map(({ status }) => status)).toEqual([202, 202, 202]);

  const counters = {
    crashes: 0,
    acknowledged: 0,
    refusedMeanwhile: 0,
    outcomeUnknown: 0,
    batches: new Map<number, string>(),
  };
  let isOver = false;
  let nextPush = 0;
  const push = async () => {
    while (!isOver) {
      const nth = nextPush;
      nextPush += 1;
      for (let isTaken = false; !isTaken; ) {
        const { source: _, updatedAt, ...record } = pushOf(nth);
        const answer = await pipeline.push([{ ...record, updateTime: updatedAt }], `key-${nth}`);
        isTaken = answer.status === 202;
        if (isTaken) counters.batches.set(nth, answer.body.batchId);
        else {
          expect(answer.status, JSON.stringify(answer.body)).toBe(503);
          if ((answer.body as { code?: string }).code === "outcome_unknown") counters.outcomeUnknown += 1;
          else counters.refusedMeanwhile += 1;
        }
      }
      counters.acknowledged += 1;
    }
  };
  const pushing = Promise.all(Array.from({ length: PUSHERS }, push));
  while (counters.crashes < crashes) {
    const until = counters.acknowledged + random.int(1, PUSHES_BETWEEN_CRASHES);
    await waitFor("more acknowledged pushes", () => counters.acknowledged >= until);
    await crash();
    counters.crashes += 1;
  }
  isOver = true;
  await pushing;
  for (const platform of ["quzhou-city", "zj-industry", "zj-natural-resources"]) await pipeline.settled(platform);

  const told = JSON.stringify({ ...counters, batches: counters.batches.size });
  expect(counters.crashes, told).toBe(crashes);
  expect(counters.refusedMeanwhile + counters.outcomeUnknown, told).toBeGreaterThan(0);
  const batches = await pipeline.sql<{ batchId: string; postings: number }[]>`
    SELECT batch_id AS "batchId", count(*)::int AS postings FROM ledger.posting WHERE batch_id IS NOT NULL GROUP BY 1`;
  const postingsOf = new Map(batches.map(({ batchId, postings }) => [batchId, postings]));
  for (const batchId of counters.batches.values()) expect(postingsOf.get(batchId), told).toBe(1);
  const pushes = Array.from({ length: nextPush }, (_, nth) => pushOf(nth));
  await expectLedger(server.url, settle({ ...loadFeeds(expected.dir), pushes }));
  process.stdout.write(`${told}\n`);
});
