import { readAccessRows, revokeApiKey } from "@xueshi/database";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { person, posting } from "../testing/people.ts";
import { ENOUGH, identity, REVIEW, reviewOf } from "../testing/questions.ts";
import { NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
});
afterAll(() => api.close());

const SOMEONE = person(1);
const check = (request: Parameters<TestApi["send"]>[2] = {}) =>
  api.send("POST", "/v1/checks", { body: reviewOf(identity(SOMEONE)), ...request });
const accesses = (practitionerId: string) => readAccessRows(api.sql, practitionerId, 100);

describe("who may check", () => {
  test.each([
    ["no key", null, "credentials_missing"],
    ["no key of ours", "secret", "credentials_invalid"],
    ["a key that was never given out", `xs_declaration-system_${"A".repeat(43)}`, "credentials_invalid"],
  ])("%s is refused with 401", async (_what, key, code) => {
    const answer = await check({ key });
    expect([answer.status, answer.json.code]).toEqual([401, code]);
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  });

  test.each(["source", "operator"] as const)("a key of kind %s is refused with 403", async (kind) => {
    const { key } = await api.addKey(kind, `a-${kind}`);
    const answer = await check({ key });
    expect([answer.status, answer.json.code]).toEqual([403, "scope_missing"]);
    expect(answer.headers.get("www-authenticate")).toContain('scope="checks:write"');
  });

  test("not even with the scope written beside it", async () => {
    const { key } = await api.addKey("source", "greedy", ["records:write", "checks:write", "practitioners:read"]);
    expect((await check({ key })).status).toBe(403);
  });

  test("a declaration system that was given fewer scopes has no more", async () => {
    const { key } = await api.addKey("declaration-system", "modest", ["verdicts:read"]);
    expect((await check({ key })).status).toBe(403);
  });

  test("a revoked key dies within five seconds", async () => {
    const { key, keyId } = await api.addKey("declaration-system", "leaving");
    expect((await check({ key })).status).toBe(200);
    await revokeApiKey(api.sql, keyId, NOW_MS);
    api.clock.advance(5_001);
    const answer = await check({ key });
    api.clock.set(NOW_MS);
    expect([answer.status, answer.json.code]).toEqual([401, "credentials_invalid"]);
  });
});

describe("the access log", () => {
  test("says who read whom, when and for what, before the answer in sync mode", async () => {
    const someone = person(2);
    const headers = { "X-Request-Id": "request-of-test-1" };
    const answer = await check({ body: reviewOf(identity(someone)), headers });
    expect(answer.status).toBe(200);
    expect(await accesses(api.idOf(someone))).toEqual([
      {
        practitionerId: api.idOf(someone),
        accessedAtMs: NOW_MS,
        accessId: expect.any(String),
        keyId: api.keyId,
        purpose: "check/quzhou/2020/review/economics",
        requestId: "request-of-test-1",
      },
    ]);
  });

  test("has no line for what was refused and read nobody", async () => {
    const someone = person(3);
    await check({ body: reviewOf(identity(someone)), key: null });
    await check({ body: reviewOf(identity(someone), { asOf: "never" }) });
    await check({ body: reviewOf(identity(someone), { knownAt: "2999-01-01T00:00:00Z" }) });
    expect(await accesses(api.idOf(someone))).toEqual([]);
  });

  test("is written in groups soon after the answer otherwise", async () => {
    const grouped = await startTestApi();
    const someone = person(4);
    await Promise.all(
      Array.from({ length: 20 }, () => grouped.send("POST", "/v1/checks", { body: reviewOf(identity(someone)) })),
    );
    await vi.waitFor(
      async () => expect(await readAccessRows(grouped.sql, grouped.idOf(someone), 100)).toHaveLength(20),
      { timeout: 10_000 },
    );
    await grouped.send("POST", "/v1/checks", { body: reviewOf(identity(someone)) });
    await grouped.stop();
    expect(await readAccessRows(grouped.sql, grouped.idOf(someone), 100)).toHaveLength(21);
    await grouped.close();
  });
});

describe("personal data", () => {
  test("is in no log line, whatever was asked and however it ended", async () => {
    const someone = person(5);
    const wrongId = `${someone.idNumber.slice(0, 17)}${someone.idNumber.endsWith("1") ? "2" : "1"}`;
    await api.give(someone, [posting(ENOUGH.first)]);
    const bodies = [
      reviewOf(identity(someone)),
      reviewOf(identity({ ...someone, idNumber: wrongId })),
      reviewOf(identity({ ...someone, name: `${someone.name}\u0000` })),
      reviewOf({ ...identity(someone), [someone.idNumber]: someone.name }),
    ];
    const answers = await Promise.all(
      bodies.map((body) => check({ body, headers: { "X-Request-Id": someone.idNumber } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 422, 422, 422]);
    await api.sql`REVOKE SELECT ON ledger.entry FROM xueshi_query`;
    const broken = await check({ body: reviewOf(identity(someone)) });
    await api.sql`GRANT SELECT ON ledger.entry TO xueshi_query`;
    expect([broken.status, broken.json.code]).toEqual([500, "internal_error"]);
    const log = api.log.join("");
    expect(log).toContain("request failed");
    for (const secret of [someone.idNumber, wrongId, someone.name, someone.idNumber.slice(6, 14)]) {
      expect(log).not.toContain(secret);
      for (const answer of [...answers, broken]) expect(answer.text).not.toContain(secret);
      for (const answer of [...answers, broken]) expect(answer.headers.get("x-request-id")).not.toContain(secret);
    }
    expect(broken.text).not.toMatch(/permission|denied|entry/);
  });

  test("is not asked of the address: a check is a POST only", async () => {
    const answer = await api.send("GET", "/v1/checks");
    expect([answer.status, answer.json.code, answer.headers.get("allow")]).toEqual([405, "method_not_allowed", "POST"]);
  });
});

test.each([
  ["SQL", "'; DROP TABLE ledger.entry; --"],
  ["HTML", "<script>alert(1)</script>"],
  ["a lone surrogate", "\ud800"],
  ["a very long one", "长".repeat(65)],
])("a name that is %s harms nothing", async (_what, name) => {
  const answer = await check({ body: reviewOf(identity({ ...person(6), name })) });
  expect([200, 422]).toContain(answer.status);
  expect(answer.text).not.toContain(name);
});

test("names of the language's own objects are fields like any other", async () => {
  const raw = JSON.stringify(reviewOf(identity(SOMEONE))).replace("{", '{"__proto__":{"keep":true},"constructor":1,');
  const answer = await check({ raw });
  expect(answer.status).toBe(422);
  const declaration = JSON.parse(`{"__proto__":{"level":"senior"},${JSON.stringify(REVIEW).slice(1)}`);
  expect((await check({ raw: JSON.stringify({ practitioner: identity(SOMEONE), declaration }) })).status).toBe(422);
});
