import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { person, posting } from "../testing/people.ts";
import { ENOUGH, identity, REVIEW, reviewOf } from "../testing/questions.ts";
import { NOW_MS, startTestApi, type TestAnswer, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const SOMEONE = person(1);
const send = (body: unknown) => api.send("POST", "/v1/checks", { body });
const faults = (answer: TestAnswer) => answer.json.errors.map(({ path, code }) => `${path} ${code}`);

describe("a check that cannot be asked is refused with 422 and every place at fault", () => {
  test.each([
    ["330899198001010019", "a wrong check character"],
    ["330899198002300019", "a day that does not exist"],
    ["33089919800101001", "17 digits"],
    ["3308991980010A0019", "a letter"],
    ["not an id", "anything else"],
  ])("%s: %s", async (idNumber) => {
    const answer = await send(reviewOf(identity({ ...SOMEONE, idNumber })));
    expect([answer.status, answer.json.code]).toEqual([422, "validation_failed"]);
    expect(faults(answer)).toEqual(["practitioner.idNumber id_invalid"]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.text).not.toContain(idNumber);
    expect(answer.text).not.toContain(SOMEONE.name);
  });

  const person1 = identity(SOMEONE);
  test.each([
    ["a known time to come", { knownAt: new Date(NOW_MS + 1).toISOString() }, ["knownAt too_large"]],
    ["a known time without a zone", { knownAt: "2020-07-31T00:00:00" }, ["knownAt instant_invalid"]],
    ["a date that does not exist", { asOf: "2020-02-30" }, ["asOf date_invalid"]],
    [
      "a word outside the closed lists",
      { declaration: { ...REVIEW, series: "magic" } },
      ["declaration.series value_not_listed"],
    ],
    ["a review without its level", { declaration: { ...REVIEW, level: undefined } }, ["declaration.level required"]],
    [
      "a junior review without the education that decides it",
      { declaration: { ...REVIEW, level: "junior", education: null } },
      ["declaration.education required"],
    ],
    ["a year that no rule is about", { declaration: { ...REVIEW, year: 1066 } }, ["declaration.year too_small"]],
    ["a date that no rule is about", { asOf: "9999-12-31" }, ["asOf date_invalid"]],
    [
      "a grant that the rules do not know",
      { declaration: { ...REVIEW, grants: [{ code: "leave", year: 2020, document: "d" }] } },
      ["declaration.grants value_not_listed"],
    ],
    [
      "a fact that is no date",
      { declaration: { ...REVIEW, facts: { qualifiedOn: "yesterday" } } },
      ["declaration.facts.qualifiedOn format_wrong"],
    ],
    ["a field that is not there", { keeps: true }, ["keeps unknown_field"]],
    ["two faults at once", { asOf: "x", keep: "yes" }, ["asOf format_wrong", "keep type_wrong"]],
  ])("%s", async (_what, more, expected) => {
    const answer = await send(reviewOf(person1, more));
    expect(answer.status).toBe(422);
    expect(faults(answer)).toEqual(expected);
  });

  test("where no rule set is in force, education decides nothing", async () => {
    const declaration = { ...REVIEW, place: "elsewhere", level: "junior", education: null };
    const answer = await send({ practitioner: person1, declaration });
    expect([answer.status, answer.json.verdict, answer.json.reasons[0]?.code]).toEqual([
      200,
      "unknown",
      "no_rule_in_force",
    ]);
  });

  test("nobody, and somebody twice", async () => {
    const none = await send({ declaration: REVIEW });
    expect([none.status, none.json.code]).toEqual([422, "validation_failed"]);
    const both = await send(reviewOf({ ...person1, practitionerId: "99999999-9999-8999-8999-999999999999" }));
    expect(both.status).toBe(422);
  });
});

test.each([
  ["no JSON", { raw: "{" }, 400, "malformed_json"],
  [
    "GB18030 bytes",
    { raw: "\u{fffd}", headers: { "Content-Type": "application/json; charset=gb18030" } },
    415,
    "unsupported_media_type",
  ],
  [
    "a form",
    { raw: "a=1", headers: { "Content-Type": "application/x-www-form-urlencoded" } },
    415,
    "unsupported_media_type",
  ],
  ["a body that is too large", { raw: `{"practitioner":"${"x".repeat(10_000)}"}` }, 413, "body_too_large"],
  ["arrays in arrays", { raw: `${"[".repeat(100)}${"]".repeat(100)}` }, 400, "malformed_json"],
])("%s is refused", async (_what, request, status, code) => {
  const answer = await api.send("POST", "/v1/checks", request);
  expect([answer.status, answer.json.code]).toEqual([status, code]);
});

describe("while something is missing, the answer is 503 and never a guess", () => {
  const allowed = async () => {
    await vi.waitFor(async () => expect((await send(reviewOf(identity(SOMEONE)))).status).toBe(200), {
      timeout: 15_000,
      interval: 100,
    });
  };

  test("without the database, and answers again when it is back", async () => {
    await api.give(SOMEONE, Object.values(ENOUGH).map(posting));
    await allowed();
    await api.sql.unsafe(`ALTER DATABASE ${api.database.name} CONNECTION LIMIT 0`);
    await api.sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'query-api%'`;
    const answer = await send(reviewOf(identity(SOMEONE)));
    const ready = await api.send("GET", "/readyz");
    const alive = await api.send("GET", "/healthz");
    await api.sql.unsafe(`ALTER DATABASE ${api.database.name} CONNECTION LIMIT -1`);
    expect([answer.status, answer.json.code]).toEqual([503, "service_unavailable"]);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.text).not.toMatch(/terminat|database|connect/i);
    expect([ready.status, ready.json.checks.database, alive.status]).toEqual([503, "failed", 200]);
    await allowed();
  });

  test("without the right to write the access log: nothing is read that is not logged", async () => {
    await allowed();
    await api.sql`REVOKE INSERT ON verdict.access_log FROM xueshi_query`;
    await vi.waitFor(
      async () => {
        const answer = await send(reviewOf(identity(SOMEONE)));
        expect([answer.status, answer.json.code]).toEqual([503, "service_unavailable"]);
      },
      { timeout: 15_000, interval: 100 },
    );
    expect((await api.send("GET", "/readyz")).json.checks).toMatchObject({ database: "ok", accessLog: "failed" });
    await api.sql`GRANT INSERT ON verdict.access_log TO xueshi_query`;
    await allowed();
    expect((await api.send("GET", "/readyz")).status).toBe(200);
  });

  test("without rules and marks that are recent enough", async () => {
    await api.sql`REVOKE SELECT ON ledger.platform_mark FROM xueshi_query`;
    await vi.waitFor(async () => expect((await send(reviewOf(identity(SOMEONE)))).status).toBe(503), {
      timeout: 15_000,
      interval: 200,
    });
    expect((await api.send("GET", "/readyz")).json.checks).toMatchObject({ database: "ok", knowledge: "failed" });
    await api.sql`GRANT SELECT ON ledger.platform_mark TO xueshi_query`;
    await allowed();
  });
});
