import { writePersonMerge } from "@xueshi/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { activateRoutes } from "../../testing/activate-routes.ts";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { countWritten, findBroken, readStanding } from "../../testing/read-ledger.ts";
import { openTestLedger, personId, recordKey, type TestBatch, type TestLedger } from "../../testing/test-ledger.ts";
import { followRules } from "../follow-rules.ts";
import { postBatch } from "../post-batch.ts";
import { addCorrectionRoutes } from "./correction-routes.ts";
import { addDuplicateRoutes } from "./duplicate-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  const context = { ...ledger.context, fourEyes: new Set(["distinct_achievements"] as const) };
  call = callApp(ledger.context, (app) => {
    addCorrectionRoutes(app, context);
    addDuplicateRoutes(app, context);
  });
});
beforeEach(() => ledger.empty());
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const DECISIONS = "/v1/duplicates/decisions";
const post = async (batch: TestBatch) => postBatch(ledger.context, await ledger.store(batch));
const standing = () => readStanding(ledger.sql);
const counting = async () =>
  (await standing()).filter((line) => line.includes(" registered ")).map((line) => line.split(" ")[0]);
const because = { reason: "one course, reported twice", document: "letter 5" };
const keys = (...ids: string[]) => ids.map((id) => recordKey(...(id.split("@") as [string])));
const propose = (kind: "same" | "distinct", ids: string[][], body: object = {}, holder = "alice") => {
  const named = { kind: kind === "same" ? "same_achievement" : "distinct_achievements" };
  return call(holder, "POST", DECISIONS, { ...because, ...named, recordSets: ids.map((set) => keys(...set)), ...body });
};
const move = (decisionId: string, step: string, holder = "alice") =>
  call(holder, "POST", `${DECISIONS}/${decisionId}/${step}`, step === "approve" ? undefined : { reason: "not so" });
/** States that records are the same at once, and gives the id of the decision. */
const same = async (...ids: string[]): Promise<string> => {
  const { status, json } = await propose("same", [ids], { apply: true });
  expect([status, json.state]).toEqual([200, "applied"]);
  return json.decisionId;
};
const distinct = async (...ids: string[]): Promise<string> => {
  const { json } = await propose("distinct", [ids]);
  expect((await move(json.decisionId, "approve", "bob")).json.state).toBe("applied");
  return json.decisionId;
};

/** r1 and r2 are one achievement by the rule; r3 and r4 are the same as nothing. */
const stored = () =>
  post({
    versions: [
      { recordId: "r1", person: "wang", title: "课程", hoursHundredths: 800 },
      { recordId: "r2", person: "wang", title: "《课程》", hoursHundredths: 400 },
      { recordId: "r3", person: "wang", title: "课程（二）", hoursHundredths: 600 },
      { recordId: "r4", person: "wang", title: "另一课程", hoursHundredths: 200 },
    ],
  });
/** What another source reports to the same platform of record. */
const ELSEWHERE: TestBatch = {
  source: "demo-training",
  versions: [
    {
      ...{ recordId: "d1", person: "wang", title: "课程二", hoursHundredths: 700 },
      ...{ subjectCode: "professional", subjectBasis: "name" },
    },
  ],
};
const BY_RULE = [
  "r1 registered 800 professional",
  "r2 duplicate 400 professional",
  "r3 registered 600 professional",
  "r4 registered 200 professional",
];

