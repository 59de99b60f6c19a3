import { afterEach, expect, it } from "vitest";
import { publicFeeds } from "../end-to-end/feeds.ts";
import { fictionalPerson } from "../end-to-end/small-feeds.ts";
import { waitFor } from "../end-to-end/wait-for.ts";
import { type CommitGate, openCommitGate } from "./commit-gate.ts";
import { expectLedger } from "./expect-ledger.ts";
import { openPipeline, type Pipeline } from "./open-pipeline.ts";
import { sharedServerUrl } from "./suite-server.ts";

const expected = publicFeeds();
let gate: CommitGate;
let pipeline: Pipeline;

afterEach(async () => {
  await pipeline.close();
  await gate.close();
});

it("has one effect when the answer to a COMMIT is lost on the way", async () => {
  gate = await openCommitGate(await sharedServerUrl());
  pipeline = await openPipeline({
    simulators: { feedsDir: expected.dir, pageRowsMax: 200 },
    through: (url) => gate.through(url),
  });

  // Postings: the ledger service cannot know whether a batch was posted. Pages, with the cursor behind them: the ingestion
  // worker cannot know whether they were stored.
  for (const platform of ["zj-industry", "quzhou-city"]) {
    const lostBefore = gate.lost();
    gate.loseCommits("ledger-service", 2);
    gate.loseCommits("ingestion-worker", 2);
    await pipeline.pull(platform);
    await waitFor("the answers to be lost", () => gate.lost() === lostBefore + 4);
    expect(await pipeline.settled(platform)).toMatchObject({ state: "complete" });
  }
  await pipeline.pull("zj-natural-resources");
  const twice = await pipeline.sql`
    SELECT batch_id FROM ledger.posting WHERE batch_id IS NOT NULL GROUP BY batch_id HAVING count(*) > 1`;
  expect(twice).toEqual([]);
  expect(await pipeline.summary()).toEqual(expected.summary);
  expect(await pipeline.answers(expected.declarations)).toEqual(expected.answers);
  await expectLedger(pipeline.database.url, expected.records);

  // A push: the source is told that it may try again, and trying again finds everything as it was.
  const record = {
    ...{ recordId: "dt-1", practitioner: fictionalPerson(1, "试甲"), title: "课程", hours: 8, subject: "professional" },
    ...{ obtainedOn: "2020-05-06", updateTime: "2020-05-07T00:00:00Z" },
  };
  gate.loseCommits("ingestion-worker", 1);
  const first = await pipeline.push([record]);
  expect(first).toMatchObject({ status: 503, body: { code: "service_unavailable" } });
  expect(gate.lost()).toBe(9);
  const second = await pipeline.push([record]);
  expect(second).toMatchObject({ status: 202, body: { receipts: [{ recordId: "dt-1", outcome: "unchanged" }] } });
  await pipeline.settled("quzhou-city");
  const entries = await pipeline.sql`SELECT FROM ledger.entry WHERE source = 'demo-training'`;
  expect(entries).toHaveLength(1);
});
