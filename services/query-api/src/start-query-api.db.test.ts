import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createLogger, createUuidV7, testClock } from "@xueshi/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startQueryApi } from "./start-query-api.ts";
import { person } from "./testing/people.ts";
import { identity, reviewOf } from "./testing/questions.ts";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test("says that it is alive and ready, and by what", async () => {
  expect((await api.send("GET", "/healthz", { key: null })).json).toEqual({ state: "alive" });
  const ready = await api.send("GET", "/readyz", { key: null });
  expect([ready.status, ready.json]).toEqual([
    200,
    { state: "ready", checks: { database: "ok", keys: "ok", knowledge: "ok", accessLog: "ok" } },
  ]);
});

test("describes itself in OpenAPI 3.1, with the closed lists of the rulebook", async () => {
  const { json } = await api.send("GET", "/openapi.json", { key: null });
  expect(json.openapi).toMatch(/^3\.1\./);
  expect(
    Object.keys(json.paths)
      .filter((path) => path.startsWith("/v1/"))
      .toSorted(),
  ).toEqual([
    "/v1/checkpoints",
    "/v1/checkpoints/consistency",
    "/v1/checks",
    "/v1/checks/batch",
    "/v1/feed",
    "/v1/practitioners/lookup",
    "/v1/practitioners/{practitionerId}/balances",
    "/v1/practitioners/{practitionerId}/entries",
    "/v1/practitioners/{practitionerId}/entries/{sequence}/proof",
    "/v1/practitioners/{practitionerId}/export",
    "/v1/practitioners/{practitionerId}/requirements",
    "/v1/verdicts/changed",
    "/v1/verdicts/{verdictId}",
    "/v1/verdicts/{verdictId}/replay",
  ]);
  expect(JSON.stringify(json)).toContain("natural-resources");
});

test("has a page for people that loads nothing from elsewhere", async () => {
  const page = await api.send("GET", "/docs", { key: null });
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test("starts without a database: alive, not ready, and every answer 503", async () => {
  const clock = testClock(Date.parse("2020-07-31T00:00:00Z"));
  const service = await startQueryApi({
    databaseUrl: "postgres://nobody:nothing@127.0.0.1:1/nowhere",
    keys: { indexKey: Buffer.alloc(32, 1), masterKey: Buffer.alloc(32, 2) },
    host: "127.0.0.1",
    port: 0,
    clock,
    newId: createUuidV7(clock),
    logger: createLogger({ service: "query-api", level: "error", clock, write: () => undefined }),
    accessLog: "group",
  });
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  const answer = await fetch(`${service.url}/v1/checks`, {
    method: "POST",
    headers: { Authorization: `Bearer ${api.key}`, "Content-Type": "application/json" },
    body: "{}",
  });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  await service.close();
});

test.each([
  ["the index key", { indexKey: Buffer.alloc(32, 1) }],
  ["the master key", { masterKey: Buffer.alloc(32, 2) }],
  ["the suite", { suite: "sm4-sm3" as const }],
])("answers nothing where %s is not that of the installation: everybody would be somebody else", async (_, other) => {
  const clock = testClock(Date.parse("2020-07-31T00:00:00Z"));
  const service = await startQueryApi({
    databaseUrl: await api.database.urlAs("query"),
    keys: { ...api.vaultKeys, ...other },
    ...{ host: "127.0.0.1", port: 0, clock, newId: createUuidV7(clock), accessLog: "group" },
    logger: createLogger({ service: "query-api", level: "error", clock, write: () => undefined }),
  });
  const ready = await fetch(`${service.url}/readyz`);
  expect([ready.status, ((await ready.json()) as { checks: object }).checks]).toEqual([
    503,
    expect.objectContaining({ keys: "failed", database: "ok" }),
  ]);
  const headers = { Authorization: `Bearer ${api.key}`, "Content-Type": "application/json" };
  const answer = await fetch(`${service.url}/v1/practitioners/lookup`, { method: "POST", headers, body: "{}" });
  expect(answer.status).toBe(503);
  await service.close();
});

test("the program tells how it is called", async () => {
  const child = spawn(process.execPath, [MAIN, "--help"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  expect([code, text.includes("DATABASE_URL")]).toEqual([0, true]);
});

test("the program answers, and ends in order: what was read last is in the access log", async () => {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      DATABASE_URL: await api.database.urlAs("query"),
      XUESHI_INDEX_KEY: api.vaultKeys.indexKey.toString("hex"),
      XUESHI_MASTER_KEY: api.vaultKeys.masterKey.toString("hex"),
      QUERY_API_PORT: "0",
    },
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stderr.on("data", (chunk) => {
      text += chunk;
      const found = /"url":"(http:[^"]+)"/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error(`it ended: ${text}`)));
  });
  const response = await fetch(`${url}/v1/checks`, {
    method: "POST",
    headers: { Authorization: `Bearer ${api.key}`, "Content-Type": "application/json", "X-Request-Id": "last-read" },
    body: JSON.stringify(reviewOf(identity(person(1)))),
  });
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  const rows = await api.sql`SELECT purpose FROM verdict.access_log WHERE request_id = 'last-read'`;
  expect(rows).toHaveLength(1);
});
