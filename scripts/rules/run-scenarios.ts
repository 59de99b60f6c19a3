import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { RuleSet } from "@xueshi/domain";
import {
  brokenPromises,
  decideScenario,
  describeVerdict,
  expectedOf,
  readScenarioFiles,
  type Scenario,
  type ScenarioFile,
} from "@xueshi/rulebook/scenarios";
import { compareWorkings, type Difference } from "./compare-workings.ts";
import { openRulebook, rulesFolder, shownPath } from "./open-rulebook.ts";
import { EVERY_VERB, say, type Verb, type VerbContext, WrongUsage } from "./verb.ts";

const SCENARIOS_DIRECTORY = join(import.meta.dirname, "../../tests/scenarios");

export const runScenarios: Verb = {
  summary: { "zh-CN": "用规则文件核对示例", en: "check the golden scenarios against the rule files" },
  help: {
    "zh-CN": `用规则文件逐一核对示例：记录在前，结论与逐项工作过程在后；不符的列出“应为”与“实为”。

  pnpm rules scenarios [文件或目录…] [选项]

  文件          示例文件或其目录（tests/scenarios）
  --dir 目录    规则目录（本仓库的）
  --lang zh|en

退出码 1：有示例不符。例：pnpm rules scenarios tests/scenarios/quzhou-2020/annual-duty.yaml`,
    en: `Checks golden scenarios against the rule files: records in, verdict and workings out. What differs is shown as
expected and actual.

  pnpm rules scenarios [files or folders] [flags]

  files         scenario files, or folders of them (tests/scenarios)
  --dir DIR     rule files (those of this repository)
  --lang zh|en

Exit code 1: a scenario fails. Example: pnpm rules scenarios tests/scenarios/quzhou-2020/annual-duty.yaml --lang en`,
  },
  run(args, context) {
    const options = { ...EVERY_VERB, dir: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const paths =
      positionals.length === 0 ? [SCENARIOS_DIRECTORY] : positionals.map((path) => resolve(context.cwd, path));
    const { files } = openRulebook(rulesFolder(values.dir, context.cwd), context.cwd);
    const ruleSets = files.map(({ ruleSet }) => ruleSet);
    const counts = { passed: 0, failed: 0 };
    for (const file of paths.flatMap((path) => readable(path, context, counts))) {
      const failed = file.scenarios.filter((scenario) => !passes(scenario, file, ruleSets, context));
      counts.failed += failed.length;
      counts.passed += file.scenarios.length - failed.length;
    }
    const total = say(
      context,
      `符合 ${counts.passed}，不符 ${counts.failed}。`,
      `${counts.passed} passed, ${counts.failed} failed.`,
    );
    context.print(context.paint(counts.failed === 0 ? "green" : "red", total));
    return counts.failed === 0 ? 0 : 1;
  },
};

/** The scenario files at a path; what is not of their format is printed, and counts as one failure. */
function readable(path: string, context: VerbContext, counts: { failed: number }): ScenarioFile[] {
  try {
    return scenarioFilesAt(path, context.cwd);
  } catch (error) {
    if (error instanceof WrongUsage) throw error;
    counts.failed += 1;
    context.print(`${context.paint("red", "✗")} ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** The scenarios of a folder, or of one file; paths are as they are called from where the command was typed. */
function scenarioFilesAt(path: string, cwd: string): ScenarioFile[] {
  const shown = shownPath(path, cwd);
  if (!existsSync(path)) throw new WrongUsage(`没有文件 ${shown}。`, `There is no file ${shown}.`);
  if (statSync(path).isDirectory()) {
    return readScenarioFiles(path).map((file) => ({ ...file, file: join(shown, file.file) }));
  }
  // Files are read by the folder, so one is read from a folder of its own: what lies beside it does not matter.
  const folder = mkdtempSync(join(tmpdir(), "xueshi-scenario-"));
  try {
    copyFileSync(path, join(folder, basename(path)));
    const read = readScenarioFiles(folder);
    if (read.length === 0) throw new WrongUsage(`${shown} 不是 .yaml 文件。`, `${shown} is no .yaml file.`);
    return read.map((file) => ({ ...file, file: shown }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Decides one scenario, and prints how it came out; of one that passes only its name. */
function passes(scenario: Scenario, file: ScenarioFile, ruleSets: readonly RuleSet[], context: VerbContext): boolean {
  const { differences, broken } = judge(scenario, file, ruleSets);
  const isPassed = differences.length === 0 && broken.length === 0;
  const mark = isPassed ? context.paint("green", "✓") : context.paint("red", "✗");
  context.print(`${mark} ${file.file}: ${scenario.name}`);
  for (const line of differences.flatMap((difference) => differenceWords(difference, context))) context.print(line);
  for (const promise of broken) context.print(context.paint("red", `    ! ${promise}`));
  return isPassed;
}

interface Judgement {
  readonly differences: readonly Difference[];
  /** What must hold of every answer and does not. */
  readonly broken: readonly string[];
}

function judge(scenario: Scenario, file: ScenarioFile, ruleSets: readonly RuleSet[]): Judgement {
  try {
    const verdict = decideScenario(scenario, file, ruleSets);
    const differences = compareWorkings(expectedOf(scenario), describeVerdict(verdict, scenario));
    return { differences, broken: brokenPromises(verdict) };
  } catch (error) {
    // A date that does not exist is found only when it is used.
    return { differences: [], broken: [error instanceof Error ? error.message : String(error)] };
  }
}

function differenceWords({ at, expected, actual }: Difference, context: VerbContext): string[] {
  const nothing = say(context, "无", "nothing");
  return [
    `    ${at}`,
    context.paint("red", `      - ${say(context, "应为", "expected")} ${expected ?? nothing}`),
    context.paint("green", `      + ${say(context, "实为", "actual")} ${actual ?? nothing}`),
  ];
}
