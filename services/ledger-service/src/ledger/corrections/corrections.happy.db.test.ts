import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { countWritten, findBroken, readStanding } from "../../testing/read-ledger.ts";
import { openTestLedger, recordKey, type TestBatch, type TestLedger } from "../../testing/test-ledger.ts";
import { postBatch } from "../post-batch.ts";
import { addReviewRoutes } from "../review-routes.ts";
import { addCorrectionRoutes } from "./correction-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  call = callApp(ledger.context, (app) => {
    addCorrectionRoutes(app, { ...ledger.context, fourEyes: new Set(["fraud_revocation"]) });
    addReviewRoutes(app, ledger.context);
  });
});
beforeEach(() => ledger.empty());
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const post = async (batch: TestBatch) => postBatch(ledger.context, await ledger.store(batch));
const standing = () => readStanding(ledger.sql);
const codes = async () => {
  const rows = await ledger.sql<{ line: string }[]>`
    SELECT concat_ws(' ', entry.record_id, state.state, entry.code, entry.hours_hundredths, entry.subject,
      entry.attributed_year) AS line
    FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
    ORDER BY 1`;
  return rows.map(({ line }) => line);
};
const lastEntry = async (recordId: string) => {
  const [entry] = await ledger.sql`
    SELECT kind, state, code, hours_hundredths AS hours, reason, actor, note, trace FROM ledger.entry
    WHERE record_id = ${recordId} ORDER BY recorded_at DESC, sequence DESC LIMIT 1`;
  return entry;
};
const because = { reason: "looked at it", document: "letter 5" };
const propose = (body: object, holder = "alice") => call(holder, "POST", "/v1/corrections", { ...because, ...body });
const move = (correctionId: string, step: string, holder: string) =>
  call(holder, "POST", `/v1/corrections/${correctionId}/${step}`, step === "apply" ? undefined : { reason: "not so" });

/** Two of one achievement, one more of the same person, and one of another. */
const stored = () =>
  post({
    versions: [
      { recordId: "r1", person: "wang", title: "课程", hoursHundredths: 800 },
      { recordId: "r2", person: "wang", title: "《课程》", hoursHundredths: 400 },
      { recordId: "r3", person: "wang", provider: "学院" },
      { recordId: "r4", person: "li", provider: "学院", attributedYear: 2021 },
    ],
  });

