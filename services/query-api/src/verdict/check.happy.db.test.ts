import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting, reversal } from "../testing/people.ts";
import { ENOUGH, identity, reviewOf } from "../testing/questions.ts";
import { NOW, NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const check = (practitioner: object, more: object = {}, headers: Record<string, string> = {}) =>
  api.send("POST", "/v1/checks", { body: reviewOf(practitioner, more), headers });

const RECORDS = Object.values(ENOUGH);

describe("POST /v1/checks", () => {
  test("answers met with every number, record, clause and the cut", async () => {
    const someone = person(1);
    const practitionerId = await api.give(someone, [
      ...RECORDS.map(posting),
      posting({ id: "f", hours: 8, platform: "zj-industry" }),
      posting({ id: "g", hours: 8, year: 2018, on: "2018-05-01" }),
      posting({ id: "h", hours: 8, state: "not_registered" }),
      posting({ id: "i", hours: null, subject: null, year: null, on: null, state: "refused", code: "hours_invalid" }),
    ]);
    const answer = await check(identity(someone), { id: "mine-1" });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      id: "mine-1",
      verdict: "met",
      provisional: null,
      reasons: [],
      ruleSet: { id: "quzhou-2020", version: "2", citation: { document: "衢市人社专〔2020〕55号" } },
      window: { years: [2019, 2020] },
      authority: { mode: "city", platforms: ["quzhou-city"] },
      asOf: "2020-07-31",
      knownAt: NOW,
      freshness: [{ platform: "quzhou-city", completeUntil: "2020-07-31T09:59:00.000+08:00", state: "fresh" }],
    });
    expect(answer.json.verdictId).toBeUndefined();
    expect(
      answer.json.requirements.map((r: { id: string; have: number; gap: number }) => [r.id, r.have, r.gap]),
    ).toEqual([
      ["total", 180, 0],
      ["professional", 120, 0],
      ["common", 60, 0],
    ]);
    expect(answer.json.years).toEqual([
      { year: 2019, professional: 80, industryCommon: 0, generalCommon: 0, total: 80 },
      { year: 2020, professional: 40, industryCommon: 24, generalCommon: 36, total: 100 },
    ]);
    const counted = answer.json.counted.reduce((sum: number, record: { hours: number }) => sum + record.hours, 0);
    expect(counted).toBe(180);
    expect(answer.json.uncounted.map((r) => [r.recordId, r.hours, r.code])).toEqual([
      ["i", null, "hours_invalid"],
      ["g", 8, "outside_window"],
      ["h", 8, "not_registered"],
      ["f", 8, "registered_elsewhere"],
    ]);
    expect(answer.json.cut).toMatchObject({ sequence: 10, format: 2 });
    const [last] = await api.sql`
      SELECT encode(hash, 'hex') AS hash FROM ledger.head WHERE practitioner_id = ${practitionerId}`;
    expect(answer.json.cut.head).toBe(last?.hash);
  });

  test("answers not met with the gap and its clause, in the caller's language", async () => {
    const someone = person(2);
    await api.give(someone, RECORDS.slice(0, 4).map(posting));
    const answer = await check(identity(someone), {}, { "Accept-Language": "en" });
    expect(answer.json).toMatchObject({ verdict: "not_met", reasons: [{ code: "requirement_not_met" }] });
    expect(answer.json.reasons[0]?.message).toMatch(/total hours.*0\.5/);
    expect(answer.headers.get("content-language")).toBe("en");
    const chinese = await check(identity(someone));
    expect(chinese.json.reasons[0]?.message).toMatch(/总学时.*0\.5 学时/);
  });

  test("knows one person by every way of writing the id and the name, and by the practitioner id", async () => {
    const [first, born] = [person(3), "19800101"];
    const old = `330899${born.slice(2)}003`;
    const practitionerId = await api.give(first, RECORDS.map(posting));
    const fullWidth = first.idNumber.replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    for (const practitioner of [
      identity({ idNumber: ` ${first.idNumber.toLowerCase()} `, name: first.name }),
      identity({ idNumber: old, name: first.name }),
      identity({ idNumber: fullWidth, name: ` ${[...first.name].join(" ")}` }),
      { practitionerId },
    ]) {
      const answer = await check(practitioner);
      expect([answer.status, answer.json.verdict, answer.json.cut?.sequence]).toEqual([200, "met", 6]);
    }
  });

  test("answers a person without records with zeros, never 404", async () => {
    const answer = await check(identity(person(4)));
    expect(answer.json).toMatchObject({ verdict: "not_met", counted: [], uncounted: [], cut: { sequence: 0 } });
    expect(answer.json.requirements.map((r: { have: number; gap: number }) => [r.have, r.gap])).toEqual([
      [0, 180],
      [0, 120],
      [0, 36],
    ]);
    const unknownId = await check({ practitionerId: "99999999-9999-8999-8999-999999999999" });
    expect(unknownId.json).toMatchObject({ verdict: "not_met", cut: { sequence: 0 } });
  });

  test("answers under another name identity_conflict, with no hours and no records", async () => {
    const someone = person(5);
    await api.give(someone, RECORDS.map(posting));
    const answer = await check(identity({ ...someone, name: "别人" }));
    expect(answer.json).toMatchObject({
      verdict: "unknown",
      provisional: null,
      reasons: [{ code: "identity_conflict" }],
      requirements: [],
      years: [],
      counted: [],
      uncounted: [],
      cut: { sequence: 6 },
    });
  });

  test("keeps the two clocks apart: what had been obtained, and what was known", async () => {
    const someone = person(6);
    const late = { ...ENOUGH.last, hours: 1, on: "2020-07-20" };
    await api.give(someone, RECORDS.slice(0, 4).map(posting), NOW_MS - 3_000_000);
    await api.give(someone, [posting(late)], NOW_MS - 2_000_000);
    await api.give(someone, [reversal(late, 7)], NOW_MS - 1_000_000);
    const have = async (more: object) => (await check(identity(someone), more)).json.requirements[0]?.have;
    const at = (ms: number) => ({ knownAt: new Date(ms).toISOString() });
    expect(await have({})).toBe(179.5);
    expect(await have(at(NOW_MS - 1_000_000))).toBe(179.5);
    expect(await have(at(NOW_MS - 1_000_001))).toBe(180.5);
    expect(await have({ ...at(NOW_MS - 1_000_001), asOf: "2020-07-19" })).toBe(179.5);
    expect(await have(at(NOW_MS - 2_000_001))).toBe(179.5);
    expect(await have(at(NOW_MS - 3_000_001))).toBe(0);
  });

  test("answers as of today in Asia/Shanghai, whatever the server's zone", async () => {
    api.clock.set("2020-12-31T16:00:00.000Z");
    const answer = await check(identity(person(7)));
    api.clock.set(NOW_MS);
    expect(answer.json.asOf).toBe("2021-01-01");
  });
});

describe("what an answer rests on", () => {
  test("before a platform's first complete pull was recorded, the source is not yet known", async () => {
    const someone = person(8);
    await api.give(someone, RECORDS.map(posting), NOW_MS - 100_000);
    const answer = await check(identity(someone), { knownAt: new Date(NOW_MS - 60_001).toISOString() });
    expect(answer.json).toMatchObject({
      verdict: "unknown",
      provisional: "met",
      reasons: [{ code: "source_not_yet_known" }],
      freshness: [{ platform: "quzhou-city", completeUntil: null, state: "not_yet_known" }],
    });
  });

  test("before the rules were activated, there is none in force", async () => {
    const answer = await check(identity(person(9)), { knownAt: "2019-12-31T00:00:00Z" });
    expect(answer.json).toMatchObject({ verdict: "unknown", reasons: [{ code: "no_rule_in_force" }], ruleSet: null });
  });

  test("two days without a complete pull make it stale", async () => {
    api.clock.set(NOW_MS + 49 * 3_600_000);
    const answer = await check(identity(person(10)));
    api.clock.set(NOW_MS);
    expect(answer.json).toMatchObject({
      verdict: "unknown",
      provisional: "not_met",
      reasons: [{ code: "source_stale" }],
    });
  });
});
