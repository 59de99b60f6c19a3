import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { countWritten, findBroken, readStanding } from "../../testing/read-ledger.ts";
import { openTestLedger, recordKey, type TestBatch, type TestLedger } from "../../testing/test-ledger.ts";
import { postBatch } from "../post-batch.ts";
import { applyCorrection } from "./apply-correction.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { addCorrectionRoutes } from "./correction-routes.ts";

const PATIENT_MS = 60_000;

let ledger: TestLedger;
let context: CorrectionContext;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  context = { ...ledger.context, fourEyes: new Set(["fraud_revocation"]) };
  call = callApp(ledger.context, (app) => addCorrectionRoutes(app, context));
});
beforeEach(() => ledger.empty());
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const post = async (batch: TestBatch) => postBatch(ledger.context, await ledger.store(batch));
const because = { reason: "looked at it", document: "letter 5" };
const propose = (body: object, holder = "alice") => call(holder, "POST", "/v1/corrections", { ...because, ...body });
const move = (correctionId: string, step: string, holder = "alice") =>
  call(holder, "POST", `/v1/corrections/${correctionId}/${step}`, step === "apply" ? undefined : { reason: "not so" });
const stored = () =>
  post({
    versions: [
      { recordId: "r1", person: "wang" },
      { recordId: "r2", person: "li" },
    ],
  });
const withdrawal = { kind: "withdrawal", recordKeys: [recordKey("r1"), recordKey("r2")] };

describe("what is asked", () => {
  it.each<[string, object, string]>([
    ["no records", { kind: "withdrawal" }, " choose_one"],
    ["both ways to name them", { ...withdrawal, filter: { title: "x" } }, " choose_one"],
    ["an empty filter", { kind: "withdrawal", filter: {} }, "filter required"],
    [
      "a day that is none",
      { kind: "withdrawal", filter: { obtainedFrom: "2020-02-30" } },
      "filter.obtainedFrom date_invalid",
    ],
    ["no document", { ...withdrawal, kind: "fraud_revocation", document: undefined }, "document required"],
    [
      "no document",
      { ...withdrawal, kind: "correction", changes: { hours: 1 }, document: undefined },
      "document required",
    ],
    ["nothing to change", { ...withdrawal, kind: "correction" }, "changes required"],
    [
      "hours that are none",
      { ...withdrawal, kind: "correction", changes: { hours: 1.005 } },
      "changes.hours hours_invalid",
    ],
    ["no subject", { ...withdrawal, kind: "reclassification", changes: {} }, "changes required"],
    [
      "more than a subject",
      { ...withdrawal, kind: "reclassification", changes: { subject: "elective", hours: 1 } },
      "changes.hours unknown_field",
    ],
    ["changes of what is taken back", { ...withdrawal, changes: { hours: 1 } }, "changes unknown_field"],
    [
      "too many at once",
      { kind: "withdrawal", recordKeys: Array.from({ length: 101 }, (_, at) => recordKey(`${at}`)), apply: true },
      "recordKeys too_many",
    ],
    ["no reason", { ...withdrawal, reason: undefined }, "reason required"],
  ])("cannot be %s", async (_what, body, expected) => {
    const { status, json } = await propose(body);
    expect([status, json.code]).toEqual([422, "validation_failed"]);
    expect(json.errors.map((error: { path: string; code: string }) => `${error.path} ${error.code}`)).toContain(
      expected,
    );
  });

  it("names only records that the ledger has seen", async () => {
    await stored();
    const { status, json } = await propose({ ...withdrawal, recordKeys: [recordKey("r1"), recordKey("nobody's")] });
    expect([status, json.code]).toEqual([422, "correction_records_unknown"]);
    expect(json.errors).toMatchObject([{ path: "recordKeys[1]", code: "not_known" }]);
    const [count] = await ledger.sql`SELECT count(*)::int AS corrections FROM ledger.correction`;
    expect(count).toEqual({ corrections: 0 });
  });

  it("is not applied at once where a second holder is needed, and nothing is kept of it", async () => {
    await stored();
    const { status, json } = await propose({ ...withdrawal, kind: "fraud_revocation", apply: true });
    expect([status, json.code]).toEqual([403, "second_holder_required"]);
    expect((await call("alice", "GET", "/v1/corrections")).json.corrections).toEqual([]);
  });
});

describe("a correction that is not there, or not in that state", () => {
  it("is answered so", async () => {
    const missing = ledger.context.newId();
    for (const step of ["apply", "cancel", "undo"]) {
      expect((await move(missing, step)).json.code).toBe("correction_not_found");
    }
    for (const path of [missing, `${missing}/records`]) {
      expect((await call("alice", "GET", `/v1/corrections/${path}`)).status).toBe(404);
    }
  });

  it("is moved on once", async () => {
    await stored();
    const { correctionId } = (await propose(withdrawal)).json;
    expect((await move(correctionId, "undo")).json.code).toBe("correction_state_conflict");
    expect((await move(correctionId, "apply", "bob")).status).toBe(200);
    const written = await countWritten(ledger.sql);
    // Who applied it may ask again; another one did not apply it.
    expect((await move(correctionId, "apply", "bob")).status).toBe(200);
    expect((await move(correctionId, "apply", "alice")).status).toBe(409);
    expect((await move(correctionId, "cancel")).status).toBe(409);
    expect(await countWritten(ledger.sql)).toEqual(written);
    expect((await move(correctionId, "undo")).json.state).toBe("undone");
    for (const step of ["undo", "apply", "cancel"]) expect((await move(correctionId, step)).status).toBe(409);
    const cancelled = (await propose(withdrawal)).json.correctionId;
    expect((await move(cancelled, "cancel", "bob")).json.state).toBe("cancelled");
    expect((await move(cancelled, "apply")).json.code).toBe("correction_state_conflict");
    expect(await readStanding(ledger.sql)).toEqual([
      "r1 registered 800 professional",
      "r2 registered 800 professional",
    ]);
  });

  it("keeps a revocation for fraud in force while its undo waits, and after that is cancelled", async () => {
    await stored();
    const { correctionId } = (await propose({ ...withdrawal, kind: "fraud_revocation" })).json;
    await move(correctionId, "apply", "bob");
    const revoked = ["r1 withdrawn 800 professional", "r2 withdrawn 800 professional"];
    expect((await move(correctionId, "undo", "alice")).json.state).toBe("undo_proposed");
    expect(await readStanding(ledger.sql)).toEqual(revoked);
    expect((await move(correctionId, "cancel", "bob")).json.state).toBe("applied");
    // The second request of the same holder is a first one again.
    expect((await move(correctionId, "undo", "bob")).json.state).toBe("undo_proposed");
    expect(await readStanding(ledger.sql)).toEqual(revoked);
  });
});

