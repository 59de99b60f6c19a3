import { writeTombstones } from "@xueshi/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { countWritten, findBroken, readStanding } from "../../testing/read-ledger.ts";
import { openTestLedger, personId, recordKey, type TestLedger } from "../../testing/test-ledger.ts";
import { postBatch } from "../post-batch.ts";
import { addCorrectionRoutes } from "./correction-routes.ts";
import { addDuplicateRoutes } from "./duplicate-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  const context = { ...ledger.context, fourEyes: new Set(["fraud_revocation"] as const) };
  call = callApp(ledger.context, (app) => {
    addCorrectionRoutes(app, context);
    addDuplicateRoutes(app, context);
  });
});
beforeEach(async () => {
  await ledger.empty();
  const versions = [
    ...[
      { recordId: "z1", person: "zhang" },
      { recordId: "z2", person: "zhang" },
    ],
    ...[
      { recordId: "l1", person: "li" },
      { recordId: "l2", person: "li" },
    ],
  ];
  await postBatch(ledger.context, await ledger.store({ versions }));
});
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const because = { reason: "looked at it", document: "letter 5" };
const ZHANGS = ["z1", "z2"].map((id) => recordKey(id));
const LIS = ["l1", "l2"].map((id) => recordKey(id));
const propose = (body: object) => call("alice", "POST", "/v1/corrections", { ...because, ...body });
const move = (correctionId: string, step: string, holder = "alice") =>
  call(holder, "POST", `/v1/corrections/${correctionId}/${step}`, step === "apply" ? undefined : { reason: "not so" });
const recordsOf = async (correctionId: string) => {
  const { json } = await call("reader", "GET", `/v1/corrections/${correctionId}/records`);
  const lines = json.records.map((row: { recordId: string; outcome: string; after: { state: string } | null }) =>
    [row.recordId, row.outcome, row.after?.state ?? "none"].join(" "),
  );
  return lines.sort();
};
const standing = async () => (await readStanding(ledger.sql)).map((line) => line.split(" ").slice(0, 2).join(" "));

/** Zhang is erased, and the chain is closed. */
async function erase(): Promise<void> {
  const batchId = await ledger.store({ people: ["zhang"], origin: "decision", source: "operator" });
  const said = { reason: "consent_withdrawn", document: "a letter", basis: "a law", actor: "alice+bob" };
  const tombstone = { practitionerId: personId("zhang"), erasureId: batchId, erasedAtMs: ledger.clock(), ...said };
  await ledger.sql.begin((tx) => writeTombstones(tx, [tombstone]));
  await postBatch(ledger.context, batchId);
}

/** What is refused, and that nothing came of it. */
async function expectErased(request: () => ReturnType<CallAs>): Promise<void> {
  const before = await countWritten(ledger.sql);
  const { status, json } = await request();
  expect([status, json.code]).toEqual([410, "erased"]);
  expect(await countWritten(ledger.sql)).toEqual(before);
}

describe("a correction of which somebody was erased since it was applied", () => {
  it("is taken back for the others, and says of which records it is not", async () => {
    const body = { kind: "withdrawal", recordKeys: [...ZHANGS, ...LIS], apply: true };
    const { correctionId } = (await propose(body)).json;
    await erase();
    const { status, json } = await move(correctionId, "undo");
    expect([status, json.state]).toEqual([200, "undone"]);
    expect(json.preview).toMatchObject({
      ...{ records: 4, changing: 2, unchanged: 0, erased: 2, following: 0, people: 1 },
      states: [{ before: "withdrawn", after: "registered", records: 2 }],
    });
    expect(await recordsOf(correctionId)).toEqual([
      ...["l1 changes registered", "l2 changes registered", "z1 erased none", "z2 erased none"],
    ]);
    expect(await standing()).toEqual(["l1 registered", "l2 registered", "z1 withdrawn", "z2 withdrawn"]);
  });

  it("is not taken back where it was about nobody else", async () => {
    const { correctionId } = (await propose({ kind: "withdrawal", recordKeys: ZHANGS, apply: true })).json;
    await erase();
    await expectErased(() => move(correctionId, "undo"));
    const { json } = await call("reader", "GET", `/v1/corrections/${correctionId}`);
    expect(json).toMatchObject({ state: "applied", preview: { records: 2, changing: 2, erased: 0 } });
  });

  it("is not proposed to be taken back either", async () => {
    const { correctionId } = (await propose({ kind: "fraud_revocation", recordKeys: ZHANGS })).json;
    expect((await move(correctionId, "apply", "bob")).json.state).toBe("applied");
    await erase();
    await expectErased(() => move(correctionId, "undo"));
  });
});

describe("a correction of which somebody was erased while it waited", () => {
  it("is outdated; its fresh preview says so of each record, and the rest is applied", async () => {
    const { correctionId } = (await propose({ kind: "withdrawal", recordKeys: [...ZHANGS, ...LIS] })).json;
    await erase();
    expect((await move(correctionId, "apply")).json.code).toBe("correction_outdated");
    expect(await recordsOf(correctionId)).toEqual([
      ...["l1 changes withdrawn", "l2 changes withdrawn", "z1 erased none", "z2 erased none"],
    ]);
    const { json } = await move(correctionId, "apply");
    expect(json).toMatchObject({ state: "applied", preview: { records: 4, changing: 2, erased: 2 } });
    expect(await standing()).toEqual(["l1 withdrawn", "l2 withdrawn", "z1 registered", "z2 registered"]);
  });

  it("is not applied where it was about nobody else", async () => {
    const { correctionId } = (await propose({ kind: "withdrawal", recordKeys: ZHANGS })).json;
    await erase();
    await expectErased(() => move(correctionId, "apply"));
  });
});

describe("a decision about duplicates of somebody erased", () => {
  const decide = (recordSets: readonly (readonly string[])[], more: object = {}) =>
    call("alice", "POST", "/v1/duplicates/decisions", { ...because, kind: "same_achievement", recordSets, ...more });
  const step = (decisionId: string, name: string) =>
    call(
      "alice",
      "POST",
      `/v1/duplicates/decisions/${decisionId}/${name}`,
      name === "undo" ? { reason: "x" } : undefined,
    );

  it("is not taken back", async () => {
    const { decisionId } = (await decide([ZHANGS], { apply: true })).json;
    await erase();
    await expectErased(() => step(decisionId, "undo"));
  });

  it("is not applied, and no part of it", async () => {
    const { decisionId } = (await decide([ZHANGS, LIS])).json;
    await erase();
    await expectErased(() => step(decisionId, "approve"));
  });
});
