import { randomBytes } from "node:crypto";
import { type PrincipalKind, SCOPES_BY_KIND } from "@xueshi/contracts";
import { activateRuleSet, connect, writeApiKey } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { createApiKey } from "@xueshi/http";
import { startIngestionWorker } from "@xueshi/ingestion-worker";
import { startLedgerService } from "@xueshi/ledger-service";
import { grantQueue, migrateQueue } from "@xueshi/queue";
import { loadRulebook } from "@xueshi/rulebook";
import { createLogger, createUuidV7, systemClock } from "@xueshi/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "./wait-for.ts";

const ID = "330899197312100005";
const NAME = "邓国刚";

let database: TestDatabase;
let ingestion: { url: string; close(): Promise<void> };
let ledger: { url: string; close(): Promise<void> };
const keys: Record<string, string> = {};
const logged: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateQueue(database.url);
  const urls = { ingestion: await database.urlAs("ingestion"), ledger: await database.urlAs("ledger") };
  await grantQueue(
    database.url,
    Object.values(urls).map((url) => new URL(url).username),
  );
  await prepare(database.url);
  const logger = createLogger({ service: "test", clock: systemClock, write: (line) => void logged.push(line) });
  const base = {
    redisUrl: null,
    host: "127.0.0.1",
    port: 0,
    clock: systemClock,
    newId: createUuidV7(systemClock),
    logger,
  };
  const vaultKeys = { indexKey: randomBytes(32), masterKey: randomBytes(32) };
  ingestion = await startIngestionWorker({
    ...base,
    databaseUrl: urls.ingestion,
    keys: vaultKeys,
    targets: {},
    schedules: false,
  });
  ledger = await startLedgerService({ ...base, databaseUrl: urls.ledger });
});

afterAll(async () => {
  await ingestion?.close();
  await ledger?.close();
  await database?.drop();
});

async function prepare(url: string): Promise<void> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "test" });
  const newId = createUuidV7(systemClock);
  const add = async (kind: PrincipalKind, name: string) => {
    const { key, keyHash } = createApiKey(kind, randomBytes);
    const scopes = SCOPES_BY_KIND[kind];
    await writeApiKey(sql, { keyId: newId(), keyDigest: keyHash, kind, name, scopes, createdAtMs: systemClock() });
    keys[name] = key;
  };
  await add("source", "demo-training");
  await add("source", "quzhou-city");
  await add("declaration-system", "declarations");
  await add("operator", "operator");
  for (const { ruleSet, digest, text } of loadRulebook().files) {
    const activation = {
      ruleSetId: ruleSet.id,
      activatedAtMs: systemClock(),
      digest,
      fullText: text,
      activatedBy: "test",
    };
    await activateRuleSet(sql, activation);
  }
  await sql.end();
}

const record = (recordId: string, changes: object = {}) => ({
  recordId,
  practitioner: { idType: "resident-id", idNumber: ID, name: NAME },
  title: `课程 ${recordId}`,
  hours: 8,
  subject: "professional",
  obtainedOn: "2020-03-02",
  ...changes,
});

async function call(base: string, method: string, path: string, key: string | null, body?: unknown) {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${keys[key] ?? key}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? null : JSON.parse(text) };
}
const push = (records: unknown, key: string | null = "demo-training") =>
  call(ingestion.url, "POST", "/v1/records", key, { records });
const posted = (batchId: string, key = "demo-training") =>
  waitFor("the batch to be posted", async () => {
    const { json } = await call(ingestion.url, "GET", `/v1/batches/${batchId}`, key);
    return json.state === "posted" ? json : null;
  });

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
  expect(logged.length).toBeGreaterThan(10);
  for (const line of logged) {
    expect(line).not.toContain(ID);
    expect(line).not.toContain(NAME);
  }
});
