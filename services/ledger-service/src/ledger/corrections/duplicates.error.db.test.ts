import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { countWritten, findBroken, readStanding } from "../../testing/read-ledger.ts";
import { openTestLedger, recordKey, type TestBatch, type TestLedger } from "../../testing/test-ledger.ts";
import { postBatch } from "../post-batch.ts";
import { addReviewRoutes } from "../review-routes.ts";
import { addDuplicateRoutes } from "./duplicate-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  call = callApp(ledger.context, (app) => {
    addDuplicateRoutes(app, { ...ledger.context, fourEyes: new Set() });
    addReviewRoutes(app, ledger.context);
  });
});
beforeEach(() => ledger.empty());
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const DECISIONS = "/v1/duplicates/decisions";
const post = async (batch: TestBatch) => postBatch(ledger.context, await ledger.store(batch));
const propose = (kind: "same" | "distinct", sets: readonly string[][], body: object = {}, holder = "alice") => {
  const named = kind === "same" ? "same_achievement" : "distinct_achievements";
  const recordSets = sets.map((set) => set.map((id) => recordKey(...(id.split("@") as [string]))));
  return call(holder, "POST", DECISIONS, { reason: "looked at it", kind: named, recordSets, ...body });
};
const move = (decisionId: string, step: string, holder = "alice") =>
  call(holder, "POST", `${DECISIONS}/${decisionId}/${step}`, step === "approve" ? undefined : { reason: "not so" });
const applied = async (kind: "same" | "distinct", ...ids: string[]): Promise<string> =>
  (await propose(kind, [ids], { apply: true })).json.decisionId;
const stored = () =>
  post({
    versions: [
      ...["r1", "r2", "r3", "r4"].map((recordId) => ({ recordId, person: "wang" })),
      { recordId: "l1", person: "li" },
    ],
    refusals: [{ recordId: "bad", person: "wang" }],
  });
const states = async () => (await readStanding(ledger.sql)).map((line) => line.split(" ").slice(0, 2).join(" "));

describe("what is asked", () => {
  it.each<[string, string[][], object, string]>([
    ["no set", [], {}, "recordSets too_few"],
    ["a set of one record", [["r1"]], {}, "recordSets[0] too_few"],
    ["a record twice in a set", [["r1", "r1"]], {}, "recordSets[0][1] named_twice"],
    [
      "a record in two sets",
      [
        ["r1", "r2"],
        ["r3", "r1"],
      ],
      {},
      "recordSets[1][1] named_twice",
    ],
    ["no reason", [["r1", "r2"]], { reason: "" }, "reason required"],
    ["another kind", [["r1", "r2"]], { kind: "withdrawal" }, "kind value_not_listed"],
    [
      "more than may be done unseen",
      Array.from({ length: 51 }, (_, i) => [`a${i}`, `b${i}`]),
      { apply: true },
      "recordSets too_many",
    ],
    ["a set that is too long", [Array.from({ length: 51 }, (_, i) => `a${i}`)], {}, "recordSets[0] too_many"],
  ])("%s is refused", async (_what, sets, body, expected) => {
    const { status, json } = await propose("same", sets, body);
    const errors = json.errors?.map((error: { path: string; code: string }) => `${error.path} ${error.code}`);
    expect([status, errors]).toEqual([422, [expected]]);
  });

  it.each<[string, "same" | "distinct", string[], string]>([
    ["a record that nobody sent", "same", ["r1", "none"], "correction_records_unknown"],
    ["a record that was only refused", "same", ["r1", "bad"], "duplicates_not_standing"],
    ["records of two people", "same", ["r1", "l1"], "duplicates_across_people"],
    ["records of two people, as distinct", "distinct", ["r1", "l1"], "duplicates_across_people"],
    ["records of two platforms of record", "same", ["r1", "z1@zj-industry"], "duplicates_across_authorities"],
  ])("%s is refused, and nothing is kept", async (_what, kind, ids, code) => {
    await stored();
    await post({ source: "zj-industry", versions: [{ recordId: "z1", person: "wang" }] });
    const { status, json } = await propose(kind, [ids]);
    expect([status, json.code]).toEqual([422, code]);
    expect((await call("alice", "GET", DECISIONS)).json.decisions).toEqual([]);
  });

  it("names the record that is not known", async () => {
    await stored();
    const { json } = await propose("same", [
      ["r1", "r2"],
      ["r3", "none"],
    ]);
    expect(json.errors.map((error: { path: string }) => error.path)).toEqual(["recordSets[1][1]"]);
  });
});

