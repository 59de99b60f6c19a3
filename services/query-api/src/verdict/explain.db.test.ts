import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting } from "../testing/people.ts";
import { ENOUGH, identity, REVIEW, reviewOf } from "../testing/questions.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const check = (practitioner: object, more: object = {}) =>
  api.send("POST", "/v1/checks", { body: reviewOf(practitioner, more) });
const RECORDS = Object.values(ENOUGH);

describe("explain", () => {
  test("says of each record what it counts toward, and of each requirement its clause, layer and last day", async () => {
    const someone = person(1);
    await api.give(someone, RECORDS.map(posting));
    const answer = await check(identity(someone), { explain: true });
    expect(answer.json.missing).toBeUndefined();
    for (const { id, have } of answer.json.requirements) {
      const counted = answer.json.counted.filter((record) => record.toward?.includes(id));
      expect(counted.reduce((sum, record) => sum + record.hours, 0)).toBe(have);
    }
    expect(answer.json.counted.every((record) => record.hours === record.of)).toBe(true);
    expect(answer.json.requirements[0]).toMatchObject({
      layer: "city",
      ruleSet: "quzhou-2020",
      provenance: "notice",
      until: "2020-12-31",
      quote: expect.stringContaining("180学时"),
      message: "总学时已有 180 学时，要求 180 学时，已满足。",
    });
  });

  test("says the least that is missing, which is met when it is fed back", async () => {
    const someone = person(2);
    await api.give(someone, RECORDS.slice(0, 4).map(posting));
    const answer = await check(identity(someone), { explain: true });
    expect(answer.json.verdict).toBe("not_met");
    const { missing } = answer.json;
    expect(missing).toMatchObject({ possible: true, hours: 0.5 });
    expect(missing?.message).toMatch(/^至少还需 0\.5 学时/);
    const hypothetical = missing?.items.map(({ hours, subject, from, year }) => {
      return { hours, subject, obtainedOn: from, attributedYear: year };
    });
    const fed = await check(identity(someone), { explain: true, hypothetical });
    expect(fed.json).toMatchObject({ verdict: "met", hypothetical: missing?.items.length });
    expect(fed.json.missing).toBeUndefined();
    expect(fed.json.counted.some((record) => record.source === "hypothetical")).toBe(true);
    const after = await check(identity(someone));
    expect([after.json.verdict, after.json.cut.sequence]).toEqual(["not_met", answer.json.cut.sequence]);
  });

  test("says when no hours can do it any more", async () => {
    const someone = person(3);
    await api.give(someone, RECORDS.slice(0, 1).map(posting));
    const answer = await check(identity(someone), { explain: true, asOf: "2021-01-01" });
    expect(answer.json.missing).toMatchObject({ possible: false, hours: 0, items: [] });
  });

  test("shows nothing of what is missing to one who gives another name", async () => {
    const someone = person(4);
    await api.give(someone, RECORDS.slice(0, 4).map(posting));
    const answer = await check(identity({ ...someone, name: "别人" }), { explain: true });
    expect(answer.json.reasons[0]?.code).toBe("identity_conflict");
    expect(answer.json.missing).toBeUndefined();
  });

  test("is there for a person's requirements, too", async () => {
    const someone = person(5);
    const practitionerId = await api.give(someone, RECORDS.slice(0, 4).map(posting));
    const query = new URLSearchParams({ ...REVIEW, year: String(REVIEW.year), asOf: "2020-07-31", explain: "true" });
    const answer = await api.send("GET", `/v1/practitioners/${practitionerId}/requirements?${query}`);
    expect(answer.json.missing).toMatchObject({ possible: true, hours: 0.5 });
  });
});

describe("hypothetical hours", () => {
  test.each([
    [
      "more than fifty",
      Array.from({ length: 51 }, () => ({ hours: 1, subject: "professional", obtainedOn: "2020-03-01" })),
    ],
    ["no hours", [{ hours: 0, subject: "professional", obtainedOn: "2020-03-01" }]],
    ["a third decimal", [{ hours: 0.125, subject: "professional", obtainedOn: "2020-03-01" }]],
    ["a subject that is in no list", [{ hours: 1, subject: "magic", obtainedOn: "2020-03-01" }]],
    ["a day that does not exist", [{ hours: 1, subject: "professional", obtainedOn: "2020-02-30" }]],
  ])("%s is refused", async (_what, hypothetical) => {
    const answer = await check(identity(person(6)), { hypothetical });
    expect([answer.status, answer.json.code]).toEqual([422, "validation_failed"]);
  });

  test("are never kept", async () => {
    const hypothetical = [{ hours: 1, subject: "professional", obtainedOn: "2020-03-01" }];
    const answer = await check(identity(person(7)), { hypothetical, keep: true });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.json)).toContain("not_together");
  });
});
