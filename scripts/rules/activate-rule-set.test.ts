import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, readActivations } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { RULES_DIRECTORY, RulebookError } from "@xueshi/rulebook";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activateRule } from "./activate-rule-set.ts";
import { diffRules } from "./diff-rule-sets.ts";
import { explainRules } from "./explain-answer.ts";
import type { Verb } from "./verb.ts";

const QUZHOU = join(RULES_DIRECTORY, "quzhou/2020/continuing-education.yaml");
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "xueshi-rules-"));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

async function run(verb: Verb, ...args: string[]) {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const env = { DATABASE_URL: database.url };
  const code = await verb.run(args, { language: "en", env, cwd: folder, print, warn: print, paint: (_, text) => text });
  return { code, output: lines.join("\n") };
}

async function activations() {
  const sql = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  try {
    return await readActivations(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

test("activates a rule file once, says what a new version changes, and keeps the old text", async () => {
  const first = await run(activateRule, "quzhou-2020", "--by", "wang-xiaoming", "--yes");
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining("was not activated before") });
  const again = await run(activateRule, QUZHOU, "--by", "somebody-else", "--yes");
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining("already active: quzhou-2020 version 2") });

  writeFileSync(join(folder, "draft.yaml"), readFileSync(QUZHOU, "utf8").replace("hours: 180", "hours: 200"));
  const changed = await run(activateRule, "draft.yaml", "--by", "wang-xiaoming", "--yes");
  expect(changed.output).toContain("requirement total › hours: 180 → 200");
  const [older, newer, ...rest] = await activations();
  expect(rest).toEqual([]);
  expect(older).toMatchObject({ activatedBy: "wang-xiaoming", fullText: readFileSync(QUZHOU, "utf8") });

  const [before, after] = [older, newer].map((each) => `quzhou-2020@${each?.digest.slice(0, 10)}`);
  expect(await run(diffRules, "quzhou-2020", before ?? "")).toMatchObject({ code: 0 });
  const diff = await run(diffRules, before ?? "", after ?? "");
  expect(diff).toMatchObject({ code: 1, output: expect.stringContaining("hours: 180 → 200") });
  const question = ["quzhou", "2020", "review", "--level", "intermediate"];
  expect((await run(explainRules, ...question)).output).toContain("all hours: at least 200 hours");
  const early = await run(explainRules, ...question, "--on", "2020-01-01");
  expect(early).toMatchObject({ code: 1, output: expect.stringContaining("none was activated by then") });
});

test("refuses a file that does not fit the others, and asks for a name and for --yes", async () => {
  writeFileSync(
    join(folder, "other.yaml"),
    readFileSync(QUZHOU, "utf8").replace("id: quzhou-2020", "id: quzhou-other"),
  );
  await expect(run(activateRule, "other.yaml", "--by", "wang", "--yes")).rejects.toThrow(RulebookError);
  const refused = [
    ["place: quzhou\n", "place: quzhou\nrecognition: hangzhou\n", "the ledger posts no hours under it yet"],
    ["toPlace: zhejiang", "toPlace: quzhou", "is this file's own place"],
  ] as const;
  for (const [from, to, message] of refused) {
    writeFileSync(join(folder, "other.yaml"), readFileSync(QUZHOU, "utf8").replace(from, to));
    await expect(run(activateRule, "other.yaml", "--by", "wang", "--yes")).rejects.toThrow(message);
  }
  await expect(run(activateRule, "quzhou-2020", "--yes")).rejects.toThrow("Say with --by who activates.");
  await expect(run(activateRule, "gone-2020", "--by", "wang", "--yes")).rejects.toThrow("No file and no rule set");
  expect((await activations()).map(({ ruleSetId }) => ruleSetId)).not.toContain("quzhou-other");
});

test("says which inherited rule set is not in force", async () => {
  const { output } = await run(activateRule, "zhejiang-2016", "--by", "wang", "--yes");
  expect(output).toContain("take values from china-2016, which is not in force here");
  expect(output).not.toContain(new URL(database.url).password || "no password");
});

test("a draft is activated only by somebody who says so", async () => {
  const draft = ["poland-physicians-2026", "--by", "wang", "--yes"];
  await expect(run(activateRule, ...draft)).rejects.toThrow("is a draft: part of it is a reading that nobody compared");
  expect((await activations()).map(({ ruleSetId }) => ruleSetId)).not.toContain("poland-physicians-2026");
  expect(await run(activateRule, ...draft, "--draft")).toMatchObject({ code: 0 });
});
