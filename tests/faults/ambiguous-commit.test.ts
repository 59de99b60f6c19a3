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
    gate.loseCommits("ledger-service", 2, "INSERT INTO ledger.posting");
    gate.loseCommits("ingestion-worker", 2, "INSERT INTO acquisition.batch");
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

  // A push: the source is told that it may have taken effect, and trying again finds everything as it was.
  const record = {
    ...{ recordId: "dt-1", practitioner: fictionalPerson(1, "试甲"), title: "课程", hours: 8, subject: "professional" },
    ...{ obtainedOn: "2020-05-06", updateTime: "2020-05-07T00:00:00Z" },
  };
  gate.loseCommits("ingestion-worker", 1, "INSERT INTO acquisition.batch");
  const first = await pipeline.push([record]);
  expect(first).toMatchObject({ status: 503, body: { code: "outcome_unknown" } });
  expect(first.headers.get("Retry-After")).toBe("1");
  expect(gate.lost()).toBe(9);
  const second = await pipeline.push([record]);
  expect(second).toMatchObject({ status: 202, body: { receipts: [{ recordId: "dt-1", outcome: "unchanged" }] } });

  // With a key the same answer comes that was lost, of the same batch.
  gate.loseCommits("ingestion-worker", 1, "INSERT INTO acquisition.batch");
  const other = { ...record, recordId: "dt-2", title: "另一课程" };
  expect(await pipeline.push([other], "key-1")).toMatchObject({ status: 503, body: { code: "outcome_unknown" } });
  const replayed = await pipeline.push([other], "key-1");
  expect(replayed).toMatchObject({ status: 202, body: { receipts: [{ recordId: "dt-2", outcome: "accepted" }] } });
  await pipeline.settled("quzhou-city");
  const entries = await pipeline.sql`SELECT FROM ledger.entry WHERE source = 'demo-training'`;
  expect(entries).toHaveLength(2);
  const batches = await pipeline.sql`
    SELECT batch_id AS "batchId" FROM acquisition.batch WHERE source = 'demo-training' AND row_count > 0 ORDER BY 1`;
  expect(batches.at(-1)).toEqual({ batchId: replayed.body.batchId });

  // A posting that an operator waits for: its second attempt finds the decision as made.
  const [held] = await pipeline.sql<{ key: string }[]>`
    SELECT record_key AS key FROM projection.record_state WHERE state = 'unclassified' LIMIT 1`;
  const decision = { subject: "professional", reason: "按课程目录认定" };
  const decide = () => pipeline.operateLedger("POST", `/internal/v1/reviews/${held?.key}/decision`, decision);
  gate.loseCommits("ledger-service", 1, "INSERT INTO classification.decision");
  expect(await decide()).toMatchObject({ status: 503, body: { code: "outcome_unknown" } });
  expect(await decide()).toMatchObject({ status: 200, body: { state: "registered", postingId: null } });
  const decided = await pipeline.sql`SELECT FROM classification.decision WHERE record_key = ${held?.key ?? ""}`;
  expect([decided.length, gate.lost()]).toEqual([1, 11]);
});
