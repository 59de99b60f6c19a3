import { readAccessRows } from "@xueshi/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting } from "../testing/people.ts";
import { ENOUGH, identity, reviewOf } from "../testing/questions.ts";
import { NOW_MS, startTestApi, type TestAnswer, type TestApi } from "../testing/start-test-api.ts";

type Result = TestAnswer["json"]["results"][number];

const PEOPLE = 40;
const PATH = "/v1/checks/batch";
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (let index = 0; index < PEOPLE; index += 1) {
    const records = Object.values(ENOUGH).slice(0, index % 2 === 0 ? 5 : 4);
    await api.give(person(index), records.map(posting), NOW_MS - 1_000_000 + index);
  }
});
afterAll(() => api.close());

const json = (checks: readonly unknown[], request: object = {}) =>
  api.send("POST", PATH, { body: { checks }, ...request });
const lines = (texts: readonly string[], request: object = {}) =>
  api.send("POST", PATH, {
    raw: texts.join("\n"),
    headers: { "Content-Type": "application/x-ndjson" },
    ...request,
  });
const parsed = (text: string): Result[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const brief = (result: Result) =>
  result.verdict ?? result.problem?.errors?.map(({ path, code }) => `${path} ${code}`)[0];

describe("as JSON", () => {
  test("each check is answered as it would be alone, in the order given", async () => {
    const bodies = [0, 1, 2, 0].map((index) => reviewOf(identity(person(index))));
    const answer = await json(bodies);
    expect(answer.status).toBe(200);
    const alone = await Promise.all(bodies.map((body) => api.send("POST", "/v1/checks", { body })));
    expect(answer.json.results).toEqual(alone.map((single) => single.json));
    expect(answer.json.results.map(brief)).toEqual(["met", "not_met", "met", "met"]);
  });

  test("one that is at fault is answered by itself, under its own reference", async () => {
    const answer = await json([
      reviewOf(identity(person(0)), { id: "first" }),
      reviewOf(identity({ ...person(0), idNumber: "330899198001010000" }), { id: "second" }),
      { id: "third" },
      reviewOf({ practitionerId: api.idOf(person(2)) }),
      reviewOf(identity(person(0)), { knownAt: new Date(NOW_MS + 1).toISOString(), id: "fifth" }),
      "no check",
      null,
    ]);
    expect(answer.status).toBe(200);
    expect(answer.json.results.map((result: Result) => [result.id, brief(result)])).toEqual([
      ["first", "met"],
      ["second", "practitioner.idNumber id_invalid"],
      ["third", "practitioner required"],
      [undefined, "met"],
      ["fifth", "knownAt too_large"],
      [undefined, " type_wrong"],
      [undefined, " type_wrong"],
    ]);
    expect(answer.json.results[1]?.problem).toMatchObject({ status: 422, code: "validation_failed" });
    expect(answer.text).not.toContain("330899198001010000");
  });

  test("checks that name different known times see different cuts", async () => {
    const at = (ms: number) => reviewOf(identity(person(0)), { knownAt: new Date(ms).toISOString() });
    const answer = await json([at(NOW_MS - 1_000_000), at(NOW_MS - 1_000_001), reviewOf(identity(person(0)))]);
    expect(answer.json.results.map((result: Result) => result.cut?.sequence)).toEqual([6, 0, 6]);
  });

  test("those to keep are kept, byte for byte", async () => {
    const answer = await json([
      reviewOf(identity(person(0)), { keep: true, id: "kept" }),
      reviewOf(identity(person(1))),
      reviewOf(identity(person(1)), { keep: true }),
    ]);
    const results: readonly Result[] = answer.json.results;
    expect(results.map(({ verdictId }) => verdictId !== undefined)).toEqual([true, false, true]);
    for (const { verdictId } of results.filter((result) => result.verdictId !== undefined)) {
      const kept = await api.send("GET", `/v1/verdicts/${verdictId}`);
      expect(kept.status).toBe(200);
      expect(answer.text).toContain(kept.text);
    }
  });

  test.each([
    ["no checks", { checks: [] }, "checks too_few"],
    ["more than a thousand", { checks: Array.from({ length: 1_001 }, () => 1) }, "checks too_many"],
    ["no list", {}, "checks required"],
  ])("%s are refused as a whole", async (_what, body, fault) => {
    const answer = await api.send("POST", PATH, { body });
    expect([
      answer.status,
      answer.json.errors.map((e: { path: string; code: string }) => `${e.path} ${e.code}`),
    ]).toEqual([422, [fault]]);
  });
});

describe("as lines", () => {
  test("many are answered in their order, across every round trip, with the broken ones among them", async () => {
    const texts = Array.from({ length: 350 }, (_, index) => {
      if (index === 120) return "{";
      if (index === 130) return JSON.stringify({ id: "odd" });
      return JSON.stringify(reviewOf(identity(person(index % PEOPLE)), { id: `n-${index}` }));
    });
    texts[200] = "";
    const answer = await lines(texts);
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const results = parsed(answer.text);
    const expected = texts.flatMap((text, index) => {
      if (text === "") return [];
      if (index === 120) return [" line_invalid"];
      if (index === 130) return ["practitioner required"];
      return [`n-${index} ${index % 2 === 0 ? "met" : "not_met"}`];
    });
    expect(
      results.map((result) => (result.id?.startsWith("n-") ? `${result.id} ${brief(result)}` : brief(result))),
    ).toEqual(expected);
  });

  test("a caller who stops reading stops the work, and the service goes on", async () => {
    const text = `${JSON.stringify(reviewOf(identity(person(0))))}\n`.repeat(3_000);
    const stopped = new AbortController();
    const response = await fetch(`${api.url}${PATH}`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson", Authorization: `Bearer ${api.key}` },
      body: text,
      signal: stopped.signal,
    });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    stopped.abort();
    await expect(reader?.read()).rejects.toThrow();
    expect((await lines([JSON.stringify(reviewOf(identity(person(0))))])).status).toBe(200);
    const [row] = await api.sql`
      SELECT count(*)::int AS reads FROM verdict.access_log WHERE practitioner_id = ${api.idOf(person(0))}`;
    expect(row?.reads).toBeLessThan(3_000);
  });

  test("more than ten thousand lines are refused before anything is read", async () => {
    const answer = await lines(Array.from({ length: 10_001 }, () => "1"));
    expect([answer.status, answer.json.errors[0]?.code]).toEqual([422, "too_many"]);
  });

  test("a failure in mid-stream is the last line, with its code", async () => {
    await api.sql`REVOKE SELECT ON ledger.entry FROM xueshi_query`;
    const answer = await lines([JSON.stringify(reviewOf(identity(person(0))))]);
    await api.sql`GRANT SELECT ON ledger.entry TO xueshi_query`;
    expect(parsed(answer.text).map((result) => result.problem?.code)).toEqual(["internal_error"]);
    expect(answer.text).not.toMatch(/permission|entry/);
  });
});

