import { activateRuleSet, readActivations, type Sql } from "@xueshi/database";
import { openTestDatabase } from "@xueshi/database/testing";
import { digestText, loadRulebook, type RulebookFile } from "@xueshi/rulebook";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activateRulebook } from "./activate-rulebook.ts";

let sql: Sql;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ owner: sql, close } = await openTestDatabase());
});
afterAll(() => close());

let second = 0;
const clock = () => {
  second += 1;
  return Date.UTC(2026, 0, 1, 0, 0, second);
};

/** What became of each file, by its rule set. */
async function bringUpToDate(files: readonly RulebookFile[]): Promise<Record<string, string>> {
  const done = await activateRulebook(sql, files, { activatedBy: "migrate", clock });
  return Object.fromEntries(done.map(({ file, outcome }) => [file.ruleSet.id, outcome]));
}

test("puts every file in force but drafts, and never takes back what an operator put in force", async () => {
  const { files } = loadRulebook();
  const first = await bringUpToDate(files);
  const drafts = files.filter(({ ruleSet }) => ruleSet.isDraft).map(({ ruleSet }) => ruleSet.id);
  expect(drafts).toContain("poland-physicians-2026");
  for (const [id, outcome] of Object.entries(first)) {
    expect([id, outcome]).toEqual([id, drafts.includes(id) ? "draft, not activated" : "activated"]);
  }
  const active = (await readActivations(sql)).map(({ ruleSetId }) => ruleSetId);
  expect(active.filter((id) => drafts.includes(id))).toEqual([]);
  expect((await bringUpToDate(files))["quzhou-2020"]).toBe("in force already");

  const quzhou = files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
  if (quzhou === undefined) throw new Error("The rulebook has no rule set quzhou-2020.");
  const text = quzhou.text.replace("hours: 180", "hours: 200");
  const changed = { ruleSetId: "quzhou-2020", activatedAtMs: clock(), digest: digestText(text), fullText: text };
  expect(await activateRuleSet(sql, { ...changed, activatedBy: "wang-xiaoming" })).toBe(true);
  expect((await bringUpToDate(files))["quzhou-2020"]).toBe("replaced by another text before");
  const newest = (await readActivations(sql)).filter(({ ruleSetId }) => ruleSetId === "quzhou-2020").at(-1);
  expect(newest?.activatedBy).toBe("wang-xiaoming");
});
