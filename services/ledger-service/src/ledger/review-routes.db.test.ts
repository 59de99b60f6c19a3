import { SCOPES } from "@xueshi/contracts";
import { classifyFailure } from "@xueshi/database";
import { createApp } from "@xueshi/http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findBroken, readStanding } from "../testing/read-ledger.ts";
import { openTestLedger, recordKey, type TestLedger } from "../testing/test-ledger.ts";
import { postBatch } from "./post-batch.ts";
import { addReviewRoutes } from "./review-routes.ts";

let ledger: TestLedger;
let call: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: Record<string, unknown> }>;
beforeAll(async () => {
  ledger = await openTestLedger();
  const { clock, newId } = ledger.context;
  const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
  const app = createApp({
    ...{ title: { "zh-CN": "测试", en: "Test" }, version: "0", logger, clock, ids: newId, accessLog: false },
    classifyFailure,
    authenticate: () => ({ keyId: "k", kind: "operator", name: "operator-1", scopes: SCOPES }),
  });
  addReviewRoutes(app, ledger.context);
  call = async (method, path, body) => {
    const headers = { "Content-Type": "application/json", Authorization: "Bearer any", "Accept-Language": "en" };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await app.fetch(new Request(`http://test${path}`, request));
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
});
beforeEach(() => ledger.empty());
afterEach(async () => {
  expect(await findBroken(ledger.sql)).toEqual([]);
});
afterAll(() => ledger.close());

const because = { reason: "looked at it" };
const undo = (recordId: string) =>
  call("DELETE", `/internal/v1/reviews/${recordKey(recordId)}/decision`, { reason: "looked again" });

async function stored(): Promise<void> {
  const versions = [
    { recordId: "r1", person: "wang", subjectCode: "999" },
    { recordId: "r2", person: "li", subjectCode: "999" },
    { recordId: "r3", person: "li", subjectCode: "998" },
    { recordId: "r4", person: "wang", title: "课程" },
    { recordId: "r5", person: "wang", title: "《课程》" },
  ];
  await postBatch(ledger.context, await ledger.store({ versions }));
}

describe("many records at once", () => {
  it("are decided of by a filter, each with its receipt", async () => {
    await stored();
    const filter = { reason: "unclassified", subjectCode: "999" };
    const body = { filter, subject: "professional", ...because };
    const { json } = await call("POST", "/internal/v1/reviews/decisions", body);
    expect(json).toMatchObject({ more: false, receipts: [{ outcome: "decided" }, { outcome: "decided" }] });
    expect((await readStanding(ledger.sql)).slice(0, 3)).toEqual([
      ...["r1 registered 800 professional", "r2 registered 800 professional", "r3 unclassified 800"],
    ]);
    expect((await call("POST", "/internal/v1/reviews/decisions", body)).json).toEqual({ receipts: [], more: false });
  });

  it("are decided of by their keys, one that cannot be stops no other", async () => {
    await stored();
    const recordKeys = ["r5", "r1", "nobody's"].map((recordId) => recordKey(recordId));
    const body = { recordKeys, counts: true, ...because };
    const { json } = await call("POST", "/internal/v1/reviews/decisions", body);
    expect(json.receipts).toEqual([
      { recordKey: recordKeys[0], outcome: "decided", state: "registered" },
      { recordKey: recordKeys[1], outcome: "not_decided", state: "unclassified" },
      { recordKey: recordKeys[2], outcome: "not_decided", state: null },
    ]);
  });

  it.each([
    ["no choice", { subject: "professional" }],
    ["two", { subject: "professional", recordKeys: [recordKey("r1")], filter: { reason: "duplicate" } }],
    ["nothing decided", { filter: { reason: "duplicate" } }],
    ["too many", { subject: "professional", recordKeys: new Array(501).fill(recordKey("r1")) }],
  ])("are not decided of with %s", async (_what, body) => {
    expect((await call("POST", "/internal/v1/reviews/decisions", { ...body, ...because })).status).toBe(422);
  });
});

describe("taking back", () => {
  it("a subject, or that a duplicate counts, restores what there was", async () => {
    await stored();
    const before = await readStanding(ledger.sql);
    const path = (recordId: string) => `/internal/v1/reviews/${recordKey(recordId)}/decision`;
    await call("POST", path("r1"), { subject: "professional", ...because });
    await call("POST", path("r5"), { counts: true, ...because });
    expect(await readStanding(ledger.sql)).not.toEqual(before);
    expect((await undo("r1")).json).toMatchObject({ state: "unclassified", subject: null });
    expect((await undo("r5")).json).toMatchObject({ state: "duplicate" });
    expect(await readStanding(ledger.sql)).toEqual(before);
    const [entry] = await ledger.sql`
      SELECT reason, actor, note FROM ledger.entry WHERE record_id = 'r5' ORDER BY sequence DESC LIMIT 1`;
    expect(entry).toEqual({ reason: "decided", actor: "operator-1", note: "looked again" });
  });

  it("is of something that was decided, once", async () => {
    await stored();
    expect((await undo("r1")).json.code).toBe("decision_conflict");
    expect((await undo("nobody's")).json.code).toBe("review_not_found");
    await call("POST", `/internal/v1/reviews/${recordKey("r1")}/decision`, { subject: "professional", ...because });
    expect((await undo("r1")).status).toBe(200);
    expect((await undo("r1")).status).toBe(409);
  });
});