describe("a revocation", () => {
  it("is previewed, applied by a second holder, holds for later versions, and is taken back", async () => {
    await stored();
    const before = await codes();
    const written = await countWritten(ledger.sql);
    const body = { kind: "fraud_revocation", recordKeys: [recordKey("r1"), recordKey("r4")] };
    const proposed = await propose(body);
    expect(proposed.status).toBe(201);
    expect(proposed.json).toMatchObject({
      ...{ state: "proposed", needsSecondHolder: true, document: "letter 5" },
      preview: {
        ...{ records: 2, changing: 2, unchanged: 0, following: 1, people: 2 },
        hours: [
          { platform: "quzhou-city", year: 2020, subject: "professional", hours: -4 },
          { platform: "quzhou-city", year: 2021, subject: "professional", hours: -8 },
        ],
        states: [{ before: "registered", after: "withdrawn", records: 2 }],
      },
    });
    expect([await codes(), await countWritten(ledger.sql)]).toEqual([before, written]);
    const { correctionId } = proposed.json;
    const listed = await call("reader", "GET", `/v1/corrections/${correctionId}/records`);
    const [followed] = listed.json.records.filter((row: { outcome: string }) => row.outcome === "follows");
    expect(followed).toMatchObject({ recordId: "r2", before: { state: "duplicate" }, after: { state: "registered" } });

    expect(await move(correctionId, "apply", "alice")).toMatchObject({
      ...{ status: 403, json: { code: "second_holder_required" } },
    });
    expect(await codes()).toEqual(before);
    const applied = await move(correctionId, "apply", "bob");
    expect([applied.status, applied.json.state]).toEqual([200, "applied"]);
    const after = [
      ...["r1 withdrawn revoked_for_fraud 800 professional 2020", "r2 registered 400 professional 2020"],
      ...["r3 registered 800 professional 2020", "r4 withdrawn revoked_for_fraud 800 professional 2021"],
    ];
    expect(await codes()).toEqual(after);
    expect(await lastEntry("r1")).toMatchObject({
      ...{ kind: "posting", reason: "fraud_revocation", actor: "alice+bob", note: "looked at it (letter 5)" },
    });
    expect(await lastEntry("r2")).toMatchObject({ reason: "duplicate_changed", note: null });

    await post({ versions: [{ recordId: "r1", person: "wang", updateTimeMs: 9_000, hoursHundredths: 1_600 }] });
    expect((await codes())[0]).toBe("r1 withdrawn revoked_for_fraud 1600 professional 2020");
    expect(await lastEntry("r1")).toMatchObject({ reason: "superseded", note: "looked at it (letter 5)" });

    expect((await move(correctionId, "undo", "alice")).json.state).toBe("undo_proposed");
    expect((await move(correctionId, "undo", "alice")).json.code).toBe("second_holder_required");
    expect((await codes())[3]).toBe(after[3]);
    const undone = await move(correctionId, "undo", "bob");
    expect(undone.json).toMatchObject({ state: "undone" });
    expect(undone.json.steps.map((one: { step: string; actor: string }) => `${one.step} ${one.actor}`)).toEqual([
      ...["proposed alice", "applied bob", "undo_proposed alice", "undone bob"],
    ]);
    expect(await codes()).toEqual([
      ...["r1 registered 1600 professional 2020", "r2 registered 400 professional 2020"],
      ...before.slice(2),
    ]);
    expect(await lastEntry("r4")).toMatchObject({ reason: "correction_undone", actor: "alice+bob", note: "not so" });
  });

  it("of a record that its source withdrew names the operator's reason, and posts once", async () => {
    await post({ versions: [{ recordId: "r1", person: "wang", status: "withdrawn", note: "mistake" }] });
    const body = { kind: "administrative_error", recordKeys: [recordKey("r1")], apply: true };
    expect(await propose(body)).toMatchObject({ status: 200, json: { state: "applied" } });
    expect(await codes()).toEqual(["r1 withdrawn administrative_error 800 professional 2020"]);
    const again = await propose(body);
    expect(again.json.preview).toMatchObject({ changing: 0, unchanged: 1, people: 0, hours: [] });
    const [count] = await ledger.sql`SELECT count(*)::int AS entries FROM ledger.entry WHERE kind <> 'identity'`;
    expect(count).toEqual({ entries: 3 });
    // Each of the two holds by itself.
    await move(again.json.correctionId, "undo", "alice");
    expect(await codes()).toEqual(["r1 withdrawn administrative_error 800 professional 2020"]);
  });

  it("of a record that is only held holds once it is admitted", async () => {
    const held = { flags: "training_in_future,held_as_implausible" };
    await post({ versions: [{ recordId: "r1", person: "wang", ...held }] });
    await propose({ kind: "withdrawal", recordKeys: [recordKey("r1")], apply: true });
    expect(await standing()).toEqual(["r1 held held 800 professional"]);
    await post({ versions: [{ recordId: "r1", person: "wang", updateTimeMs: 2_000 }] });
    expect((await codes())[1]).toBe("r1 withdrawn withdrawn_by_operator 800 professional 2020");
  });
});

describe("a correction of values", () => {
  it("holds against the value that it found, and gives way to what the source says of it", async () => {
    await stored();
    const changes = { hours: 2.5, obtainedOn: "2021-02-03", title: "课程（订正）" };
    const { json } = await propose({ kind: "correction", recordKeys: [recordKey("r3")], changes, apply: true });
    expect(json).toMatchObject({ state: "applied", changes, preview: { changing: 1 } });
    expect((await codes())[2]).toBe("r3 registered 250 professional 2021");
    expect((await lastEntry("r3"))?.trace).toMatch(/;corrected=hoursHundredths,obtainedOn,title$/);
    // The same hours again, with another provider: still put right. Other hours: the source stands, the date is still right.
    await post({ versions: [{ recordId: "r3", person: "wang", updateTimeMs: 2_000, provider: "另一学院" }] });
    expect((await codes())[2]).toBe("r3 registered 250 professional 2021");
    await post({ versions: [{ recordId: "r3", person: "wang", updateTimeMs: 3_000, hoursHundredths: 900 }] });
    expect((await codes())[2]).toBe("r3 registered 900 professional 2021");
    await move(json.correctionId, "undo", "alice");
    expect((await codes())[2]).toBe("r3 registered 900 professional 2020");
  });
});

