import { statSync } from "node:fs";
import type { VerdictResponse } from "@xueshi/contracts";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ANNUAL_DUTY, call, servicesOf } from "./call-services.ts";
import { processesOf } from "./processes.ts";
import { cityRow, fictionalPerson, industryRow, resourcesRow, writeSmallFeeds } from "./small-feeds.ts";
import { killMainJobs, type MainJob, startMainJob } from "./start-main-job.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const folder = makeTemporaryFolder();
const dataDir = folder.at("data");
const known = fictionalPerson(1, "试甲");
const pushed = fictionalPerson(2, "试乙");
const dirty = fictionalPerson(3, "试丙");

let database: TestDatabase;
let job: MainJob;
let services: ReturnType<typeof servicesOf>;

beforeAll(async () => {
  database = await createTestDatabase();
  // The main job gives these logins passwords of its own; asked for here, they go with the database.
  await Promise.all((["ingestion", "ledger", "query"] as const).map((role) => database.urlAs(role)));
  writeSmallFeeds(folder.at("feeds"), {
    city: [cityRow(known, "QZ1", { Name: "高级研修", Credit: 20 })],
    industry: [industryRow(known, "ZI1")],
    resources: [resourcesRow(known, "NR1")],
  });
  const args = ["--feeds", folder.at("feeds")];
  job = await startMainJob({ dataDir, args, env: { DATABASE_URL: database.url } });
  await job.says(/Running; press Ctrl-C to stop/);
  services = servicesOf(job);
});
afterAll(async () => {
  await killMainJobs(dataDir);
  await database.drop();
  folder.remove();
});

/** A record as a training platform pushes it: ten professional hours of 2020 that count, but for what is given. */
function record(recordId: string, practitioner: object, fields: Readonly<Record<string, unknown>> = {}) {
  const plain = { title: `课程 ${recordId}`, hours: 10, subject: "professional", obtainedOn: "2020-05-06" };
  return { recordId, practitioner, ...plain, status: "final", ...fields };
}

const totalOf = (verdict: VerdictResponse) => verdict.requirements.find(({ id }) => id === "total")?.have;
const uncountedOf = (verdict: VerdictResponse) =>
  Object.fromEntries(verdict.uncounted.map(({ recordId, code, hours }) => [recordId, { code, hours }]));

