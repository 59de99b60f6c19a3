import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { LEDGER_FINDING_TEXTS } from "@xueshi/contracts";
import type { LedgerFinding } from "@xueshi/domain";
import { requireDatabaseUrl } from "../rules/read-installation.ts";
import { EVERY_VERB, type ExitCode, say, type Verb, type VerbContext, WrongUsage } from "../rules/verb.ts";
import { drawProgress } from "./draw-progress.ts";
import { totalOf } from "./verify/tally.ts";
import { type VerifyReport, verifyDatabase } from "./verify/verify-database.ts";

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 10_000;

/** Threads of their own beside this one, each with its own session. */
const WORKERS_MAX = 2;

/** @param program what worker threads run: the file that this command began with */
export const verifyLedger = (program: URL): Verb => ({
  name: "verify",
  summary: { "zh-CN": "由分录重新推算，核对台账是否被改动", en: "derive the ledger anew from its entries and compare" },
  help: {
    "zh-CN": `由分录逐人重新推算哈希链、链头、余额、记录状态与重复认定，与所存的比对，逐条列出不符之处。
在一个快照中读取，可在服务运行时进行。

  pnpm ledger verify [选项]

  --database-url URL  台账的数据库，以表的所有者或只读账号（DATABASE_URL）
  --limit N           最多列出多少处（${LIMIT_DEFAULT}）；全部计数
  --json              输出 JSON
  --lang zh|en

退出码：0 完好，1 有不符之处，2 未能核对。例：pnpm ledger verify --limit 100`,
    en: `Derives every person's hash chain, head, balances, record states and settled duplicates anew from the entries, compares
them with what is stored, and lists what does not agree. Reads one snapshot, so services may go on working.

  pnpm ledger verify [flags]

  --database-url URL  the ledger's database, as the owner of the tables or a user who may read them (DATABASE_URL)
  --limit N           how many findings are listed (${LIMIT_DEFAULT}); all are counted
  --json              the report as JSON
  --lang zh|en

Exit code: 0 sound, 1 findings, 2 it could not be verified. Example: pnpm ledger verify --limit 100 --lang en`,
  },
  async run(args, context) {
    const options = {
      ...EVERY_VERB,
      "database-url": { type: "string" },
      limit: { type: "string" },
      json: { type: "boolean" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const limit = readLimit(values.limit);
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const threads = { program, count: Math.min(WORKERS_MAX, availableParallelism()) };
    const bar = drawProgress(process.stderr, say(context, "核对", "verify"));
    const report = await verifyDatabase({ databaseUrl: url, limit, threads, progress: bar.draw });
    bar.end();
    return values.json === true ? printJson(report, context) : printReport(report, context);
  },
});

function readLimit(text: string | undefined): number {
  const limit = text === undefined ? LIMIT_DEFAULT : /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (limit >= 0 && limit <= LIMIT_MAX) return limit;
  throw new WrongUsage(`--limit 须为 0 至 ${LIMIT_MAX} 的整数。`, `--limit is a whole number from 0 to ${LIMIT_MAX}.`);
}

function printJson({ people, entries, tally }: VerifyReport, { print }: VerbContext): ExitCode {
  const counts = Object.fromEntries(tally.counts);
  print(JSON.stringify({ sound: totalOf(tally) === 0, people, entries, counts, findings: tally.first }));
  return totalOf(tally) === 0 ? 0 : 1;
}

function printReport({ people, entries, tally }: VerifyReport, context: VerbContext): ExitCode {
  for (const finding of tally.first) for (const line of findingLines(finding, context)) context.print(line);
  for (const [code, count] of tally.counts) {
    const { title, message } = LEDGER_FINDING_TEXTS[code];
    context.print(`${context.paint("bold", `${code}: ${count}`)}  ${title[context.language]}`);
    context.print(`  ${message[context.language]}`);
  }
  const scope = say(context, `${people} 人，${entries} 条分录`, `${people} people, ${entries} entries`);
  const total = totalOf(tally);
  const isSound = total === 0;
  const said = isSound
    ? say(context, `${scope}；完好。`, `${scope}; sound.`)
    : say(context, `${scope}；${total} 处不符。`, `${scope}; findings: ${total}.`);
  context.print(context.paint(isSound ? "green" : "red", said));
  return isSound ? 0 : 1;
}

function findingLines({ code, table, key, field, expected, found }: LedgerFinding, context: VerbContext): string[] {
  const nothing = say(context, "（无）", "(none)");
  const [wanted, kept] = [say(context, "应为", "expected"), say(context, "实为", "found")];
  return [
    `${context.paint("red", code)} ${table} ${key}${field === null ? "" : ` ${field}`}`,
    `  ${wanted} ${expected ?? nothing}\n  ${kept} ${found ?? nothing}`,
  ];
}
