import { parseArgs } from "node:util";
import { connect, countAccessBefore, readMayRemoveAccess, removeAccess } from "@xueshi/database";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { requireDatabaseUrl } from "../rules/database-url.ts";
import { EVERY_VERB, type ExitCode, say, type Verb, WrongUsage } from "../rules/verb.ts";
import { drawProgress } from "./draw-progress.ts";

const DAY_MS = 86_400_000;
/** Six months are at most so many days: 《网络安全法》(2016) 第二十一条第三项 has such logs kept no less than six months. */
const DAYS_MIN = 184;
const DAYS_MAX = 99_999;

export const retainAccessLog: Verb = {
  summary: {
    "zh-CN": "删除超过保存期限的查询日志",
    en: "remove rows of the access log whose retention has ended",
  },
  help: {
    "zh-CN": `查询日志（谁在何时为何查看了谁的数据）默认全部保留。给出天数后，删除更早的行：先在 verdict.access_removal 中写明
截止时刻与操作人，再逐人分小事务删除，服务照常运行；中断后再运行即可。其他任何人仍不能更改或删除该日志。

  pnpm ledger retain [选项]

  --database-url URL  台账的数据库，以执行迁移的超级用户（DATABASE_URL）
  --days N            保留多少天，至少 ${DAYS_MIN}（XUESHI_ACCESS_LOG_RETENTION_DAYS；都没有则全部保留）。依据：《网络安全法》
                      （2016）第二十一条第三项，相关网络日志留存不少于六个月；其他规定更长的，从其规定
  --removed-by 名称   操作人，写入记录（retain）
  --dry-run           只计数
  --lang zh|en

退出码：0 完成，2 未能完成。例：pnpm ledger retain --days 1095 --dry-run`,
    en: `The log of who read whose data, when and what for, is kept whole unless a number of days is given. Then older rows go: what
is removed and by whom is stated in verdict.access_removal first, then rows go person by person in short transactions, while
services go on working; run it again where it was cut off. Nobody else can change or delete the log, as before.

  pnpm ledger retain [flags]

  --database-url URL  the ledger's database, as the superuser who migrated (DATABASE_URL)
  --days N            how many days are kept, at least ${DAYS_MIN} (XUESHI_ACCESS_LOG_RETENTION_DAYS; else all of them). Basis:
                      《网络安全法》(2016) 第二十一条第三项, such logs are kept no less than six months; where another rule
                      asks for more, that one holds
  --removed-by NAME   who removes, as the statement will say (retain)
  --dry-run           count only
  --lang zh|en

Exit code: 0 done, 2 it could not be done. Example: pnpm ledger retain --days 1095 --dry-run --lang en`,
  },
  async run(args, context): Promise<ExitCode> {
    const options = {
      ...EVERY_VERB,
      "database-url": { type: "string" },
      days: { type: "string" },
      "removed-by": { type: "string", default: "retain" },
      "dry-run": { type: "boolean" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const days = readDays(values.days ?? context.env.XUESHI_ACCESS_LOG_RETENTION_DAYS ?? "");
    if (days === null) {
      context.print(say(context, "查询日志全部保留。", "All of the access log is kept."));
      return 0;
    }
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const removedAtMs = systemClock();
    const accessedBeforeMs = removedAtMs - days * DAY_MS;
    const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-retain", statementTimeoutMs: 0 });
    const bar = drawProgress(process.stderr, say(context, "删除", "remove"));
    try {
      const due = await countAccessBefore(sql, accessedBeforeMs);
      if (values["dry-run"] !== true && due > 0) {
        if (!(await readMayRemoveAccess(sql))) throw notAllowed();
        const removal = { removedAtMs, accessedBeforeMs, actor: values["removed-by"] };
        let done = 0;
        await removeAccess(sql, { removalId: createUuidV7(systemClock)(), ...removal }, (removed) => {
          done += removed;
          bar.draw(done, due);
        });
      }
      bar.end();
      const before = new Date(accessedBeforeMs).toISOString();
      const [zh, en] = values["dry-run"] === true ? ["应删除", "to be removed"] : ["已删除", "removed"];
      context.print(
        say(context, `${before} 之前的查询日志：${zh} ${due} 行。`, `from before ${before}: ${due} rows ${en}.`),
      );
      return 0;
    } finally {
      bar.end();
      await sql.end({ timeout: 5 });
    }
  },
};

function readDays(text: string): number | null {
  if (text === "") return null;
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days >= DAYS_MIN && days <= DAYS_MAX) return days;
  throw new WrongUsage(
    `保留天数须为 ${DAYS_MIN} 至 ${DAYS_MAX}：法律要求不少于六个月。`,
    `The days that are kept are ${DAYS_MIN} to ${DAYS_MAX}: the law asks for six months at least.`,
  );
}

function notAllowed(): WrongUsage {
  return new WrongUsage(
    "须以执行迁移的超级用户连接：查询日志对其他人只增不减。",
    "Connect as the superuser who migrated: to everybody else the access log can only be added to.",
  );
}