describe("an installation that keeps running", () => {
  it("has random keys that only their owner reads", () => {
    const { mode } = statSync(folder.at("data/credentials.json"));
    expect(mode & 0o777).toBe(0o600);
    const credentials = job.credentials();
    expect(Object.keys(credentials).sort()).toEqual(["declarationSystem", "operator", "sources"]);
    const { sources } = credentials;
    expect(Object.keys(sources).sort()).toEqual([
      "demo-training",
      "quzhou-city",
      "zj-industry",
      "zj-natural-resources",
    ]);
    const keys = [...Object.values(sources), credentials.declarationSystem, credentials.operator].map(
      (one) => one.apiKey,
    );
    expect(new Set(keys).size).toBe(6);
    for (const key of keys) expect(key.length).toBeGreaterThanOrEqual(32);
  });

  it("lets each key do its own work only", async () => {
    const { sources, declarationSystem } = job.credentials();
    const question = { practitioner: known, declaration: ANNUAL_DUTY };
    const checks = `${job.urls.queryApi}/v1/checks`;
    const records = `${job.urls.ingestionWorker}/v1/records`;
    const refusals = await Promise.all([
      call<{ code: string }>(checks, sources["demo-training"]?.apiKey ?? "", "POST", question),
      call<{ code: string }>(records, declarationSystem.apiKey, "POST", { records: [record("n", known)] }),
      call<{ code: string }>(checks, "nobody's", "POST", question),
    ]);
    expect(refusals.map(({ status }) => status)).toEqual([403, 403, 401]);
  });

  it("counts what demo-training pushes in the next check, but not a duplicate of what was pulled", async () => {
    expect(totalOf(await services.check(known))).toBe(20);
    const twin = { title: "高级研修。", obtainedOn: "2020-03-02", hours: 12 };
    const answer = await services.push("demo-training", [record("dt-1", known), record("dt-2", known, twin)]);
    expect(answer.status).toBe(202);
    expect(answer.body.receipts.map(({ outcome }) => outcome)).toEqual(["accepted", "accepted"]);
    const batch = await services.posted("demo-training", answer.body.batchId);
    expect(batch.records.map(({ recordId, state }) => [recordId, state])).toEqual([
      ["dt-1", "registered"],
      ["dt-2", "duplicate"],
    ]);
    const verdict = await services.check(known);
    expect(totalOf(verdict)).toBe(30);
    expect(verdict.counted.map(({ recordId, source, platform }) => [recordId, source, platform]).sort()).toEqual([
      ["QZ1", "quzhou-city", "quzhou-city"],
      ["dt-1", "demo-training", "quzhou-city"],
    ]);
    expect(uncountedOf(verdict)).toMatchObject({
      "dt-2": { code: "duplicate", hours: 12 },
      ZI1: { code: "registered_elsewhere", hours: 8 },
      NR1: { code: "registered_elsewhere", hours: 8 },
    });
  });

  it("answers the same push again without an effect", async () => {
    const before = await services.entries(known);
    const { body } = await services.push("demo-training", [record("dt-1", known)]);
    expect(body.receipts).toMatchObject([{ recordId: "dt-1", outcome: "unchanged", code: null }]);
    await services.posted("demo-training", body.batchId);
    expect(await services.entries(known)).toEqual(before);
  });

  it("shows a withdrawal with both clocks", async () => {
    const sent = await services.push("demo-training", [record("dt-w", pushed, { hours: 90 })]);
    await services.posted("demo-training", sent.body.batchId);
    const before = await services.check(pushed);
    expect([before.verdict, totalOf(before)]).toEqual(["met", 90]);
    const withdrawn = await services.withdraw("demo-training", "dt-w", "录入有误");
    expect(withdrawn).toMatchObject({ status: 202, body: { receipts: [{ recordId: "dt-w" }] } });
    const batch = await services.posted("demo-training", withdrawn.body.batchId);
    expect(batch.records).toMatchObject([{ recordId: "dt-w", state: "withdrawn" }]);
    const after = await services.check(pushed);
    expect([after.verdict, totalOf(after)]).toEqual(["not_met", 0]);
    expect(uncountedOf(after)).toEqual({ "dt-w": { code: "withdrawn", hours: 90 } });
    // What was known then is still what was known then; by the other clock it was not obtained yet.
    const asKnown = await services.check(pushed, { knownAt: before.knownAt });
    expect([asKnown.verdict, totalOf(asKnown), asKnown.cut]).toEqual(["met", 90, before.cut]);
    const earlier = await services.check(pushed, { knownAt: before.knownAt, asOf: "2020-05-05" });
    expect([earlier.verdict, uncountedOf(earlier)]).toEqual([
      "not_met",
      { "dt-w": { code: "after_as_of", hours: 90 } },
    ]);
    const chain = (await services.entries(pushed)).filter(({ recordId }) => recordId === "dt-w");
    expect(chain.map(({ kind, state, hours }) => [kind, state, hours])).toEqual([
      ["posting", "registered", 90],
      ["reversal", "registered", -90],
      ["posting", "withdrawn", 90],
    ]);
  });

  it("refuses the withdrawal of what the source never sent", async () => {
    const other = await services.withdraw("zj-industry", "dt-1", "not ours");
    expect(other).toMatchObject({ status: 404, body: { code: "record_not_found" } });
  });
});

