import { activateRuleSet, connect, type Sql, writePlatformMark } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { digestText, loadRulebook } from "@xueshi/rulebook";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readKnowledge } from "./read-knowledge.ts";

const NOW_MS = Date.parse("2020-07-31T02:00:00Z");
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let owner: Sql;
let sql: Sql;
let pulls = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  sql = connect({ url: await database.urlAs("query"), connectionsMax: 2, applicationName: "test" });
});
afterAll(async () => {
  await Promise.all([owner.end(), sql.end()]);
  await database.drop();
});

const pull = (nth: number) => `00000000-0000-7000-8000-${String(nth).padStart(12, "0")}`;
const mark = (recordedAtMs: number, completeUntilMs: number | null) => {
  pulls += 1;
  const pullId = pull(pulls);
  const outcome = completeUntilMs === null ? "partial" : "complete";
  return owner.begin((tx) =>
    writePlatformMark(tx, { platform: "quzhou-city", pullId, completeUntilMs, outcome, recordedAtMs }),
  );
};
const activate = (text: string, activatedAtMs: number) =>
  activateRuleSet(owner, {
    ruleSetId: "quzhou-2020",
    activatedAtMs,
    digest: digestText(text),
    fullText: text,
    activatedBy: "test",
  });
const file = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
const TEXT = file?.text ?? "";

test("nothing is known of an empty database, and nothing new makes no new knowledge", async () => {
  const empty = await readKnowledge(sql, null);
  expect(empty).toEqual({ ruleSets: [], marks: [], steps: new Map() });
  expect(await readKnowledge(sql, empty)).toBe(empty);
});

test("marks are added as they come, also one that committed late under an earlier time", async () => {
  await mark(NOW_MS - 5 * HOUR_MS, NOW_MS - 6 * HOUR_MS);
  await mark(NOW_MS, NOW_MS - HOUR_MS);
  const first = await readKnowledge(sql, null);
  expect(await readKnowledge(sql, first)).toBe(first);

  await mark(NOW_MS - 60_000, NOW_MS - 2 * HOUR_MS);
  await mark(NOW_MS + 1, null);
  const second = await readKnowledge(sql, first);
  expect(second.ruleSets).toBe(first.ruleSets);
  expect(second.steps).toEqual((await readKnowledge(sql, null)).steps);
  const pulls = (newest: number, complete: number) => ({ newestPullId: pull(newest), completePullId: pull(complete) });
  expect(second.steps.get("quzhou-city")).toEqual([
    { recordedAtMs: NOW_MS - 5 * HOUR_MS, completeUntilMs: NOW_MS - 6 * HOUR_MS, partial: false, ...pulls(1, 1) },
    { recordedAtMs: NOW_MS - 60_000, completeUntilMs: NOW_MS - 2 * HOUR_MS, partial: false, ...pulls(3, 3) },
    { recordedAtMs: NOW_MS, completeUntilMs: NOW_MS - HOUR_MS, partial: false, ...pulls(2, 2) },
    { recordedAtMs: NOW_MS + 1, completeUntilMs: NOW_MS - HOUR_MS, partial: true, ...pulls(4, 2) },
  ]);
});

test("as many marks as before that are other marks are read as what they are", async () => {
  const first = await readKnowledge(sql, null);
  const newest = first.marks.at(-1);
  await owner.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`DELETE FROM ledger.platform_mark WHERE pull_id = ${newest?.pullId ?? ""}`;
  });
  await mark(NOW_MS + 1, null);
  const second = await readKnowledge(sql, first);
  expect(second.marks).toHaveLength(first.marks.length);
  expect(second.marks).toEqual((await readKnowledge(sql, null)).marks);
});

test("every activation is known with its text read once", async () => {
  await activate(TEXT, NOW_MS);
  const first = await readKnowledge(sql, null);
  await activate(`${TEXT}\n# a remark\n`, NOW_MS + 1);
  const second = await readKnowledge(sql, first);
  expect(second.marks).toBe(first.marks);
  expect(second.ruleSets.map(({ activatedAtMs, ruleSet }) => [activatedAtMs, ruleSet.id])).toEqual([
    [NOW_MS, "quzhou-2020"],
    [NOW_MS + 1, "quzhou-2020"],
  ]);
  expect(second.ruleSets[0]?.ruleSet).toBe(first.ruleSets[0]?.ruleSet);
});

test("a text that this version cannot read is an error: the one before it must not answer in its place", async () => {
  const known = await readKnowledge(sql, null);
  await activate("id: of a later version", NOW_MS + 2);
  await expect(readKnowledge(sql, known)).rejects.toMatchObject({ code: "rulebook_invalid" });
});