describe("decisions that contradict each other", () => {
  it.each<["same" | "distinct", string[]][]>([
    [
      ["same", ["r1", "r2"]],
      ["distinct", ["r2", "r1"]],
    ],
    [
      ["distinct", ["r1", "r2", "r3"]],
      ["same", ["r1", "r3"]],
    ],
    [
      ["same", ["r1", "r2"]],
      ["same", ["r2", "r3"]],
      ["distinct", ["r1", "r3"]],
    ],
    [
      ["distinct", ["r1", "r3"]],
      ["same", ["r1", "r2"]],
      ["same", ["r2", "r3"]],
    ],
  ])("are refused, and may be made when the other is taken back", async (...decisions) => {
    await stored();
    const made: string[] = [];
    for (const [kind, ids] of decisions.slice(0, -1)) made.push(await applied(kind, ...ids));
    const before = await countWritten(ledger.sql);
    const [kind, ids] = decisions.at(-1) ?? ["same", []];
    const refused = await propose(kind, [ids]);
    expect([refused.status, refused.json.code]).toEqual([409, "duplicates_contradict"]);
    expect(await countWritten(ledger.sql)).toEqual(before);
    await move(made.at(-1) ?? "", "undo");
    expect((await propose(kind, [ids], { apply: true })).json.state).toBe("applied");
  });

  it("are found when the second is applied, where both were proposed before", async () => {
    await stored();
    const [first, second] = [await propose("same", [["r1", "r2"]]), await propose("distinct", [["r1", "r2"]])];
    await move(first.json.decisionId, "approve");
    expect((await move(second.json.decisionId, "approve")).json.code).toBe("duplicates_contradict");
    expect((await call("alice", "GET", `${DECISIONS}/${second.json.decisionId}`)).json.state).toBe("proposed");
  });

  it("a review cannot let a record count that is decided to be another's achievement", async () => {
    await stored();
    const decisionId = await applied("same", "r1", "r2");
    const review = () =>
      call("alice", "POST", `/internal/v1/reviews/${recordKey("r2")}/decision`, { counts: true, reason: "x" });
    expect((await review()).json.code).toBe("decision_conflict");
    expect(await states()).toContain("r2 duplicate");
    await move(decisionId, "undo");
    expect(await states()).toContain("r2 registered");
  });
});

describe("at the same moment", () => {
  it("of two operators who say opposite things one is refused", async () => {
    await stored();
    const kinds = ["same", "distinct"] as const;
    const asked = await Promise.all(
      kinds.map((kind) => propose(kind, [["r1", "r2"]], {}, kind === "same" ? "alice" : "bob")),
    );
    const ids = asked.map(({ json }) => json.decisionId as string);
    const both = await Promise.all(ids.map((id) => move(id, "approve", "carol")));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.map(({ json }) => json.code ?? json.state).sort()).toEqual(["applied", "duplicates_contradict"]);
    const isSame = both[0]?.status === 200;
    expect((await states()).includes("r2 duplicate")).toBe(isSame);
  });

  it("of two who apply one decision one is told that it is done", async () => {
    await stored();
    const { decisionId } = (await propose("same", [["r1", "r2"]])).json;
    const both = await Promise.all(["bob", "carol"].map((holder) => move(decisionId, "approve", holder)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [count] = await ledger.sql`SELECT count(*)::int AS reversals FROM ledger.entry WHERE kind = 'reversal'`;
    expect(count).toEqual({ reversals: 1 });
  });

  it("decisions about a chain of records, and postings of them, come out as one after the other would", async () => {
    await stored();
    const pairs = [
      ["r1", "r2"],
      ["r2", "r3"],
      ["r3", "r4"],
    ];
    const proposed = await Promise.all(pairs.map((pair) => propose("same", [pair])));
    const versions = ["r2", "r4"].map((recordId) => ({
      recordId,
      person: "wang",
      hoursHundredths: 900,
      updateTimeMs: 2_000,
    }));
    const batches = await Promise.all(versions.map((version) => ledger.store({ versions: [version] })));
    const approve = async (decisionId: string): Promise<void> => {
      for (;;) {
        const { json } = await move(decisionId, "approve");
        if (json.state === "applied") return;
        expect(json.code).toBe("correction_outdated");
      }
    };
    await Promise.all([
      ...proposed.map(({ json }) => approve(json.decisionId)),
      ...batches.map((batchId) => postBatch(ledger.context, batchId)),
    ]);
    expect(await states()).toEqual([
      "bad refused",
      "l1 registered",
      "r1 duplicate",
      "r2 registered",
      "r3 duplicate",
      "r4 duplicate",
    ]);
    await Promise.all(proposed.map(({ json }) => move(json.decisionId, "undo")));
    expect((await states()).filter((line) => line.endsWith("duplicate"))).toEqual([]);
  });
});