/** Everything that may be wrong with a row or keep it from counting, and the code that says so. */
const DIRT: readonly (readonly [
  recordId: string,
  fields: Readonly<Record<string, unknown>>,
  receipt: readonly [outcome: string, code: string | null],
  state: string | null,
  uncounted: { readonly code: string; readonly hours: number | null } | null,
])[] = [
  [
    "d-name",
    { practitioner: { ...dirty, name: "另名" } },
    ["held", "identity_conflict"],
    "held",
    { code: "identity_conflict", hours: 10 },
  ],
  [
    "d-digit",
    { practitioner: { ...dirty, idNumber: `${dirty.idNumber.slice(0, 17)}${dirty.idNumber.endsWith("1") ? 2 : 1}` } },
    ["refused", "id_invalid"],
    null,
    null,
  ],
  ["d-zero", { hours: 0 }, ["refused", "hours_invalid"], null, { code: "hours_invalid", hours: null }],
  ["d-words", { hours: "八" }, ["refused", "hours_invalid"], null, { code: "hours_invalid", hours: null }],
  ["d-three", { hours: 1.125 }, ["refused", "hours_invalid"], null, { code: "hours_invalid", hours: null }],
  ["d-date", { obtainedOn: "2020-02-30" }, ["refused", "date_invalid"], null, { code: "date_invalid", hours: null }],
  ["d-year", { attributedYear: "去年" }, ["refused", "year_invalid"], null, { code: "year_invalid", hours: null }],
  ["d-status", { status: "maybe" }, ["refused", "status_invalid"], null, { code: "status_invalid", hours: null }],
  [
    "d-time",
    { updateTime: "yesterday" },
    ["refused", "update_time_invalid"],
    null,
    { code: "update_time_invalid", hours: null },
  ],
  ["d-field", { credits: 3 }, ["refused", "record_invalid"], null, { code: "record_invalid", hours: null }],
  ["d-draft", { status: "draft" }, ["accepted", null], "not_registered", { code: "not_registered", hours: 10 }],
  ["d-subject", { subject: null }, ["accepted", null], "unclassified", { code: "unclassified", hours: 10 }],
  ["d-gone", { status: "withdrawn", hours: "?" }, ["accepted", null], "withdrawn", { code: "withdrawn", hours: null }],
  ["d-old", { obtainedOn: "2018-05-06" }, ["accepted", null], "registered", { code: "outside_window", hours: 10 }],
  ["d-late", { obtainedOn: "2020-08-01" }, ["accepted", null], "registered", { code: "after_as_of", hours: 10 }],
];

