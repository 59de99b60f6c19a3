import { parseArgs } from "node:util";
import { connect } from "@xueshi/database";
import { requireDatabaseUrl } from "../rules/database-url.ts";
import { EVERY_VERB, type ExitCode, say, type Verb, type VerbContext, WrongUsage } from "../rules/verb.ts";
import { drawProgress } from "./draw-progress.ts";
import {
  DistributedLedger,
  LedgerTooBusy,
  type RebuildReport,
  RebuildUnderWay,
  rebuildDatabase,
} from "./rebuild/rebuild-database.ts";

/** Differences that are listed, of each projection and side. */
const LISTED_MAX = 20;

export const rebuildProjections: Verb = {
  summary: {
    "zh-CN": "由分录重建余额与记录状态，不停机替换",
    en: "derive balances and record states anew and exchange them",
  },
  help: {
    "zh-CN": `由分录逐人重新推算余额与记录状态，写入旁边的影子表，追上期间的入账，再在一个短事务中替换。服务照常运行：
查询只等改名，入账只等最后几人。替换前由数据库逐行比对，列出原来不符之处。中断后再运行即从断处继续。

  pnpm ledger rebuild [选项]

  --database-url URL  台账的数据库，以表的所有者（DATABASE_URL）
  --dry-run           只推算与比对，不替换
  --fresh             不用上次中断留下的影子表
  --json              输出 JSON
  --lang zh|en

退出码：0 原来即相符，1 原来有不符之处，2 未能完成。例：pnpm ledger rebuild --dry-run`,
    en: `Derives the balances and record states of everybody anew from the entries, in tables beside those in use, catches up with
what is posted meanwhile, and exchanges them in one short transaction. Services go on working: readers wait for the
renaming only, postings for the last few people. Before the exchange the server compares both, row by row; what stood
otherwise is listed. A rebuild that was cut off is gone on with by the next one.

  pnpm ledger rebuild [flags]

  --database-url URL  the ledger's database, as the owner of the tables (DATABASE_URL)
  --dry-run           derive and compare only; nothing is exchanged
  --fresh             do not use what a rebuild that was cut off has left
  --json              the report as JSON
  --lang zh|en

Exit code: 0 all stood as it should, 1 something stood otherwise, 2 it could not be done.
Example: pnpm ledger rebuild --dry-run --lang en`,
  },
  async run(args, context) {
    const options = {
      ...EVERY_VERB,
      "database-url": { type: "string" },
      "dry-run": { type: "boolean" },
      fresh: { type: "boolean" },
      json: { type: "boolean" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const sql = connect({ url, connectionsMax: 2, applicationName: "xueshi-rebuild", statementTimeoutMs: 0 });
    const bar = drawProgress(process.stderr, say(context, "重建", "rebuild"));
    try {
      const [isDryRun, isFresh] = [values["dry-run"] === true, values.fresh === true];
      const report = await rebuildDatabase({ sql, limit: LISTED_MAX, isDryRun, isFresh, progress: bar.draw });
      bar.end();
      if (values.json === true) context.print(JSON.stringify(report));
      else printReport(report, context);
      return report.differences.length === 0 ? 0 : 1;
    } catch (error) {
      bar.end();
      throw explained(error);
    } finally {
      await sql.end({ timeout: 5 });
    }
  },
};

function explained(error: unknown): unknown {
  if (error instanceof DistributedLedger) {
    return new WrongUsage(
      "表分布在多个节点上，不能整表替换；请用 pnpm ledger verify 核对。",
      "The tables are spread over nodes, where one cannot take another's place; check them by pnpm ledger verify.",
    );
  }
  if (error instanceof RebuildUnderWay) {
    return new WrongUsage("另一次重建正在进行，请等它结束。", "Another rebuild is under way; wait until it has ended.");
  }
  if (error instanceof LedgerTooBusy) {
    return new WrongUsage(
      "入账太频繁，未能替换；已推算的部分保留，请在空闲时再运行。",
      "Postings left no moment for the exchange. What was derived is kept; run it again when it is quieter.",
    );
  }
  return error;
}

function printReport(report: RebuildReport, context: VerbContext): ExitCode {
  const { people, again, isResumed, differences, waitMs } = report;
  for (const { table, isKept, row } of differences) {
    const side = isKept ? say(context, "原有", "stood") : say(context, "应为", "should be");
    context.print(`${context.paint("red", table)} ${side} ${row}`);
  }
  if (isResumed) context.print(say(context, "从上次中断处继续。", "Went on where another one was cut off."));
  const scope = say(
    context,
    `${people} 人，其中 ${again} 人因期间入账重算；`,
    `${people} people, ${again} of them done again; `,
  );
  const found =
    differences.length === 0
      ? say(context, "与原有逐行相同；", "every row as it stood; ")
      : say(
          context,
          `原有不符 ${differences.length} 行（至多各列 ${LISTED_MAX}）；`,
          `rows that stood otherwise: ${differences.length} (${LISTED_MAX} of a kind at most); `,
        );
  const end =
    waitMs === null
      ? say(context, "未替换。", "not exchanged.")
      : say(context, `已替换，入账等待 ${waitMs} 毫秒。`, `exchanged; postings waited ${waitMs} ms.`);
  context.print(context.paint(differences.length === 0 ? "green" : "yellow", scope + found + end));
  return differences.length === 0 ? 0 : 1;
}
