import { readAccessRows, readKeptVerdict, revokeApiKey } from "@xueshi/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting } from "../testing/people.ts";
import { ENOUGH, identity, reviewOf } from "../testing/questions.ts";
import { NOW_MS, startTestApi, type TestAnswer, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
});
afterAll(() => api.close());

const keep = (someone: { idNumber: string; name: string }, more: object = {}, request: object = {}) =>
  api.send("POST", "/v1/checks", { body: reviewOf(identity(someone), { keep: true, ...more }), ...request });
const read = (verdictId: string, request: object = {}) => api.send("GET", `/v1/verdicts/${verdictId}`, request);

describe("GET /v1/verdicts/{verdictId}", () => {
  test("gives the bytes that were answered, whatever was posted since", async () => {
    const someone = person(1);
    await api.give(someone, Object.values(ENOUGH).map(posting));
    const kept = await keep(someone, { id: "case-7" }, { headers: { "Accept-Language": "en" } });
    expect(kept.json).toMatchObject({ id: "case-7", verdict: "met" });
    expect(kept.json.verdictId).toMatch(/^[A-Za-z0-9_-]{43}$/);

    await api.give(someone, [posting({ id: "z", hours: 5 })]);
    const answer = await read(kept.json.verdictId);
    expect([answer.status, answer.text]).toEqual([200, kept.text]);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect((await keep(someone)).json.verdictId).not.toBe(kept.json.verdictId);
  });

  test("keeps beside it the canonical decision: the same in every language and for every id", async () => {
    const someone = person(2);
    await api.give(someone, [posting(ENOUGH.first)]);
    const [chinese, english] = [
      await keep(someone, { id: "one" }),
      await keep(someone, { id: "two" }, { headers: { "Accept-Language": "en" } }),
    ];
    const decisionOf = async (answer: TestAnswer) =>
      (await readKeptVerdict(api.sql, api.idOf(someone), answer.json.verdictId))?.decision ?? "";
    const decision = await decisionOf(chinese);
    expect(await decisionOf(english)).toBe(decision);
    expect(chinese.text).not.toBe(english.text);
    const parsed = JSON.parse(decision);
    expect(Object.keys(parsed)).toEqual(Object.keys(parsed).toSorted());
    expect(parsed).toMatchObject({
      verdict: "not_met",
      knownAtMs: NOW_MS,
      reasons: [
        { code: "requirement_not_met", detail: { requirement: "total", gap: "100" } },
        { code: "requirement_not_met", detail: { requirement: "professional", gap: "40" } },
        { code: "requirement_not_met", detail: { requirement: "common", gap: "36" } },
      ],
      cut: { sequence: 2, ruleSetDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      declaredNameDigest: api.vault.nameDigestOf(api.idOf(someone), someone.name),
    });
    expect(decision).not.toContain("verdictId");
    expect(decision).not.toContain(someone.name);
  });

  test("is written in the access log like any other read", async () => {
    const someone = person(3);
    const { json } = await keep(someone);
    await read(json.verdictId);
    const rows = await readAccessRows(api.sql, api.idOf(someone), 10);
    expect(rows.map(({ purpose }) => purpose).toSorted()).toEqual(["check/quzhou/2020/review/economics", "verdict"]);
  });

  test("nothing is kept without being asked for, nor for what was refused", async () => {
    const someone = person(4);
    await keep(someone, { keep: false });
    await keep(someone, { asOf: "never" });
    const [row] = await api.sql`
      SELECT count(*)::int AS kept FROM verdict.kept_verdict WHERE practitioner_id = ${api.idOf(someone)}`;
    expect(row).toEqual({ kept: 0 });
  });
});

describe("who may read a kept verdict", () => {
  let verdictId: string;
  beforeAll(async () => {
    verdictId = (await keep(person(5))).json.verdictId;
  });

  test("an operator", async () => {
    const { key } = await api.addKey("operator", "office");
    expect((await read(verdictId, { key })).status).toBe(200);
  });

  test("the system that kept it, also after it exchanged its key", async () => {
    const { key } = await api.addKey("declaration-system", "declarations");
    expect((await read(verdictId, { key })).status).toBe(200);
    const old = await api.addKey("declaration-system", "old-system");
    const kept = await keep(person(6), {}, { key: old.key });
    await revokeApiKey(api.sql, old.keyId, NOW_MS);
    const next = await api.addKey("declaration-system", "old-system");
    expect((await read(kept.json.verdictId, { key: next.key })).status).toBe(200);
  });

  test("to another system it is as if it were not there", async () => {
    const { key } = await api.addKey("declaration-system", "others");
    const answer = await read(verdictId, { key });
    expect([answer.status, answer.json.code]).toEqual([404, "verdict_not_found"]);
    const unknown = await read(`${verdictId.slice(0, -4)}AAAA`, { key });
    const { requestId: _one, ...seen } = answer.json;
    const { requestId: _two, ...notThere } = unknown.json;
    expect(seen).toEqual(notThere);
    const rows = await readAccessRows(api.sql, api.idOf(person(5)), 50);
    expect(rows.filter(({ purpose }) => purpose === "verdict")).toHaveLength(2);
  });

  test.each([
    ["a source", "source"],
    ["a system without the scope", "declaration-system"],
  ] as const)("not %s", async (_what, kind) => {
    const { key } = await api.addKey(kind, "declarations", ["checks:write", "records:write"]);
    const answer = await read(verdictId, { key });
    expect([answer.status, answer.json.code]).toEqual([403, "scope_missing"]);
  });
});

describe("an id that is none", () => {
  test.each(["x", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}!`])("%s is refused", async (verdictId) => {
    const answer = await read(verdictId);
    expect([answer.status, answer.json.code]).toEqual([422, "validation_failed"]);
  });

  test("one of the right form is not found", async () => {
    const answer = await read("A".repeat(43));
    expect([answer.status, answer.json.code]).toEqual([404, "verdict_not_found"]);
  });

  test("another spelling of the same bytes is another id", async () => {
    const { verdictId } = (await keep(person(7))).json;
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = letters.indexOf(verdictId.slice(-1));
    const twin = `${verdictId.slice(0, -1)}${letters[last ^ 1]}`;
    expect(Buffer.from(twin, "base64url")).toEqual(Buffer.from(verdictId, "base64url"));
    expect((await read(twin)).status).toBe(404);
  });
});