describe("what is wrong with a row", () => {
  it("has its code in the receipt, the batch, the entries and the check", async () => {
    const records = [record("d-first", dirty), ...DIRT.map(([recordId, fields]) => record(recordId, dirty, fields))];
    const { body } = await services.push("demo-training", records);
    const receipts = body.receipts.slice(1).map(({ recordId, outcome, code }) => [recordId, outcome, code]);
    expect(receipts).toEqual(DIRT.map(([recordId, , [outcome, code]]) => [recordId, outcome, code]));
    for (const { code, message } of body.receipts) expect(message === null).toBe(code === null);

    const batch = await services.posted("demo-training", body.batchId);
    const inBatch = batch.records
      .slice(1)
      .map(({ recordId, outcome, code, state }) => [recordId, outcome, code, state]);
    expect(inBatch).toEqual(DIRT.map(([recordId, , [outcome, code], state]) => [recordId, outcome, code, state]));

    const verdict = await services.check(dirty, { asOf: "2020-07-31" });
    const uncounted = DIRT.flatMap(([recordId, , , , shown]) => (shown === null ? [] : [[recordId, shown] as const]));
    expect(uncountedOf(verdict)).toEqual(Object.fromEntries(uncounted));
    expect(verdict.counted.map(({ recordId }) => recordId)).toEqual(["d-first"]);

    const entries = await services.entries(dirty);
    const codes = new Map(
      entries.map(({ recordId, code, state, hours }) => [recordId, { code: code ?? state, hours }]),
    );
    for (const [recordId, shown] of uncounted) {
      const ofCheck = shown.code === "outside_window" || shown.code === "after_as_of";
      expect([recordId, codes.get(recordId)]).toEqual([recordId, ofCheck ? { code: "registered", hours: 10 } : shown]);
    }
  });

  it("is told apart where two contents carry one update time, or the earlier one comes later", async () => {
    const at = (updateTime: string, hours: number) => [record("v-1", dirty, { hours, updateTime })];
    const outcomes: string[] = [];
    for (const sent of [at("2020-06-01T00:00:00Z", 5), at("2020-06-01T00:00:00Z", 4), at("2020-05-01T00:00:00Z", 9)]) {
      const { body } = await services.push("demo-training", sent);
      outcomes.push(...body.receipts.map(({ outcome }) => outcome));
      await services.posted("demo-training", body.batchId);
    }
    expect(outcomes).toEqual(["accepted", "conflict", "history"]);
    const { counted } = await services.check(dirty, { asOf: "2020-07-31" });
    expect(counted.find(({ recordId }) => recordId === "v-1")?.hours).toBe(4);
  });

  it("is flagged where hours are implausible, and they count all the same", async () => {
    const fields = {
      hours: 80,
      studiedFrom: "2020-05-06",
      studiedUntil: "2020-05-06",
      updateTime: "2020-05-01T00:00:00Z",
    };
    const { body } = await services.push("demo-training", [record("f-1", dirty, fields)]);
    await services.posted("demo-training", body.batchId);
    const { counted } = await services.check(dirty, { asOf: "2020-07-31" });
    expect(counted.find(({ recordId }) => recordId === "f-1")?.flags).toEqual([
      "more_hours_than_days_hold",
      "updated_before_obtained",
      "training_in_future",
    ]);
  });

  it("stops no other record, and one that cannot be tied to a person is in nobody's entries", async () => {
    const stranger = fictionalPerson(4, "试丁");
    const { body } = await services.push("demo-training", [null, record("s-1", stranger)]);
    expect(body.receipts.map(({ recordId, outcome, code }) => [recordId, outcome, code])).toEqual([
      [null, "refused", "record_invalid"],
      ["s-1", "accepted", null],
    ]);
    await services.posted("demo-training", body.batchId);
    expect((await services.entries(stranger)).map(({ recordId }) => recordId)).toEqual([null, "s-1"]);
  });

  it("is named elsewhere when the source registers for another platform of record", async () => {
    const { body } = await services.push("zj-industry", [record("zi-push", dirty)]);
    await services.posted("zj-industry", body.batchId);
    expect(uncountedOf(await services.check(dirty))).toMatchObject({ "zi-push": { code: "registered_elsewhere" } });
  });
});

describe("the documentation of the services", () => {
  it.each(["queryApi", "ingestionWorker", "ledgerService"] as const)(
    "of %s loads nothing from elsewhere",
    async (name) => {
      for (const lang of ["zh-CN", "en"]) {
        const response = await fetch(`${job.urls[name]}/docs?lang=${lang}`);
        expect(response.status).toBe(200);
        const page = await response.text();
        expect(page.length).toBeGreaterThan(2_000);
        // What makes a browser fetch something; a link to follow by hand does not.
        expect(page).not.toMatch(/<(?:script|img|iframe|object|embed|link|video|audio|source|base)\b/i);
        expect(page).not.toMatch(/@import|url\(/i);
        expect(page).not.toMatch(/\b(?:src|srcset|poster|background)\s*=/i);
        expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      }
      const document = (await (await fetch(`${job.urls[name]}/openapi.json`)).json()) as { openapi: string };
      expect(document.openapi).toMatch(/^3\.1/);
    },
  );
});

describe("the end of an installation", () => {
  it("comes with Ctrl-C: it drains, leaves no process, and says that all is well", async () => {
    const last = await services.push("demo-training", [record("dt-last", known)]);
    expect(last.status).toBe(202);
    job.signalGroup("SIGINT");
    expect(await job.ended, job.output()).toEqual({ code: 0, signal: null });
    expect(processesOf(dataDir)).toEqual([]);
  });
});