describe("records that changed after the preview", () => {
  it.each<[string, TestBatch]>([
    ["a later version", { versions: [{ recordId: "r2", person: "li", updateTimeMs: 2_000, hoursHundredths: 900 }] }],
    ["another record of the achievement", { versions: [{ recordId: "r9", person: "li", title: "课程 r2" }] }],
  ])("by %s stop all of it; a fresh preview can be applied", async (_what, batch) => {
    await stored();
    const { correctionId, preview } = (await propose(withdrawal)).json;
    await post(batch);
    const written = await countWritten(ledger.sql);
    const outdated = await move(correctionId, "apply", "bob");
    expect([outdated.status, outdated.json.code]).toEqual([409, "correction_outdated"]);
    expect(await countWritten(ledger.sql)).toEqual(written);
    const fresh = (await call("bob", "GET", `/v1/corrections/${correctionId}`)).json;
    expect([fresh.state, fresh.steps.length]).toEqual(["proposed", 2]);
    expect(fresh.preview).not.toEqual(preview);
    expect((await move(correctionId, "apply", "bob")).json.state).toBe("applied");
    await move(correctionId, "undo");
    expect((await readStanding(ledger.sql)).filter((line) => line.includes("withdrawn"))).toEqual([]);
  });

  it("by a record that the filter finds now stop it too", async () => {
    await stored();
    const { correctionId } = (await propose({ kind: "withdrawal", filter: { year: 2020 } })).json;
    await post({ versions: [{ recordId: "r3", person: "zhao" }] });
    expect((await move(correctionId, "apply")).json.code).toBe("correction_outdated");
    expect((await call("bob", "GET", `/v1/corrections/${correctionId}`)).json.preview.records).toBe(3);
  });

  it("do not where they are others", async () => {
    await stored();
    const { correctionId } = (await propose({ ...withdrawal, recordKeys: [recordKey("r1")] })).json;
    await post({
      versions: [
        { recordId: "r8", person: "wang", title: "别的" },
        { recordId: "r2", person: "li", updateTimeMs: 2_000, title: "x" },
      ],
    });
    expect((await move(correctionId, "apply")).status).toBe(200);
  });
});

describe("many records", () => {
  const people = Array.from({ length: 1_100 }, (_, index) => `p${index}`);
  const many = { versions: people.map((person) => ({ recordId: `of ${person}`, person })) };
  const filter = { source: "quzhou-city", obtainedFrom: "2020-03-01" };

  it("are corrected all or not at all, whatever fails in the middle", { timeout: PATIENT_MS }, async () => {
    await post(many);
    const { correctionId, preview } = (await propose({ kind: "administrative_error", filter })).json;
    expect(preview).toMatchObject({ records: 1_100, changing: 1_100, people: 1_100 });
    const written = await countWritten(ledger.sql);
    let postings = 0;
    const newId = () => {
      postings += 1;
      if (postings === 2) throw new Error("in the middle");
      return ledger.context.newId();
    };
    const asked = { correctionId, of: "records", holder: "alice" } as const;
    await expect(applyCorrection({ ...context, newId }, asked)).rejects.toThrow("in the middle");
    const decided = () => ledger.sql`SELECT count(*)::int AS decisions FROM classification.correction_decision`;
    expect([await countWritten(ledger.sql), await decided()]).toEqual([written, [{ decisions: 0 }]]);
    // Another process goes on with it.
    const url = await ledger.database.urlAs("ledger");
    await applyCorrection({ ...ledger.contextAt(url), fourEyes: context.fourEyes }, asked);
    const { json } = await call("alice", "GET", `/v1/corrections/${correctionId}`);
    expect([json.state, json.steps.at(-1).postingIds.length]).toEqual(["applied", 3]);
    const states = new Set((await readStanding(ledger.sql)).map((line) => line.split(" ")[2]));
    expect(states).toEqual(new Set(["withdrawn"]));
    await move(correctionId, "undo");
    const [sum] = await ledger.sql`SELECT sum(hours_hundredths)::int AS sum FROM projection.balance`;
    expect(sum).toEqual({ sum: 880_000 });
  });

  it("are applied once by two holders at the same time", async () => {
    await stored();
    const { correctionId } = (await propose(withdrawal)).json;
    const both = await Promise.all(["bob", "carol"].map((holder) => move(correctionId, "apply", holder)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [count] = await ledger.sql`SELECT count(*)::int AS reversals FROM ledger.entry WHERE kind = 'reversal'`;
    expect(count).toEqual({ reversals: 2 });
  });
});
