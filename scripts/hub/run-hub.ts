import { styleText } from "node:util";
import type { Language, Text } from "@xueshi/contracts";
import { type ListedVerb, type Paint, readLanguage, WrongUsage } from "../rules/verb.ts";
import { withoutPasswords } from "../rules/without-passwords.ts";

/** A command of several verbs. */
export interface Hub {
  /** As it is typed: `pnpm rules`. */
  readonly command: string;
  readonly verbs: readonly ListedVerb[];
  /** What stands above the list of verbs, and below it: exit codes and an example. */
  readonly before: Text;
  readonly after: Text;
  /** Errors that are findings rather than a failure. Default: none. */
  readonly isFinding?: (error: unknown) => boolean;
}

const write = (stream: NodeJS.WriteStream) => (line: string) => void stream.write(`${line}\n`);
const isColourful = process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "";
const paint: Paint = (format, text) => (isColourful ? styleText(format, text, { validateStream: false }) : text);

const USAGE: Text = { "zh-CN": "动词 [参数] [选项]", en: "VERB [arguments] [flags]" };
const FLAGS: Text = {
  "zh-CN": "  --lang 语言   zh 或 en（默认 zh）\n  --help        本说明；写在动词之后则为该动词的说明",
  en: "  --lang LANG   zh or en (zh)\n  --help        this text, or after a verb that verb's",
};

async function helpOf({ command, verbs, before, after }: Hub, language: Language): Promise<string> {
  const width = Math.max(...verbs.map(({ name }) => name.length)) + 2;
  const line = async ({ name, load }: ListedVerb) => `  ${name.padEnd(width)}${(await load()).summary[language]}`;
  const list = (await Promise.all(verbs.map(line))).join("\n");
  return [before[language], `  ${command} ${USAGE[language]}`, list, FLAGS[language], after[language]].join("\n\n");
}

/** Runs the verb that was typed and sets the exit code: 0 fine, 1 findings, 2 wrong usage, or it could not be done. */
export async function runHub(hub: Hub): Promise<void> {
  // A reader that has seen enough, such as `head`, is no fault.
  process.stdout.on("error", () => process.exit());
  process.exitCode = await runVerb(hub).catch((error: unknown) => complain(hub, error, knownLanguage()));
}

async function runVerb(hub: Hub): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
  const language = readLanguage(process.argv.slice(2));
  if (name === undefined || name.startsWith("-")) {
    const isHelp = process.argv.includes("--help");
    write(isHelp ? process.stdout : process.stderr)(await helpOf(hub, language));
    return isHelp ? 0 : 2;
  }
  const listed = hub.verbs.find((known) => known.name === name);
  if (listed === undefined) {
    const list = hub.verbs.map((known) => known.name).join(", ");
    throw new WrongUsage(`没有动词“${name}”；可用：${list}。`, `There is no verb "${name}"; there are: ${list}.`);
  }
  const verb = await listed.load();
  if (args.includes("--help")) {
    process.stdout.write(`${verb.help[language]}\n`);
    return 0;
  }
  const streams = { print: write(process.stdout), warn: write(process.stderr) };
  return verb.run(args, { language, env: process.env, cwd: process.cwd(), paint, ...streams });
}

/** Says what went wrong; an unknown flag is wrong usage too. */
function complain({ isFinding = () => false }: Hub, error: unknown, language: Language): 1 | 2 {
  const said = error instanceof WrongUsage ? error.text[language] : error instanceof Error ? error.message : `${error}`;
  const isUsage = error instanceof WrongUsage || (error instanceof Error && "code" in error && isParseArgs(error.code));
  const help = language === "en" ? "Try --help." : "用法见 --help。";
  process.stderr.write(`${withoutPasswords(said)}\n${isUsage ? `${help}\n` : ""}`);
  return isFinding(error) ? 1 : 2;
}

function isParseArgs(code: unknown): boolean {
  return String(code).startsWith("ERR_PARSE_ARGS_");
}

/** Before the language is known, and when it is the language that is wrong, errors are in the default one. */
function knownLanguage(): Language {
  try {
    return readLanguage(process.argv.slice(2));
  } catch {
    return readLanguage([]);
  }
}
