import { formatInstant } from "@xueshi/contracts";
import { readAccessRows } from "@xueshi/database";
import { tombstoneEntry } from "@xueshi/domain";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Person, person, post, posting } from "../testing/people.ts";
import { ENOUGH, identity, reviewOf } from "../testing/questions.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
let operator: string;
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
  operator = (await api.addKey("operator", "operator-1")).key;
});
afterAll(() => api.close());

let people = 0;
let someone: Person;
let id: string;
let verdictId: string;
/** An instant at which the person was known by everything. */
let before: string;
beforeEach(async () => {
  people += 1;
  someone = person(people);
  id = await api.give(someone, Object.values(ENOUGH).map(posting), api.clock() - 1_000);
  verdictId = (await check({ keep: true })).json.verdictId;
  before = formatInstant(api.clock());
  api.clock.advance(1_000);
  await post(api.sql, id, [tombstoneEntry("alice+bob", "consent_withdrawn: a law (a letter)")], api.clock());
});

const check = (more: object = {}, whom: object = identity(someone)) =>
  api.send("POST", "/v1/checks", { body: reviewOf(whom as never, more) });
const get = (path: string, key = api.key) => api.send("GET", path, { key });

describe("of somebody who was erased", () => {
  it("a check is unknown, says why, and tells nothing else", async () => {
    const { status, json } = await check({ explain: true });
    expect(status).toBe(200);
    expect(json).toMatchObject({ verdict: "unknown", provisional: null, requirements: [], uncounted: [], years: [] });
    expect(json.reasons.map(({ code }) => code)).toEqual(["erased"]);
  });

  it("so it is by whatever name, by the practitioner id, and as known before", async () => {
    const tries = [
      await check({}, { ...identity(someone), name: "别人" }),
      await check({}, { practitionerId: id }),
      await check({ knownAt: before }),
      await check({ asOf: "2020-01-01", knownAt: before }, { practitionerId: id }),
    ];
    expect(tries.map(({ json }) => json.reasons.map(({ code }) => code))).toEqual(tries.map(() => ["erased"]));
  });

  it("so it is among many checks, and the others are answered", async () => {
    const other = person(900 + people);
    await api.give(other, Object.values(ENOUGH).map(posting), api.clock() - 1_000);
    const checks = [reviewOf(identity(someone), { id: "a" }), reviewOf(identity(other), { id: "b" })];
    const { json } = await api.send("POST", "/v1/checks/batch", { body: { checks } });
    expect(json.results.map(({ verdict }) => verdict)).toEqual(["unknown", "met"]);
  });

  it("lists, look-ups, kept verdicts and the export are gone, as of whatever instant", async () => {
    const person = { practitioner: identity(someone) };
    const answers = [
      await get(`/v1/practitioners/${id}/balances`),
      await get(`/v1/practitioners/${id}/balances?knownAt=${encodeURIComponent(before)}`),
      await get(`/v1/practitioners/${id}/entries`),
      await get(`/v1/practitioners/${id}/entries?knownAt=${encodeURIComponent(before)}`),
      await get(`/v1/verdicts/${verdictId}`),
      await get(`/v1/practitioners/${id}/export`, operator),
      await api.send("POST", "/v1/practitioners/lookup", { body: person }),
    ];
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual(answers.map(() => [410, "erased"]));
  });

  it("a kept verdict is not decided again, and says so with a code", async () => {
    const { status, json } = await get(`/v1/verdicts/${verdictId}/replay`);
    expect([status, json]).toMatchObject([200, { outcome: "not_replayable", code: "erased", differences: [] }]);
  });

  it("whoever asked is kept, though nothing was told", async () => {
    await get(`/v1/practitioners/${id}/entries`);
    const rows = await readAccessRows(api.sql, id, 50);
    expect(rows.map(({ purpose }) => purpose)).toContain("entries");
  });
});