describe("records that are said to be one achievement", () => {
  it("count once, are posted as reversals and postings with reason, document and actor, and come back", async () => {
    await stored();
    const proposed = await propose("same", [["r3", "r4"]]);
    expect(proposed.status).toBe(201);
    expect(proposed.json).toMatchObject({
      ...{ kind: "same_achievement", state: "proposed", needsSecondHolder: false, ...because },
      recordSets: [keys("r3", "r4")],
      preview: {
        ...{ records: 2, changing: 1, unchanged: 1, following: 0, people: 1 },
        hours: [{ platform: "quzhou-city", year: 2020, subject: "professional", hours: -2 }],
      },
    });
    expect(await standing()).toEqual(BY_RULE);
    const { decisionId } = proposed.json;
    const listed = await call("alice", "GET", `${DECISIONS}/${decisionId}/records`);
    expect(
      listed.json.records.map((row: { recordId: string; outcome: string }) => [row.recordId, row.outcome]).sort(),
    ).toEqual([
      ["r3", "unchanged"],
      ["r4", "changes"],
    ]);
    expect((await move(decisionId, "approve")).json.state).toBe("applied");
    expect(await standing()).toEqual(BY_RULE.with(3, "r4 duplicate 200 professional"));
    const entries = await ledger.sql`
      SELECT kind, state, hours_hundredths AS hours, reason, actor, note FROM ledger.entry
      WHERE record_id = 'r4' ORDER BY sequence`;
    const said = { reason: "same_achievement", actor: "alice", note: "one course, reported twice (letter 5)" };
    expect(entries.slice(1)).toEqual([
      { kind: "reversal", state: "registered", hours: -200, ...said },
      { kind: "posting", state: "duplicate", hours: 200, ...said },
    ]);
    expect((await move(decisionId, "undo")).json).toMatchObject({
      state: "undone",
      steps: [{}, {}, { step: "undone" }],
    });
    expect(await standing()).toEqual(BY_RULE);
  });

  it("bring what the rule holds for the same with them, and the best of all counts", async () => {
    await stored();
    const decisionId = await same("r2", "r3");
    expect(await standing()).toEqual(BY_RULE.with(2, "r3 duplicate 600 professional"));
    await same("r3", "r4");
    expect(await counting()).toEqual(["r1"]);
    await move(decisionId, "undo");
    expect(await counting()).toEqual(["r1", "r3"]);
  });

  it("may be of several sources of one authority, and are that already where nothing changes", async () => {
    await stored();
    await post(ELSEWHERE);
    await same("r3", "d1@demo-training");
    expect(await counting()).toEqual(["d1", "r1", "r4"]);
    const written = await countWritten(ledger.sql);
    const again = await propose("same", [["r3", "d1@demo-training"]], { apply: true });
    expect([again.json.state, again.json.preview.changing]).toEqual(["applied", 0]);
    expect(await countWritten(ledger.sql)).toEqual(written);
  });
});

describe("records that are said to be distinct", () => {
  it("count each, by a second holder where two are needed, and are duplicates again when it is undone", async () => {
    await stored();
    const { json } = await propose("distinct", [["r1", "r2"]]);
    expect(json.needsSecondHolder).toBe(true);
    expect((await move(json.decisionId, "approve", "alice")).json.code).toBe("second_holder_required");
    expect((await propose("distinct", [["r1", "r2"]], { apply: true })).json.code).toBe("second_holder_required");
    await move(json.decisionId, "approve", "bob");
    expect(await counting()).toEqual(["r1", "r2", "r3", "r4"]);
    const [entry] = await ledger.sql`
      SELECT actor, reason FROM ledger.entry WHERE record_id = 'r2' ORDER BY sequence DESC LIMIT 1`;
    expect(entry).toEqual({ actor: "alice+bob", reason: "distinct_achievements" });
    expect((await move(json.decisionId, "undo", "bob")).json.state).toBe("undo_proposed");
    expect((await move(json.decisionId, "undo", "bob")).json.code).toBe("second_holder_required");
    expect((await move(json.decisionId, "undo", "alice")).json.state).toBe("undone");
    expect(await standing()).toEqual(BY_RULE);
  });

  it("stay apart from records that come later, and so does a third one of their achievement only from one", async () => {
    await stored();
    await distinct("r1", "r2");
    await post({ versions: [{ recordId: "r5", person: "wang", title: "课 程", hoursHundredths: 300 }] });
    expect(await counting()).toEqual(["r1", "r2", "r3", "r4"]);
  });

  it("are never taken for duplicates, though the rule would only later", async () => {
    await stored();
    await distinct("r3", "r4");
    await post({
      versions: [{ recordId: "r4", person: "wang", title: "课程（二）", hoursHundredths: 200, updateTimeMs: 2_000 }],
    });
    expect(await counting()).toEqual(["r1", "r3", "r4"]);
  });
});

