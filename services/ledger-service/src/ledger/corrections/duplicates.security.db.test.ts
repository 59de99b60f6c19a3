import { afterAll, beforeAll, expect, it } from "vitest";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { openTestLedger, personId, recordKey, type TestLedger } from "../../testing/test-ledger.ts";
import { postBatch } from "../post-batch.ts";
import { addDuplicateRoutes } from "./duplicate-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  call = callApp(ledger.context, (app) => addDuplicateRoutes(app, { ...ledger.context, fourEyes: new Set() }));
});
afterAll(() => ledger.close());

const DECISIONS = "/v1/duplicates/decisions";
const body = { kind: "same_achievement", recordSets: [[recordKey("r1"), recordKey("r2")]], reason: "looked at it" };
const id = "018f4c7a-0000-7000-8000-000000000000";

it.each(["", `/${id}/approve`, `/${id}/cancel`, `/${id}/undo`])("POST %s needs a key that may write", async (path) => {
  const sent = path === "" ? body : path.endsWith("approve") ? undefined : { reason: "x" };
  expect((await call("nobody", "POST", `${DECISIONS}${path}`, sent)).status).toBe(401);
  expect((await call("reader", "POST", `${DECISIONS}${path}`, sent)).json.code).toBe("scope_missing");
});

it.each(["", `/${id}`, `/${id}/records`])("GET %s needs a key", async (path) => {
  expect((await call("nobody", "GET", `${DECISIONS}${path}`)).status).toBe(401);
});

it("takes hostile text as text, refuses what the database cannot hold, and names nobody", async () => {
  const versions = ["r1", "r2"].map((recordId) => ({ recordId, person: "wang" }));
  await postBatch(ledger.context, await ledger.store({ versions }));
  const reason = `'; DROP TABLE ledger.entry; -- "{}\\,`;
  const found = await call("alice", "POST", DECISIONS, { ...body, reason, document: reason, apply: true });
  expect([found.status, found.json.reason, found.json.document]).toEqual([200, reason, reason]);
  const [kept] = await ledger.sql`SELECT reason, document FROM ledger.duplicate_decision LIMIT 1`;
  expect(kept).toEqual({ reason, document: reason });
  const listed = await call("alice", "GET", `${DECISIONS}/${found.json.decisionId}/records`);
  expect(listed.json.records).toHaveLength(2);
  expect(JSON.stringify([found.json, listed.json])).not.toContain(personId("wang"));
  const { status, json } = await call("alice", "POST", DECISIONS, { ...body, reason: "\u0000" });
  expect([status, json.errors[0].code]).toEqual([422, "format_wrong"]);
  expect((await call("alice", "GET", `${DECISIONS}?cursor=eyJhdCI6MX0`)).json.errors[0].code).toBe("cursor_invalid");
  expect((await call("alice", "GET", `${DECISIONS}/${id}`)).json.code).toBe("duplicate_decision_not_found");
});
