import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JSON_SCHEMA_PATH, loadRulebook, RULES_DIRECTORY, ruleFileJsonSchema } from "@xueshi/rulebook";
import { afterAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const QUZHOU = "quzhou/2020/continuing-education.yaml";
const folder = makeTemporaryFolder();

afterAll(() => folder.remove());

/** Runs the command as it is typed, with no database and no terminal. */
function rules(line: string, ...more: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const args = [join(ROOT, "scripts/rules/main.ts"), ...line.split(" "), ...more];
  const env = { ...process.env, DATABASE_URL: "", LANG: "en_US.UTF-8" };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** A copy of the rules folder in which one text of one file is another. */
function changedRules(name: string, from: string, to: string): string {
  const copy = folder.at(name);
  cpSync(RULES_DIRECTORY, copy, { recursive: true });
  const text = readFileSync(join(copy, QUZHOU), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(copy, QUZHOU), text.replace(from, to));
  return copy;
}

test("is one of the commands of the repository", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
  expect(manifest.scripts.rules).toBe("node scripts/rules/main.ts");
});

test("every verb explains itself with an example", async () => {
  const help = await rules("--help");
  expect(help).toMatchObject({ status: 0, stderr: "" });
  const verbs = Array.from(help.stdout.matchAll(/^ {2}([a-z]+) {2,}/gm), ([, verb = ""]) => verb);
  expect(verbs).toEqual(
    expect.arrayContaining(["lint", "list", "explain", "scenarios", "diff", "schema", "preview", "activate"]),
  );
  const explained = await Promise.all(verbs.map((verb) => rules(`${verb} --help --lang en`)));
  expect(explained.map(({ stdout }) => /Example:\s+pnpm rules ([a-z]+)/.exec(stdout)?.[1])).toEqual(verbs);
});

describe("lint", () => {
  test("is content with the rule files, in Chinese whatever LANG says", async () => {
    const { length } = loadRulebook().files;
    expect(await rules("lint")).toMatchObject({ status: 0, stdout: expect.stringContaining(`${length} 个规则文件`) });
  });

  test("names file and line of each problem, without colours", async () => {
    const dir = changedRules("faulty", "hours: 180", "hours: -180");
    const { status, stdout } = await rules("lint --lang en --dir", dir);
    const line =
      readFileSync(join(dir, QUZHOU), "utf8")
        .split("\n")
        .findIndex((text) => text.includes("hours: -180")) + 1;
    expect(status).toBe(1);
    expect(stdout).toContain(`${join(dir, QUZHOU)}:${line}: `);
    expect(stdout).toMatch(/problems: 1, in files: 1\.\n$/);
    expect(stdout).not.toContain("\u001b");
  });
});

test("lint refuses a recognition rule set under which no hours are posted", async () => {
  const dir = changedRules("recognition", "place: quzhou\n", "place: quzhou\nrecognition: hangzhou\n");
  const { status, stdout } = await rules("lint --lang en --dir", dir);
  expect(status).toBe(1);
  expect(stdout).toContain('recognition "hangzhou": the ledger posts no hours under it yet');
});

test("list shows what answers for a place and year", async () => {
  const [quzhou, ...rest] = JSON.parse((await rules("list --place quzhou --year 2020 --json")).stdout);
  expect(rest).toEqual([]);
  expect(quzhou).toMatchObject({ id: "quzhou-2020", layer: "city", digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const drafts = await rules("list --place poland --lang en");
  expect(drafts.stdout).toMatch(/poland-physicians-2026 +1 draft/);
  expect(await rules("list --place quzhou --year 1999")).toMatchObject({ status: 1, stdout: "没有符合的规则集。\n" });
});

test("explain names the row, the values and their sources; or why there is none", async () => {
  const question = "explain quzhou 2020 review --level intermediate --series economics";
  const { status, stdout } = await rules(question);
  expect(status).toBe(0);
  expect(stdout).toContain("总学时不少于 180 学时，窗口内累计");
  expect(stdout).toContain("依据 衢市人社专〔2020〕55号 二(二)；来源：原文；发布 2020-07-10");
  expect(stdout).toContain("「其中专业科目不少于120学时」");
  expect(JSON.parse((await rules(`${question} --json`)).stdout)).toMatchObject({
    from: "files",
    row: { id: "review-up-to-intermediate" },
    windowYears: { years: [2019, 2020] },
    requirements: [{ needHundredths: 18_000 }, { needHundredths: 12_000 }, { needHundredths: 3_600 }],
  });
  const delegated = await rules("explain quzhou 2020 review --level senior --lang en");
  expect(delegated).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("set by another body: 省厅各主管部门"),
  });
});

test("scenarios pass by the rules as they are, and show what a changed value does to them", async () => {
  const file = "tests/scenarios/quzhou-2020/annual-duty.yaml";
  expect(await rules(`scenarios ${file} --lang en`)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^✓ .*exactly 90[\s\S]*\n\d+ passed, 0 failed\.\n$/),
  });
  const { status, stdout } = await rules(
    `scenarios ${file} --lang en --dir`,
    changedRules("raised", "hours: 90", "hours: 91"),
  );
  expect(status).toBe(1);
  expect(stdout).toContain("✗ tests/scenarios/quzhou-2020/annual-duty.yaml: exactly 90, of whatever subject");
  expect(stdout).toContain("    workings.total\n      - expected 90 of 90\n      + actual 90 of 91, short 1\n");
});

test("diff says in words what is another", async () => {
  const draft = join(changedRules("draft", "hours: 180", "hours: 200"), QUZHOU);
  const { status, stdout } = await rules("diff quzhou-2020", draft);
  expect(status).toBe(1);
  expect(stdout).toContain("~ 行 review-up-to-intermediate › 要求 total › 学时：180 → 200\n改 1，增 0，删 0。");
  expect(JSON.parse((await rules("diff quzhou-2020 --json", draft)).stdout)).toEqual([
    {
      path: ["declarations", "review-up-to-intermediate", "requirements", "total", "needHundredths"],
      kind: "changed",
      before: 18_000,
      after: 20_000,
    },
  ]);
});

test("schema --check compares, and schema writes", async () => {
  expect(await rules("schema --check")).toMatchObject({ status: 0 });
  const dir = changedRules("stale", "hours: 180", "hours: 180");
  writeFileSync(join(dir, JSON_SCHEMA_PATH), "{}\n");
  expect((await rules("schema --check --dir", dir)).status).toBe(1);
  expect((await rules("schema --dir", dir)).status).toBe(0);
  expect(readFileSync(join(dir, JSON_SCHEMA_PATH), "utf8")).toBe(ruleFileJsonSchema());
});

test.concurrent.each([
  ["grow", 'There is no verb "grow"'],
  ["lint --colour", "Unknown option '--colour'"],
  ["scenarios gone.yaml", "There is no file gone.yaml."],
  ["diff quzhou-2020 quzhou-2020@abc", "A database is needed"],
  ["activate quzhou-2020 --by wang-xiaoming", "give --yes"],
  ["preview quzhou-2020 --by wang-xiaoming", "A database is needed"],
  ["preview --limit 5000 --database-url postgres://127.0.0.1:1/none", "--limit is from 1 to 1000"],
])("wrong usage is told apart: %s", async (line, message) => {
  const { status, stdout, stderr } = await rules(`${line} --lang en`);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).toContain("Try --help.");
});
