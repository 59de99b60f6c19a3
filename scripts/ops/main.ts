import { parseArgs } from "node:util";
import type { Language } from "@xueshi/contracts";
import { readLanguage, WrongUsage } from "../rules/verb.ts";
import { callVerb, type OpsAccess } from "./call-verb.ts";
import { answerLines, problemLines } from "./print-answer.ts";
import { readAccess } from "./read-access.ts";
import { readPerson } from "./read-person.ts";
import { readTotals } from "./read-totals.ts";
import { OPS_VERBS, type OpsVerb } from "./verbs.ts";
import { waitUntilOver } from "./wait-until-over.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const warn = (line: string): void => void process.stderr.write(`${line}\n`);

function usageOf({ group, name, takes, flags, waits }: OpsVerb): string {
  return [
    "pnpm ops",
    group,
    name,
    ...takes.map((one) => one.toUpperCase()),
    ...flags.map((flag) => `[--${flag} …]`),
    ...(waits === undefined ? [] : ["[--wait]"]),
  ].join(" ");
}

function helpOf(language: Language): string {
  const names = OPS_VERBS.map(({ group, name }) => `${group} ${name}`);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const line = (name: string, summary: string) => `  ${name.padEnd(width)}${summary}`;
  const verbs = OPS_VERBS.map(({ summary }, at) => line(names[at] ?? "", summary[language])).join("\n");
  return language === "en"
    ? `What an operator looks at and decides.

  pnpm ops GROUP VERB [arguments] [flags]

${verbs}
${line("readmit scratch", "the same in a copy of the ledger: whose hours would change; see its --help")}

  --json         the answer as it came
  --wait         of readmit: show how far it is until it has ended
  --key-file F   the operator's key; else XUESHI_OPERATOR_KEY, else that of the embedded installation
  --lang LANG    zh or en (zh)
  --help         this text, or after a verb its usage

XUESHI_INGESTION_URL and XUESHI_LEDGER_URL say where the services are. Exit code: 0 fine, 1 refused, 2 wrong usage.`
    : `经办人的查看与决定。

  pnpm ops 组 动词 [参数] [选项]

${verbs}
${line("readmit scratch", "在台账的副本中重读，列出谁的学时会变；用法见其 --help")}

  --json         原样输出 JSON
  --wait         用于 readmit：显示进度，直到结束
  --key-file F   经办人密钥文件；否则取 XUESHI_OPERATOR_KEY，再否则取内置安装的密钥
  --lang 语言    zh 或 en（默认 zh）
  --help         本说明；写在动词之后则为该动词的用法

服务地址由 XUESHI_INGESTION_URL 与 XUESHI_LEDGER_URL 指定。退出码：0 正常，1 被拒，2 用法有误。`;
}

async function main(language: Language): Promise<number> {
  const [group, name, ...rest] = process.argv.slice(2);
  if (group === "readmit" && name === "scratch") {
    // It brings the services with it, for which no other verb should wait.
    const { readmitScratch, SCRATCH_HELP } = await import("./readmit-scratch.ts");
    if (!rest.includes("--help")) return readmitScratch(rest, language);
    print(SCRATCH_HELP[language]);
    return 0;
  }
  const verb = OPS_VERBS.find((one) => one.group === group && one.name === name);
  if (verb === undefined) {
    const isHelp = process.argv.includes("--help");
    (isHelp ? print : warn)(helpOf(language));
    return isHelp ? 0 : 2;
  }
  if (rest.includes("--help")) {
    print(`${verb.summary[language]}\n\n  ${usageOf(verb)}`);
    return 0;
  }
  const text = { type: "string" } as const;
  const own = Object.fromEntries(verb.flags.map((flag) => [flag, text]));
  const truth = { type: "boolean" } as const;
  const waits = verb.waits === undefined ? {} : { wait: truth };
  const options = { ...own, ...waits, json: truth, lang: text, "key-file": text } as const;
  const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
  const {
    json,
    wait,
    csv,
    person,
    practitioner,
    lang: _lang,
    "key-file": keyFile,
    ...flags
  } = values as Record<string, string | boolean | undefined>;
  const totals = csv === undefined ? {} : { totals: JSON.stringify(await readTotals(String(csv))) };
  const whom = await readPerson({ person, practitioner } as Record<"person" | "practitioner", string | undefined>);
  const named = whom === null ? {} : { practitioner: JSON.stringify(whom) };
  const access = await readAccess(process.env, process.cwd(), keyFile as string | undefined);
  const given = { args: positionals, flags: { ...flags, ...totals, ...named } as Record<string, string> };
  const answer = await callVerb(verb, given, access, language, fetch);
  const get = (path: string) => getJson(access, path, language);
  const waiting = wait === true ? verb.waits : undefined;
  const { status, body } = waiting === undefined ? answer : await waitUntilOver(waiting, answer, get, process.stderr);
  const isRefused = status >= 400;
  if (json === true) print(JSON.stringify(body));
  else for (const line of isRefused ? problemLines(body) : answerLines(verb, body)) (isRefused ? warn : print)(line);
  const isFailed = wait === true && (body as { state?: unknown }).state === "failed";
  return isRefused || isFailed ? 1 : 0;
}

async function getJson({ ingestionUrl, apiKey }: OpsAccess, path: string, language: Language): Promise<unknown> {
  const headers = { Authorization: `Bearer ${apiKey}`, "Accept-Language": language };
  const response = await fetch(ingestionUrl.replace(/\/+$/, "") + path, { headers });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.json();
}

/** What was typed wrongly is 2; what could not be done is 1. */
function complain(error: unknown, language: Language): 1 | 2 {
  const isUsage = error instanceof WrongUsage;
  const isFlag = error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  warn(isUsage ? error.text[language] : error instanceof Error ? error.message : String(error));
  return isUsage || isFlag ? 2 : 1;
}

let language: Language = "zh-CN";
try {
  language = readLanguage(process.argv.slice(2));
  process.exitCode = await main(language);
} catch (error) {
  process.exitCode = complain(error, language);
}
