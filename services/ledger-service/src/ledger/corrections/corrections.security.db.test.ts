import { afterAll, beforeAll, expect, it } from "vitest";
import { type CallAs, callApp } from "../../testing/call-app.ts";
import { openTestLedger, personId, recordKey, type TestLedger } from "../../testing/test-ledger.ts";
import { postBatch } from "../post-batch.ts";
import { addCorrectionRoutes } from "./correction-routes.ts";

let ledger: TestLedger;
let call: CallAs;
beforeAll(async () => {
  ledger = await openTestLedger();
  call = callApp(ledger.context, (app) => addCorrectionRoutes(app, { ...ledger.context, fourEyes: new Set() }));
});
afterAll(() => ledger.close());

const body = { kind: "withdrawal", recordKeys: [recordKey("r1")], reason: "looked at it" };
const id = "018f4c7a-0000-7000-8000-000000000000";
const writing = ["", `/${id}/apply`, `/${id}/cancel`, `/${id}/undo`];

it.each(writing)("POST /v1/corrections%s needs a key that may write", async (path) => {
  const sent = path === "" ? body : path.endsWith("apply") ? undefined : { reason: "x" };
  expect((await call("nobody", "POST", `/v1/corrections${path}`, sent)).status).toBe(401);
  expect((await call("reader", "POST", `/v1/corrections${path}`, sent)).json.code).toBe("scope_missing");
});

it.each(["", `/${id}`, `/${id}/records`])("GET /v1/corrections%s needs a key", async (path) => {
  expect((await call("nobody", "GET", `/v1/corrections${path}`)).status).toBe(401);
});

it("takes hostile text as text, and refuses what the database cannot hold", async () => {
  const versions = [{ recordId: "r1", person: "wang" }];
  await postBatch(ledger.context, await ledger.store({ versions }));
  const title = `'; DROP TABLE ledger.entry; -- "{}\\,`;
  const found = await call("alice", "POST", "/v1/corrections", {
    kind: "withdrawal",
    filter: { title },
    reason: title,
  });
  expect([found.status, found.json.preview.records, found.json.reason]).toEqual([201, 0, title]);
  const { status, json } = await call("alice", "POST", "/v1/corrections", { ...body, reason: "\u0000" });
  expect([status, json.errors[0].code]).toEqual([422, "format_wrong"]);
  const huge = { ...body, recordKeys: new Array(10_001).fill(recordKey("r1")) };
  expect((await call("alice", "POST", "/v1/corrections", huge)).status).toBe(422);
  expect((await call("alice", "GET", "/v1/corrections?cursor=eyJhdCI6MX0")).json.errors[0].code).toBe("cursor_invalid");
});

it("says nothing of whose the records are", async () => {
  const { json } = await call("alice", "POST", "/v1/corrections", { ...body, apply: true });
  const listed = await call("alice", "GET", `/v1/corrections/${json.correctionId}/records`);
  expect(listed.json.records).toHaveLength(1);
  expect(JSON.stringify([json, listed.json])).not.toContain(personId("wang"));
});
