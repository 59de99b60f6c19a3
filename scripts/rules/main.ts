import { styleText } from "node:util";
import { LANGUAGE_DEFAULT, type Language } from "@xueshi/contracts";
import { RulebookError } from "@xueshi/rulebook";
import { activateRule } from "./activate-rule-set.ts";
import { diffRules } from "./diff-rule-sets.ts";
import { explainRules } from "./explain-answer.ts";
import { lintRules } from "./lint-rulebook.ts";
import { listRules } from "./list-rule-sets.ts";
import { previewImpact } from "./preview-impact.ts";
import { runScenarios } from "./run-scenarios.ts";
import { type Paint, readLanguage, type Verb, WrongUsage } from "./verb.ts";
import { withoutPasswords } from "./without-passwords.ts";
import { writeSchema } from "./write-schema.ts";

const VERBS: readonly Verb[] = [
  lintRules,
  listRules,
  explainRules,
  runScenarios,
  diffRules,
  writeSchema,
  previewImpact,
  activateRule,
];

const write = (stream: NodeJS.WriteStream) => (line: string) => void stream.write(`${line}\n`);
const isColourful = process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "";
const paint: Paint = (format, text) => (isColourful ? styleText(format, text, { validateStream: false }) : text);

function helpOf(language: Language): string {
  const verbs = VERBS.map(({ name, summary }) => `  ${name.padEnd(11)}${summary[language]}`).join("\n");
  return language === "en"
    ? `Rule files: look at them, check them, compare them, put them in force.

  pnpm rules VERB [arguments] [flags]

${verbs}

  --lang LANG   zh or en (zh)
  --help        this text, or after a verb that verb's

Exit code: 0 fine, 1 findings, 2 wrong usage. Example: pnpm rules explain quzhou 2020 review --level intermediate --lang en`
    : `规则文件：查看、检查、比较、启用。

  pnpm rules 动词 [参数] [选项]

${verbs}

  --lang 语言   zh 或 en（默认 zh）
  --help        本说明；写在动词之后则为该动词的说明

退出码：0 正常，1 有发现，2 用法有误。例：pnpm rules explain quzhou 2020 review --level intermediate`;
}

async function main(): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
  const language = readLanguage(process.argv.slice(2));
  if (name === undefined || name.startsWith("-")) {
    const isHelp = process.argv.includes("--help");
    write(isHelp ? process.stdout : process.stderr)(helpOf(language));
    return isHelp ? 0 : 2;
  }
  const verb = VERBS.find((known) => known.name === name);
  if (verb === undefined) {
    const list = VERBS.map((known) => known.name).join(", ");
    throw new WrongUsage(`没有动词“${name}”；可用：${list}。`, `There is no verb "${name}"; there are: ${list}.`);
  }
  if (args.includes("--help")) {
    process.stdout.write(`${verb.help[language]}\n`);
    return 0;
  }
  const streams = { print: write(process.stdout), warn: write(process.stderr) };
  return verb.run(args, { language, env: process.env, cwd: process.cwd(), paint, ...streams });
}

/** Says what went wrong. An unknown flag is wrong usage too; anything but a faulty rule file could not be done at all. */
function complain(error: unknown, language: Language): 1 | 2 {
  const said = error instanceof WrongUsage ? error.text[language] : error instanceof Error ? error.message : `${error}`;
  const isUsage = error instanceof WrongUsage || (error instanceof Error && "code" in error && isParseArgs(error.code));
  const help = language === "en" ? "Try --help." : "用法见 --help。";
  process.stderr.write(`${withoutPasswords(said)}\n${isUsage ? `${help}\n` : ""}`);
  return error instanceof RulebookError ? 1 : 2;
}

function isParseArgs(code: unknown): boolean {
  return String(code).startsWith("ERR_PARSE_ARGS_");
}

/** Before the language is known, and when it is the language that is wrong, errors are in the default one. */
function knownLanguage(): Language {
  try {
    return readLanguage(process.argv.slice(2));
  } catch {
    return LANGUAGE_DEFAULT;
  }
}

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on("error", () => process.exit());
process.exitCode = await main().catch((error: unknown) => complain(error, knownLanguage()));