describe("who may, and what is noted", () => {
  test.each(["source", "operator"] as const)("not a key of kind %s", async (kind) => {
    const { key } = await api.addKey(kind, `batch-${kind}`);
    const answer = await json([reviewOf(identity(person(0)))], { key });
    expect([answer.status, answer.json.code]).toEqual([403, "scope_missing"]);
    expect((await lines(["{}"], { key: null })).status).toBe(401);
  });

  test("every person that was read has a row with this request, and nobody else", async () => {
    const sync = await startTestApi({ accessLog: "sync" });
    const body = { checks: [person(1), person(2), person(1)].map((someone) => reviewOf(identity(someone))) };
    await sync.send("POST", PATH, {
      body: { checks: [...body.checks, reviewOf({ ...identity(person(3)), name: "" })] },
      headers: { "X-Request-Id": "batch-request-1" },
    });
    const rows = await Promise.all([1, 2, 3].map((index) => readAccessRows(sync.sql, sync.idOf(person(index)), 10)));
    expect(rows.map((each) => each.map(({ purpose, requestId }) => [purpose, requestId]))).toEqual([
      Array(2).fill(["check/quzhou/2020/review/economics", "batch-request-1"]),
      [["check/quzhou/2020/review/economics", "batch-request-1"]],
      [],
    ]);
    await sync.close();
  });

  test("no id and no name is in the log", () => {
    const log = api.log.join("");
    for (let index = 0; index < PEOPLE; index += 1) {
      expect(log).not.toContain(person(index).idNumber);
      expect(log).not.toContain(person(index).name);
    }
  });
});