describe("a reclassification", () => {
  it("is a decision beside others, and taking it back leaves theirs", async () => {
    await stored();
    await post({ versions: [{ recordId: "r5", person: "li", subjectCode: "999" }] });
    const decide = { subject: "elective", reason: "outline" };
    await call("alice", "POST", `/internal/v1/reviews/${recordKey("r5")}/decision`, decide);
    const keys = [recordKey("r4"), recordKey("r5")];
    const body = { kind: "reclassification", recordKeys: keys, changes: { subject: "industry_common" }, apply: true };
    const { json } = await propose(body);
    const subjects = async () => (await standing()).slice(3);
    expect(await subjects()).toEqual(["r4 registered 800 industry_common", "r5 registered 800 industry_common"]);
    await move(json.correctionId, "undo", "alice");
    expect(await subjects()).toEqual(["r4 registered 800 professional", "r5 registered 800 elective"]);
  });
});

describe("records that are found", () => {
  it.each<[string, object, string[]]>([
    ["provider", { provider: "学院" }, ["r3", "r4"]],
    ["provider and year", { provider: "学院", year: 2021 }, ["r4"]],
    ["title, exactly", { title: "课程" }, ["r1"]],
    ["platform of record and source", { platform: "quzhou-city", source: "quzhou-city" }, ["r1", "r2", "r3", "r4"]],
    ["dates, both inclusive", { obtainedFrom: "2020-03-01", obtainedUntil: "2020-03-01" }, ["r1", "r2", "r3", "r4"]],
    ["dates that nothing has", { obtainedFrom: "2020-03-02" }, []],
    ["another platform", { platform: "zj-industry" }, []],
  ])("are those by %s", async (_what, filter, expected) => {
    await stored();
    const { json } = await propose({ kind: "withdrawal", filter });
    const listed = await call("alice", "GET", `/v1/corrections/${json.correctionId}/records`);
    const named = listed.json.records.filter((row: { outcome: string }) => row.outcome !== "follows");
    expect(named.map((row: { recordId: string }) => row.recordId).sort()).toEqual(expected);
  });

  it("are those of a batch, by the version that stands", async () => {
    const batchId = await ledger.store({
      versions: ["r1", "r2"].map((recordId) => ({ recordId, person: "wang", title: `旧 ${recordId}` })),
    });
    await postBatch(ledger.context, batchId);
    await post({ versions: [{ recordId: "r2", person: "wang", updateTimeMs: 2_000, title: "新" }] });
    const found = async (filter: object) => (await propose({ kind: "withdrawal", filter })).json.preview.records;
    expect(await found({ batchId })).toBe(2);
    expect([await found({ batchId, title: "旧 r1" }), await found({ batchId, title: "旧 r2" })]).toEqual([1, 0]);
    expect(await found({ batchId: ledger.context.newId() })).toBe(0);
  });

  it("are paged in both lists", async () => {
    await stored();
    await propose({ kind: "withdrawal", filter: { provider: "学院" } });
    ledger.clock.advance(1_000);
    const { json } = await propose({ kind: "withdrawal", filter: { title: "课程" } });
    const first = await call("alice", "GET", "/v1/corrections?limit=1");
    expect(first.json.corrections[0]).toEqual(json);
    const second = await call("alice", "GET", `/v1/corrections?limit=1&cursor=${first.json.nextCursor}`);
    expect([second.json.corrections[0].filter, second.json.nextCursor]).toEqual([{ provider: "学院" }, null]);
    const keys: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const at: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = await call("alice", "GET", `/v1/corrections/${json.correctionId}/records?limit=1${at}`);
      keys.push(...page.json.records.map((row: { recordId: string }) => row.recordId));
      cursor = page.json.nextCursor;
    }
    expect(keys.sort()).toEqual(["r1", "r2"]);
  });
});

describe("an Idempotency-Key", () => {
  it("proposes once, and applies what a first request did not come to", async () => {
    await stored();
    const headers = { "Idempotency-Key": "k-1" };
    const body = { kind: "withdrawal", recordKeys: [recordKey("r3")], ...because };
    const first = await call("alice", "POST", "/v1/corrections", body, headers);
    const second = await call("alice", "POST", "/v1/corrections", body, headers);
    expect(second.json).toEqual(first.json);
    expect(second.headers.get("Idempotency-Replayed")).toBe("true");
    const other = await call("alice", "POST", "/v1/corrections", { ...body, reason: "other" }, headers);
    expect([other.status, other.json.code]).toEqual([422, "idempotency_key_reused"]);
    const others = await call("bob", "POST", "/v1/corrections", body, headers);
    expect(others.json.correctionId).not.toBe(first.json.correctionId);
  });
});