describe("a decision in force", () => {
  it("holds for a later version of a record, however its title, date and hours change", async () => {
    await stored();
    await same("r3", "r4");
    await post({
      versions: [
        {
          recordId: "r4",
          person: "wang",
          title: "改名",
          hoursHundredths: 900,
          obtainedOn: "2020-05-01" as never,
          updateTimeMs: 2_000,
        },
      ],
    });
    expect(await counting()).toEqual(["r1", "r4"]);
  });

  it("lets the next one count where the best one is withdrawn, and says so still when it returns", async () => {
    await stored();
    await same("r3", "r4");
    await post({ versions: [{ recordId: "r3", person: "wang", status: "withdrawn", updateTimeMs: 2_000 }] });
    expect(await counting()).toEqual(["r1", "r4"]);
    await post({
      versions: [{ recordId: "r3", person: "wang", title: "回来", hoursHundredths: 600, updateTimeMs: 3_000 }],
    });
    expect(await counting()).toEqual(["r1", "r3"]);
  });

  it("works by way of a record that is withdrawn", async () => {
    await stored();
    await same("r1", "r3");
    await same("r3", "r4");
    await post({ versions: [{ recordId: "r3", person: "wang", status: "withdrawn", updateTimeMs: 2_000 }] });
    expect(await counting()).toEqual(["r1"]);
  });

  it("follows its records into another person's chain and back", async () => {
    await stored();
    await post({ versions: [{ recordId: "w1", person: "wrong id", title: "第三种", hoursHundredths: 100 }] });
    const merge = async (into: string | null) => {
      ledger.clock.advance(1_000);
      await ledger.sql.begin((tx) =>
        writePersonMerge(tx, {
          ...{ practitionerId: personId("wrong id"), decidedAtMs: ledger.clock(), decisionId: ledger.context.newId() },
          ...{ intoPractitionerId: into, reason: "one person", document: null, actor: "operator-1" },
        }),
      );
      await post({
        versions: [
          { recordId: "w1", person: "wrong id", title: "第三种", hoursHundredths: 100, updateTimeMs: ledger.clock() },
        ],
      });
    };
    await merge(personId("wang"));
    await same("r4", "w1");
    expect(await counting()).toEqual(["r1", "r3", "r4"]);
    await merge(null);
    expect(await counting()).toEqual(["r1", "r3", "r4", "w1"]);
    await merge(personId("wang"));
    expect(await counting()).toEqual(["r1", "r3", "r4"]);
  });

  it("says nothing while the rules have its records on different platforms of record", async () => {
    await stored();
    await post(ELSEWHERE);
    await same("r3", "d1@demo-training");
    const route = async (platform: string) => {
      ledger.clock.advance(1_000);
      await activateRoutes(ledger.sql, ledger.clock(), [{ source: "demo-training", platform }]);
      while ((await followRules(ledger.context)) === "step");
    };
    await route("zj-industry");
    expect(await counting()).toEqual(["d1", "r1", "r3", "r4"]);
    await route("quzhou-city");
    expect(await counting()).toEqual(["d1", "r1", "r4"]);
  });
});

describe("many sets", () => {
  it("are decided all or not at all, and are listed newest first, apart from corrections", async () => {
    await stored();
    await post({
      versions: [
        { recordId: "l1", person: "li" },
        { recordId: "l2", person: "li" },
      ],
    });
    const refused = await propose(
      "same",
      [
        ["r3", "r4"],
        ["l1", "r1"],
      ],
      { apply: true },
    );
    expect(refused.json.code).toBe("duplicates_across_people");
    expect(await counting()).toEqual(["l1", "l2", "r1", "r3", "r4"]);
    ledger.clock.advance(1_000);
    const both = await propose(
      "same",
      [
        ["r3", "r4"],
        ["l1", "l2"],
      ],
      { apply: true },
    );
    expect(both.json.preview).toMatchObject({ records: 4, changing: 2, people: 2 });
    expect(await counting()).toEqual(["l1", "r1", "r3"]);
    await move(both.json.decisionId, "undo");
    ledger.clock.advance(1_000);
    const { json } = await propose("distinct", [["r1", "r2"]]);
    const first = await call("alice", "GET", `${DECISIONS}?limit=1`);
    expect(first.json.decisions).toEqual([json]);
    const second = await call("alice", "GET", `${DECISIONS}?limit=1&cursor=${first.json.nextCursor}`);
    expect([second.json.decisions[0].decisionId, second.json.nextCursor]).toEqual([both.json.decisionId, null]);
    expect((await call("alice", "GET", "/v1/corrections")).json.corrections).toEqual([]);
    expect((await call("alice", "GET", `/v1/corrections/${json.decisionId}`)).json.code).toBe("correction_not_found");
    expect((await move(json.decisionId, "cancel")).json.state).toBe("cancelled");
  });

  it("are proposed once under an Idempotency-Key", async () => {
    await stored();
    const body = { ...because, kind: "same_achievement", recordSets: [keys("r3", "r4")] };
    const first = await call("alice", "POST", DECISIONS, body, { "Idempotency-Key": "k-1" });
    const second = await call("alice", "POST", DECISIONS, body, { "Idempotency-Key": "k-1" });
    expect(second.json).toEqual(first.json);
    const other = await call("alice", "POST", DECISIONS, { ...body, reason: "x" }, { "Idempotency-Key": "k-1" });
    expect(other.json.code).toBe("idempotency_key_reused");
  });
});
