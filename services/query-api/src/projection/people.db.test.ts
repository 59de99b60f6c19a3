import { readAccessRows } from "@xueshi/database";
import { GENESIS_HASH } from "@xueshi/domain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting, reversal } from "../testing/people.ts";
import { ENOUGH, identity, REVIEW, reviewOf } from "../testing/questions.ts";
import { NOW, NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

const NOBODY = "99999999-9999-8999-8999-999999999999";
const NOTHING = { asOf: null, cut: { sequence: 0, head: GENESIS_HASH }, nextCursor: null };
const SOMEONE = person(1);
let api: TestApi;
let id: string;

beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
  id = await api.give(
    SOMEONE,
    [
      ...Object.values(ENOUGH).map(posting),
      posting({ id: "x", hours: 8, platform: "zj-industry" }),
      posting({ id: "y", hours: null, subject: null, year: null, on: null, state: "refused", code: "hours_invalid" }),
    ],
    NOW_MS - 5_000,
  );
  await api.give(SOMEONE, [reversal(ENOUGH.last, 6)], NOW_MS - 1_000);
});
afterAll(() => api.close());

const get = (path: string, request: object = {}) => api.send("GET", `/v1/practitioners/${path}`, request);
const lookup = (practitioner: object, request: object = {}) =>
  api.send("POST", "/v1/practitioners/lookup", { body: { practitioner }, ...request });
const query = (fields: Readonly<Record<string, string | number | null>>) =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&");

describe("POST /v1/practitioners/lookup", () => {
  test("exchanges a document for the practitioner id, masked, and says whether the name is the known one", async () => {
    const answer = await lookup(identity(SOMEONE));
    expect([answer.status, answer.json]).toEqual([
      200,
      { practitionerId: id, identity: "known", maskedIdNumber: `330899********${SOMEONE.idNumber.slice(-4)}` },
    ]);
    const conflict = await lookup(identity({ ...SOMEONE, name: "别人" }));
    expect(conflict.json).toMatchObject({ practitionerId: null, identity: "conflict" });
    const stranger = await lookup(identity(person(2)));
    expect([stranger.status, stranger.json.identity]).toEqual([200, "not_known"]);
  });

  test("refuses what is no id, without repeating it", async () => {
    const answer = await lookup(identity({ ...SOMEONE, idNumber: "330899198001019999" }));
    expect([answer.status, answer.json.errors[0]]).toMatchObject([
      422,
      { path: "practitioner.idNumber", code: "id_invalid" },
    ]);
    expect(answer.text).not.toContain("330899198001019999");
    expect((await lookup({ practitionerId: id })).status).toBe(422);
  });
});

describe("GET /v1/practitioners/{id}/balances", () => {
  test("gives the sums with the end of the chain that they sum up", async () => {
    const answer = await get(`${id}/balances`);
    expect(answer.status).toBe(200);
    expect(
      answer.json.balances.map((b: Record<string, unknown>) => [b.platform, b.year, b.subject, b.hours, b.pathway]),
    ).toEqual([
      ["quzhou-city", 2019, "professional", 80, null],
      ["quzhou-city", 2020, "general_common", 36, null],
      ["quzhou-city", 2020, "industry_common", 23.5, null],
      ["quzhou-city", 2020, "professional", 40, null],
      ["zj-industry", 2020, "professional", 8, null],
    ]);
    expect(answer.json).toMatchObject({ practitionerId: id, nextCursor: null, cut: { sequence: 10 } });
  });

  test("comes in pages", async () => {
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const answer = await get(`${id}/balances?${query({ limit: 2, cursor })}`);
      seen.push(...answer.json.balances);
      cursor = answer.json.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual((await get(`${id}/balances`)).json.balances);
    expect(seen).toHaveLength(5);
  });

  test("is empty for a person without records, never 404", async () => {
    const answer = await get(`${NOBODY}/balances`);
    expect([answer.status, answer.json]).toEqual([
      200,
      { practitionerId: NOBODY, balances: [], ...NOTHING, knownAt: null },
    ]);
  });
});

