import type { LocalDate } from "@xueshi/domain";
import { RulebookError } from "@xueshi/rulebook";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { activateRoutes, activateUnreadable, type TestRoute } from "../testing/activate-routes.ts";
import { type CallAs, callApp } from "../testing/call-app.ts";
import { countWritten, findBroken } from "../testing/read-ledger.ts";
import { openTestLedger, type TestBatch, type TestLedger } from "../testing/test-ledger.ts";
import { followRules } from "./follow-rules.ts";
import { postBatch } from "./post-batch.ts";
import { addRuleChangeRoutes } from "./rule-change-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  call = callApp(ledger.context, (app) => addRuleChangeRoutes(app, ledger.context.sql));
});
beforeEach(async () => {
  await ledger.empty();
  await activate([{ source: "demo-training", platform: "quzhou-city" }]);
  await follow();
});
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const post = async (batch: TestBatch) => postBatch(ledger.context, await ledger.store(batch));
const activate = async (routes: readonly TestRoute[]) => {
  ledger.clock.advance(10_000);
  await activateRoutes(ledger.sql, ledger.clock(), routes);
};
/** Steps until nothing is left to do; gives how many. */
async function follow(peoplePerStep = 100): Promise<number> {
  for (let steps = 0; ; steps += 1) {
    if ((await followRules(ledger.context, { peoplePerStep })) === "idle") return steps;
  }
}
const standing = async () => {
  const rows = await ledger.sql<{ line: string }[]>`
    SELECT concat_ws(' ', entry.record_id, entry.platform, state.state) AS line
    FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
    ORDER BY 1`;
  return rows.map(({ line }) => line);
};
const changes = async () => (await call("reader", "GET", "/v1/rule-changes")).json.ruleChanges;

/** The city's own record, and one of the same achievement that a source registers for the city. */
async function stored(): Promise<void> {
  const same = { person: "wang", title: "课程", subjectCode: "professional", subjectBasis: "name" } as const;
  await post({ versions: [{ recordId: "r1", ...same, hoursHundredths: 900 }] });
  const own = { ...same, recordId: "d2", person: "li", obtainedOn: "2020-06-01" as LocalDate };
  await post({ source: "demo-training", versions: [{ recordId: "d1", ...same }, own] });
}
const BEFORE = ["d1 quzhou-city duplicate", "d2 quzhou-city registered", "r1 quzhou-city registered"];
const AFTER = ["d1 zj-industry registered", "d2 zj-industry registered", "r1 quzhou-city registered"];

describe("records that were posted before a route changed", () => {
  it("stand by the new one, by reversal and posting; those of other sources are left alone", async () => {
    await stored();
    expect(await standing()).toEqual(BEFORE);
    await activate([{ source: "demo-training", platform: "zj-industry" }]);
    expect(await standing()).toEqual(BEFORE);
    await follow();
    expect(await standing()).toEqual(AFTER);
    const entries = await ledger.sql`
      SELECT kind, record_id AS id, platform, reason FROM ledger.entry WHERE reason = 'rule_set_changed'
      ORDER BY record_id, sequence`;
    expect(entries).toEqual([
      ...["d1", "d2"].flatMap((id) => [
        { kind: "reversal", id, platform: "quzhou-city", reason: "rule_set_changed" },
        { kind: "posting", id, platform: "zj-industry", reason: "rule_set_changed" },
      ]),
    ]);
    expect((await changes())[0]).toMatchObject({
      ...{ state: "done", percent: 100, sources: ["demo-training"], people: 2, changed: 2, entries: 4 },
    });
    // A route that ends before the record was obtained.
    await activate([{ source: "demo-training", platform: "quzhou-city", until: "2020-05-31" }]);
    await follow();
    expect(await standing()).toEqual([BEFORE[0], "d2 demo-training registered", BEFORE[2]]);
  });

  it("are not touched where an activation changes no route", async () => {
    await stored();
    const written = await countWritten(ledger.sql);
    ledger.clock.advance(10_000);
    await activateRoutes(ledger.sql, ledger.clock(), [{ source: "none", platform: "none" }], "zhejiang-2016");
    await activate([{ source: "demo-training", platform: "quzhou-city", from: "2018-01-02" }]);
    await follow();
    expect(await countWritten(ledger.sql)).toEqual(written);
    expect((await changes())[0]).toMatchObject({ state: "done", sources: ["demo-training", "none"], entries: 0 });
    expect(await follow()).toBe(0);
  });

  it("are all looked at by a ledger that never followed any rules", async () => {
    await stored();
    await activate([{ source: "demo-training", platform: "zj-industry" }]);
    await ledger.sql`DELETE FROM ledger.rule_change`;
    await follow();
    expect(await standing()).toEqual(AFTER);
    expect((await changes())[0]).toMatchObject({ change: 1, state: "done", sources: null, people: 2 });
  });
});

it("records that a batch is still to post are left to it, and stand by the new rules once it did", async () => {
  await stored();
  await activate([{ source: "demo-training", platform: "zj-industry" }]);
  const d2 = {
    recordId: "d2",
    person: "li",
    title: "课程",
    subjectCode: "professional",
    subjectBasis: "name",
  } as const;
  const said = { hoursHundredths: 500, obtainedOn: "2020-06-01" as LocalDate };
  const versions = [{ ...d2, ...said, updateTimeMs: Date.parse("2021-01-01T00:00:00Z") }];
  const waiting = await ledger.store({ source: "demo-training", versions });
  await follow();
  expect(await standing()).toEqual([AFTER[0], BEFORE[1], BEFORE[2]]);
  await postBatch(ledger.context, waiting);
  expect(await standing()).toEqual(AFTER);
  const reasons = await ledger.sql`
    SELECT DISTINCT reason FROM ledger.entry WHERE record_id = 'd2' AND platform = 'zj-industry'`;
  expect(reasons).toEqual([{ reason: "superseded" }]);
});

