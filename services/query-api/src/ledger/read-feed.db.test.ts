import type { FeedResponse, Problem } from "@xueshi/contracts";
import { writeFeed, writeOutbox } from "@xueshi/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting } from "../testing/people.ts";
import { identity, REVIEW } from "../testing/questions.ts";
import { NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

const POSTINGS = ["77777777-7777-7777-8777-777777777777", "88888888-8888-7888-8888-888888888888"] as const;
let api: TestApi;
let ids: [string, string];
let operator: string;
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
  ids = [
    await api.give(person(1), [
      posting({ id: "a1", hours: 8 }),
      posting({ id: "b1", hours: 4, platform: "zj-industry" }),
      posting({ id: "a2", hours: 2 }),
    ]),
    await api.give(person(2), [posting({ id: "b2", hours: 4, platform: "zj-industry" })]),
  ];
  operator = (await api.addKey("operator", "li")).key;
  const [first, second] = ids;
  await number(0, POSTINGS[0], 2, [{ practitionerId: first, firstSequence: 1, entryCount: 2 }]);
  await number(2, POSTINGS[1], 4, [
    { practitionerId: first, firstSequence: 3, entryCount: 2 },
    { practitionerId: second, firstSequence: 1, entryCount: 2 },
  ]);
});
afterAll(() => api.close());

async function number(
  position: number,
  postingId: string,
  size: number,
  runs: { practitionerId: string; firstSequence: number; entryCount: number }[],
): Promise<void> {
  await api.sql.begin(async (tx) => {
    await writeOutbox(tx, { turn: position, postingId, runs: runs.map((run) => ({ ...run, hashes: [] })) });
    await writeFeed(tx, [{ turn: position, postingId, position, size }], NOW_MS);
  });
}

async function feed(key: string, query = ""): Promise<FeedResponse & Problem> {
  return (await api.send("GET", `/v1/feed${query}`, { key })).json as unknown as FeedResponse & Problem;
}
/** Runs of a posting stand in the order of their people's ids. */
const inOrder = () => {
  const [first, second] = ids;
  const ofFirst = [`${first} 3`, `${first} 4`];
  const ofSecond = [`${second} 1`, `${second} 2`];
  return [`${first} 1`, `${first} 2`, ...(first < second ? [...ofFirst, ...ofSecond] : [...ofSecond, ...ofFirst])];
};
const brief = ({ entries }: FeedResponse) => entries.map((one) => `${one.practitionerId} ${one.sequence}`);

describe("GET /v1/feed", () => {
  test("gives an operator every entry at its position, in pages that fit together", async () => {
    const whole = await feed(operator);
    expect(brief(whole)).toEqual(inOrder());
    expect(whole.entries.map((one) => one.position)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(whole).toMatchObject({ next: 6, isAtEnd: true });
    for (const limit of [1, 2, 3, 4, 5]) {
      const seen: string[] = [];
      let page = await feed(operator, `?limit=${limit}`);
      for (; !page.isAtEnd; page = await feed(operator, `?limit=${limit}&from=${page.next}`)) seen.push(...brief(page));
      expect([...seen, ...brief(page)]).toEqual(inOrder());
    }
    expect(await feed(operator, "?from=6")).toEqual({ entries: [], next: 6, oldest: 0, isAtEnd: true });
    expect(await feed(operator, "?from=600")).toEqual({ entries: [], next: 600, oldest: 0, isAtEnd: true });
  });

  test("gives a source its own records only, and passes over the rest", async () => {
    const { key } = await api.addKey("source", "zj-industry");
    const { entries, next, isAtEnd } = await feed(key);
    expect(entries.map(({ source, recordId }) => [source, recordId]).sort()).toEqual([
      ["zj-industry", "b1"],
      ["zj-industry", "b2"],
    ]);
    expect([next, isAtEnd]).toEqual([6, true]);
  });

  test("gives a declaration system the people of whom it has kept a verdict", async () => {
    expect((await feed(api.key)).entries).toEqual([]);
    const question = { practitioner: identity(person(2)), declaration: REVIEW, keep: true };
    expect((await api.send("POST", "/v1/checks", { body: question })).status).toBe(200);
    expect(brief(await feed(api.key))).toEqual([`${ids[1]} 1`, `${ids[1]} 2`]);
    // Whoever holds the key has kept it: after an exchange the system sees what it saw before.
    const next = await api.addKey("declaration-system", "declarations");
    expect(brief(await feed(next.key))).toEqual([`${ids[1]} 1`, `${ids[1]} 2`]);
    const other = await api.addKey("declaration-system", "another");
    expect((await feed(other.key)).entries).toEqual([]);
  });

  test("is a read of each person in it, which is noted, and no way around scopes and bounds", async () => {
    const noted = async () => (await api.sql`SELECT 1 FROM verdict.access_log WHERE purpose = 'feed'`).length;
    const before = await noted();
    await feed(operator);
    expect(await noted()).toBe(before + 2);
    const without = await api.addKey("operator", "wang", ["reviews:read"]);
    expect((await feed(without.key)).code).toBe("scope_missing");
    expect((await feed(operator, "?from=-1")).code).toBe("validation_failed");
    expect((await feed(operator, "?limit=0")).code).toBe("validation_failed");
  });
});
