import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ID, NAME, type OpenServices, openServices, pushedRecord as record } from "./open-services.ts";

let services: OpenServices;

beforeAll(async () => {
  services = await openServices();
});
afterAll(() => services?.close());

const ingestion = {
  get url() {
    return services.ingestionUrl;
  },
};
const ledger = {
  get url() {
    return services.ledgerUrl;
  },
};
const call: OpenServices["call"] = (...request) => services.call(...request);
const push = (records: unknown, key: string | null = "demo-training") =>
  call(ingestion.url, "POST", "/v1/records", key, { records });
const posted = (batchId: string) => services.posted(batchId);

describe("pushing records", () => {
  test("each gets its receipt, and its state once the batch is posted", async () => {
    const { status, json } = await push([
      record("h-1"),
      record("h-2", { practitioner: { idType: "resident-id", idNumber: "330899197312100006", name: NAME } }),
      record("h-3", { hours: "八" }),
      record("h-4", { practitioner: { idType: "resident-id", idNumber: ID, name: "别人" } }),
      record("h-5", { status: "draft" }),
      record("h-6", { subject: undefined, subjectCode: "9" }),
      record("h-1"),
      { unknown: true },
    ]);
    expect(status).toBe(202);
    const outcomes = json.receipts.map((r: { outcome: string; code: string | null }) => r.code ?? r.outcome);
    expect(outcomes.slice(0, 7)).toEqual([
      "accepted",
      "id_invalid",
      "hours_invalid",
      "identity_conflict",
      "accepted",
      "accepted",
      "unchanged",
    ]);
    expect(json.receipts[7].outcome).toBe("refused");
    const batch = await posted(json.batchId);
    const states = batch.records.map((r: { state: string | null }) => r.state);
    expect(states.slice(0, 7)).toEqual([
      "registered",
      null,
      null,
      "held",
      "not_registered",
      "unclassified",
      "registered",
    ]);
  });

  test("the same again has no effect; a withdrawal reverses", async () => {
    expect((await push([record("h-1")])).json.receipts[0].outcome).toBe("unchanged");
    const gone = await call(ingestion.url, "DELETE", "/v1/records/h-1?reason=wrong", "demo-training");
    expect([gone.status, gone.json.receipts[0].outcome]).toEqual([202, "superseded"]);
    expect((await posted(gone.json.batchId)).records[0].state).toBe("withdrawn");
  });

  test.each([
    ["no records", { records: [] }, 422],
    ["too many", { records: Array.from({ length: 1_001 }, () => ({})) }, 422],
    ["no JSON", "{", 400],
    ["another shape", { record: [] }, 422],
    ["too large", { records: ["x".repeat(5_000_000)] }, 413],
  ])("refuses a request with %s", async (_name, body, status) => {
    const answer = await call(ingestion.url, "POST", "/v1/records", "demo-training", body);
    expect(answer.status).toBe(status);
    expect(answer.json.code).toEqual(expect.any(String));
  });

  test("one source never sees or changes another one's, and only a source may push", async () => {
    const { json } = await push([record("mine")]);
    expect((await call(ingestion.url, "GET", `/v1/batches/${json.batchId}`, "quzhou-city")).status).toBe(404);
    expect((await call(ingestion.url, "DELETE", "/v1/records/mine?reason=x", "quzhou-city")).status).toBe(404);
    expect((await push([record("x")], "declarations")).status).toBe(403);
    expect((await push([record("x")], null)).status).toBe(401);
    expect((await push([record("x")], `xs_source_${"a".repeat(43)}`)).status).toBe(401);
    expect((await call(ingestion.url, "POST", "/v1/pulls", "demo-training", { platform: "quzhou-city" })).status).toBe(
      403,
    );
  });
});

describe("reviews", () => {
  const reviews = (query = "", key = "operator") => call(ledger.url, "GET", `/internal/v1/reviews${query}`, key);

  test("an operator gives a subject, and the record is registered", async () => {
    const { json } = await reviews("?reason=unclassified&limit=1");
    expect(json.reviews[0]).toMatchObject({ recordId: "h-6", subjectCode: "9", platform: "quzhou-city" });
    const path = `/internal/v1/reviews/${json.reviews[0].recordKey}/decision`;
    const decision = { subject: "general_common", reason: "看过课件", document: "记录 1" };
    const decided = await call(ledger.url, "POST", path, "operator", decision);
    expect(decided.json).toMatchObject({ state: "registered", subject: "general_common" });
    expect((await call(ledger.url, "POST", path, "operator", decision)).json.postingId).toBeNull();
    expect((await reviews("?reason=unclassified")).json.reviews).toEqual([]);
  });

  test("wrong decisions and strangers are refused", async () => {
    const path = "/internal/v1/reviews/00000000-0000-8000-8000-000000000000/decision";
    expect((await call(ledger.url, "POST", path, "operator", { subject: "professional", reason: "x" })).status).toBe(
      404,
    );
    expect((await call(ledger.url, "POST", path, "operator", { subject: "sports", reason: "x" })).status).toBe(422);
    expect((await call(ledger.url, "POST", path, "operator", { reason: "x" })).status).toBe(422);
    expect((await reviews("?cursor=bad")).status).toBe(422);
    expect((await reviews("", "demo-training")).status).toBe(403);
    expect((await call(ledger.url, "GET", "/internal/v1/summary", "declarations")).status).toBe(403);
  });
});

test("no id and no name is in any line of the log", () => {
  const { logged } = services;
  expect(logged.length).toBeGreaterThan(10);
  for (const line of logged) {
    expect(line).not.toContain(ID);
    expect(line).not.toContain(NAME);
  }
});