it("records that were posted by routes of which nobody knew before the next ones came follow those too", async () => {
  await activate([{ source: "demo-training", platform: "zj-industry" }]);
  await stored();
  expect(await standing()).toEqual(AFTER);
  await activate([{ source: "demo-training", platform: "quzhou-city" }]);
  await follow();
  expect(await standing()).toEqual(BEFORE);
  expect((await changes())[0]).toMatchObject({ state: "done", sources: ["demo-training"] });
});

describe("a text that cannot be read any more", () => {
  const DEMO: TestBatch = {
    source: "demo-training",
    versions: [{ recordId: "d3", person: "li", subjectCode: "professional", subjectBasis: "name" }],
  };

  it("lets nothing be posted while it is in force, and is in nobody's way once another one took its place", async () => {
    await stored();
    ledger.clock.advance(10_000);
    await activateUnreadable(ledger.sql, ledger.clock());
    const batchId = await ledger.store(DEMO);
    ledger.clock.advance(10_000);
    await expect(postBatch(ledger.context, batchId)).rejects.toThrow(RulebookError);
    await activate([{ source: "demo-training", platform: "zj-industry" }]);
    expect(await postBatch(ledger.context, batchId)).toBe("posted");
    expect(await standing()).toContain("d3 zj-industry registered");
    // By which routes records were posted meanwhile nobody knows, so all are looked at.
    await follow();
    expect(await standing()).toEqual(expect.arrayContaining(AFTER));
    expect((await changes())[0]).toMatchObject({ state: "done", sources: null });
    await activate([{ source: "demo-training", platform: "quzhou-city" }]);
    await activate([{ source: "demo-training", platform: "zj-natural-resources" }]);
    await follow();
    expect((await changes())[0]).toMatchObject({ state: "done", sources: ["demo-training"] });
  });
});

describe("a process that dies", () => {
  it("loses its step and nothing else: another one goes on there", async () => {
    await stored();
    await activate([{ source: "demo-training", platform: "zj-industry" }]);
    await followRules(ledger.context);
    await followRules(ledger.context, { peoplePerStep: 1 });
    expect((await changes())[0]).toMatchObject({ state: "running", people: 1, changed: 1, entries: 2 });
    const newId = () => {
      throw new Error("it died");
    };
    const step = followRules({ ...ledger.context, newId }, { peoplePerStep: 1 });
    await expect(step).rejects.toThrow("it died");
    expect((await changes())[0]).toMatchObject({ state: "running", people: 1 });
    expect(await follow(1)).toBe(1);
    expect(await standing()).toEqual(AFTER);
    expect((await changes())[0]).toMatchObject({ state: "done", people: 2, changed: 2, entries: 4 });
  });

  it("leaves a change to the next one, where the rules changed again meanwhile", async () => {
    await stored();
    await activate([{ source: "demo-training", platform: "zj-industry" }]);
    await followRules(ledger.context);
    await followRules(ledger.context, { peoplePerStep: 1 });
    await activate([{ source: "demo-training", platform: "zj-natural-resources" }]);
    await follow(1);
    expect(await standing()).toEqual(AFTER.map((line) => line.replace("zj-industry", "zj-natural-resources")));
    expect((await changes()).map(({ state }: { state: string }) => state).slice(0, 2)).toEqual(["done", "superseded"]);
  });
});

describe("two at the same time", () => {
  it("do each step once", async () => {
    await stored();
    await activate([{ source: "demo-training", platform: "zj-industry" }]);
    const url = await ledger.database.urlAs("ledger");
    const contexts = [ledger.contextAt(url), ledger.contextAt(url), ledger.contextAt(url)];
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(contexts.map((context) => followRules(context, { peoplePerStep: 1 })));
    }
    expect(await standing()).toEqual(AFTER);
    expect((await changes())[0]).toMatchObject({ state: "done", people: 2, changed: 2, entries: 4 });
  });

  it("a posting that began with the rules before does not bring them back behind the one who follows", async () => {
    await stored();
    const batchId = await ledger.store({
      source: "demo-training",
      versions: [{ recordId: "d3", person: "li", subjectCode: "professional", subjectBasis: "name" }],
    });
    const stale = await ledger.context.rules();
    await activate([{ source: "demo-training", platform: "zj-industry" }]);
    await follow();
    // It remembers the rules of before until it is told that there are others.
    const rules: typeof ledger.context.rules = (activations) =>
      activations === undefined ? Promise.resolve(stale) : ledger.context.rules(activations);
    await postBatch({ ...ledger.context, rules }, batchId);
    expect(await standing()).toContain("d3 zj-industry registered");
  });
});

it("is paged, and needs a key", async () => {
  await activate([]);
  await follow();
  const first = await call("alice", "GET", "/v1/rule-changes?limit=1");
  expect(first.json.ruleChanges).toHaveLength(1);
  const second = await call("alice", "GET", `/v1/rule-changes?limit=1&cursor=${first.json.nextCursor}`);
  expect(second.json.ruleChanges[0].change).toBe(first.json.ruleChanges[0].change - 1);
  expect((await call("alice", "GET", "/v1/rule-changes?cursor=e30")).status).toBe(422);
  expect((await call("nobody", "GET", "/v1/rule-changes")).status).toBe(401);
});