describe("GET /v1/practitioners/{id}/entries", () => {
  test("gives the chain, oldest first, counting or not, and what was taken back", async () => {
    const { json, status } = await get(`${id}/entries`);
    expect([status, json.nextCursor]).toEqual([200, null]);
    expect(json.entries.map((entry: { sequence: number }) => entry.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(json.entries[0]).toMatchObject({ kind: "identity", recordId: null, hours: null });
    expect(json.entries[7]).toMatchObject({ recordId: "y", state: "refused", code: "hours_invalid", hours: null });
    expect(json.entries[9]).toMatchObject({ kind: "reversal", reverses: 6, recordId: "e", hours: -0.5 });
    expect(json.entries[0]?.recordedAt).toBe("2020-07-31T09:59:55.000+08:00");
  });

  test("comes in pages that are cut at the instant of the first", async () => {
    const first = await get(`${id}/entries?${query({ limit: 6, knownAt: new Date(NOW_MS - 1_001).toISOString() })}`);
    expect(first.json.entries).toHaveLength(6);
    const second = await get(`${id}/entries?${query({ limit: 6, cursor: first.json.nextCursor })}`);
    expect(second.json.entries.map((entry: { sequence: number }) => entry.sequence)).toEqual([7, 8]);
    expect(second.json.nextCursor).toBeNull();
    const mixed = await get(
      `${id}/entries?${query({ cursor: first.json.nextCursor, knownAt: new Date(NOW_MS).toISOString() })}`,
    );
    expect([mixed.status, mixed.json.errors[0]?.code]).toEqual([422, "cursor_invalid"]);
  });

  test("is empty for a person without records", async () => {
    const { json } = await get(`${NOBODY}/entries`);
    expect(json).toEqual({ practitionerId: NOBODY, entries: [], ...NOTHING, knownAt: NOW });
  });

  const first = { afterSequence: 0, asOf: "", knownAtMs: 1, untilSequence: 4 };
  const forged = (position: object) => Buffer.from(JSON.stringify({ v: 1, p: position })).toString("base64url");
  test.each([
    ["no cursor of ours", { cursor: "AAAA" }, "cursor_invalid"],
    ["a forged one", { cursor: forged({ ...first, afterSequence: -1 }) }, "cursor_invalid"],
    ["one without its clocks", { cursor: forged({ afterSequence: 0 }) }, "cursor_invalid"],
    ["one of no day", { cursor: forged({ ...first, asOf: "2020-02-30" }) }, "cursor_invalid"],
    ["one that looks ahead", { cursor: forged({ ...first, knownAtMs: NOW_MS + 1 }) }, "too_large"],
    ["a known time to come", { knownAt: "2999-01-01T00:00:00Z" }, "too_large"],
    ["a page of nothing", { limit: 0 }, "too_small"],
    ["a page of everything", { limit: 1_001 }, "too_large"],
    ["a parameter that is not there", { page: 2 }, "unknown_field"],
  ])("%s is refused", async (_what, fields, code) => {
    const answer = await get(`${id}/entries?${query(fields)}`);
    expect([answer.status, answer.json.errors.map((error: { code: string }) => error.code)]).toEqual([422, [code]]);
  });
});

describe("GET /v1/practitioners/{id}/requirements", () => {
  const asked = (fields: Readonly<Record<string, string | number | null>>) =>
    get(`${id}/requirements?${query({ ...REVIEW, ...fields })}`);

  test("answers what a check of the same declaration answers", async () => {
    const answer = await asked({});
    const check = await api.send("POST", "/v1/checks", { body: reviewOf({ practitionerId: id }) });
    expect([answer.status, answer.json]).toEqual([200, check.json]);
    expect(answer.json.requirements[0]).toMatchObject({ id: "total", have: 179.5, need: 180, gap: 0.5 });
    const before = await asked({ knownAt: new Date(NOW_MS - 1_001).toISOString() });
    expect(before.json).toMatchObject({ verdict: "met", cut: { sequence: 8 } });
    expect((await asked({ asOf: "2019-12-31" })).json.years[1]?.total).toBe(0);
  });

  test("answers zeros for a person without records", async () => {
    const answer = await get(`${NOBODY}/requirements?${query(REVIEW)}`);
    expect([answer.status, answer.json.requirements.map((r: { have: number }) => r.have)]).toEqual([200, [0, 0, 0]]);
  });

  test.each([
    ["a review without its level", { level: null }, "level required"],
    ["a junior review without education", { level: "junior", education: null }, "education required"],
    ["a word outside the lists", { series: "magic" }, "series value_not_listed"],
    ["no year", { year: null }, "year required"],
    ["a year that is none", { year: "twenty" }, "year format_wrong"],
    ["a known time to come", { knownAt: "2999-01-01T00:00:00Z" }, "knownAt too_large"],
  ])("%s is refused by the name of its parameter", async (_what, fields, fault) => {
    const answer = await asked(fields);
    expect([
      answer.status,
      answer.json.errors.map((e: { path: string; code: string }) => `${e.path} ${e.code}`),
    ]).toEqual([422, [fault]]);
  });
});

describe("for all of them", () => {
  const paths = () => [`${id}/balances`, `${id}/entries`, `${id}/requirements?${query(REVIEW)}`];

  test("a key with the scope is needed", async () => {
    const source = await api.addKey("source", "training", ["records:write", "practitioners:read"]);
    const operator = await api.addKey("operator", "office");
    for (const path of paths()) {
      expect((await get(path, { key: null })).status).toBe(401);
      const answer = await get(path, { key: source.key });
      expect([answer.status, answer.json.code]).toEqual([403, "scope_missing"]);
      expect((await get(path, { key: operator.key })).status).toBe(200);
    }
    expect((await lookup(identity(SOMEONE), { key: null })).status).toBe(401);
    expect((await lookup(identity(SOMEONE), { key: source.key })).status).toBe(403);
  });

  test("a document number in the address is refused and not logged", async () => {
    const answer = await get(`${SOMEONE.idNumber}/balances`);
    expect([answer.status, answer.json.errors[0]]).toMatchObject([422, { path: "practitionerId" }]);
    expect(answer.text).not.toContain(SOMEONE.idNumber);
    const odd = await get("' OR 1=1/balances");
    expect(odd.status).toBe(422);
    expect(api.log.join("")).not.toContain(SOMEONE.idNumber);
    expect(api.log.join("")).not.toContain(SOMEONE.name);
  });

  test("every read is in the access log with its purpose", async () => {
    const other = await api.give(person(3), []);
    await lookup(identity(person(3)));
    for (const path of paths()) await get(path.replace(id, other));
    const rows = await readAccessRows(api.sql, other, 10);
    expect(rows.map(({ purpose, keyId }) => [purpose, keyId]).toSorted()).toEqual([
      ["balances", api.keyId],
      ["entries", api.keyId],
      ["lookup", api.keyId],
      ["requirements/quzhou/2020/review/economics", api.keyId],
    ]);
  });
});
