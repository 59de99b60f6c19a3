import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { connect } from "@xueshi/database";
import { readConfig, systemClock } from "@xueshi/runtime";
import { alignColumns } from "../rules/align-columns.ts";
import { requireDatabaseUrl } from "../rules/database-url.ts";
import { EVERY_VERB, type ExitCode, say, type Verb, type VerbContext, WrongUsage } from "../rules/verb.ts";
import { examineDatabase } from "./doctor/examine-database.ts";
import type { CheckName, Finding } from "./doctor/finding.ts";
import { readFingerprint, readSigner } from "./own-keys.ts";

const NAMES: Readonly<Record<CheckName, readonly [zh: string, en: string]>> = {
  migrations: ["迁移", "migrations"],
  roles: ["角色", "roles"],
  rights: ["权限", "rights"],
  guards: ["保护", "guards"],
  event_triggers: ["事件触发器", "event triggers"],
  settings: ["设置", "settings"],
  keys: ["密钥", "keys"],
  checkpoint: ["检查点", "checkpoint"],
  clock: ["时钟", "clock"],
  feed: ["总序", "feed"],
  postings: ["入账", "postings"],
  upkeep: ["养护", "upkeep"],
  sizes: ["大小", "sizes"],
};

const STATES = {
  ok: { zh: "正常", en: "ok", format: "green" },
  warning: { zh: "注意", en: "warning", format: "yellow" },
  fault: { zh: "故障", en: "fault", format: "red" },
} as const;

export const examineInstallation: Verb = {
  summary: {
    "zh-CN": "检查数据库：角色、权限、保护、设置、密钥、检查点、积压",
    en: "examine the database: roles, rights, guards, settings, keys, checkpoints, what waits",
  },
  help: {
    "zh-CN": `逐项检查台账所依赖的东西，每项为 正常、注意 或 故障，并说明该怎么办。只读，可在服务运行时进行：
迁移；各服务的角色与权限；只增不改的表的触发器与事件触发器；持久性设置；密钥；最新检查点的时间与签名；时钟；
总序与入账的积压；事务号；大小。数据是否被改动由 pnpm ledger verify 核对。

  pnpm ledger doctor [选项]

  --database-url URL  台账的数据库，以表的所有者（DATABASE_URL）
  --migrations 目录   应已应用的迁移（MIGRATIONS_DIR，否则为本版本的）
  --json              输出 JSON
  --lang zh|en

退出码：0 没有故障，1 有故障，2 未能检查。例：pnpm ledger doctor`,
    en: `Examines what the ledger rests on; each thing is ok, a warning or a fault, with what to do about it. It only reads, so
services may go on working: migrations; roles and rights of the services; triggers of append-only tables and the event
triggers that keep them; durability; keys; age and signature of the newest checkpoint; clocks; what waits for the feed and
for posting; transaction ids; sizes. Whether data were changed is for pnpm ledger verify.

  pnpm ledger doctor [flags]

  --database-url URL  the ledger's database, as the owner of the tables (DATABASE_URL)
  --migrations DIR    what should be applied (MIGRATIONS_DIR, else that of this version)
  --json              the findings as JSON
  --lang zh|en

Exit code: 0 no fault, 1 faults, 2 it could not be examined. Example: pnpm ledger doctor --lang en`,
  },
  async run(args, context) {
    const options = {
      ...EVERY_VERB,
      "database-url": { type: "string" },
      migrations: { type: "string" },
      json: { type: "boolean" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const migrationsFolder = readFolder(values.migrations ?? context.env.MIGRATIONS_DIR, context.cwd);
    const { checkpoints } = readConfig(context.env, context.cwd);
    const examination = {
      clock: systemClock,
      keys: await readFingerprint(context),
      checkpoints: { ...checkpoints, ...(await readSigner(context)) },
      ...(migrationsFolder === null ? {} : { migrationsFolder }),
    };
    const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-doctor", readOnly: true });
    try {
      const findings = await examineDatabase({ sql, ...examination });
      return (values.json === true ? printJson : printTable)(findings, context);
    } finally {
      await sql.end({ timeout: 5 });
    }
  },
};

function readFolder(given: string | undefined, cwd: string): string | null {
  if (given === undefined || given === "") return null;
  const folder = resolve(cwd, given);
  if (existsSync(join(folder, "meta/_journal.json"))) return folder;
  throw new WrongUsage(`--migrations：${given} 中没有迁移。`, `--migrations: there are no migrations in ${given}.`);
}

const exitOf = (findings: readonly Finding[]): ExitCode => (findings.some(({ state }) => state === "fault") ? 1 : 0);

function printJson(findings: readonly Finding[], { language, print }: VerbContext): ExitCode {
  const checks = findings.map(({ text, todo, ...finding }) => ({
    ...finding,
    message: text[language],
    todo: todo === null ? null : todo[language],
  }));
  print(JSON.stringify({ sound: exitOf(findings) === 0, checks }));
  return exitOf(findings);
}

function printTable(findings: readonly Finding[], context: VerbContext): ExitCode {
  const rows = findings.map(({ check, state, text, todo }) => {
    const [zh, en] = NAMES[check];
    const said = todo === null ? text[context.language] : `${text[context.language]} ${todo[context.language]}`;
    return [say(context, STATES[state].zh, STATES[state].en), say(context, zh, en), said];
  });
  alignColumns(rows).forEach((line, index) => {
    const state = STATES[findings[index]?.state ?? "ok"];
    const word = say(context, state.zh, state.en);
    context.print(`${context.paint(state.format, word)}${line.slice(word.length)}`);
  });
  const count = (wanted: Finding["state"]) => findings.filter(({ state }) => state === wanted).length;
  const [faults, warnings] = [count("fault"), count("warning")];
  const said = say(context, `${faults} 处故障，${warnings} 处须注意。`, `faults: ${faults}, warnings: ${warnings}.`);
  context.print(context.paint(faults > 0 ? "red" : "green", said));
  return exitOf(findings);
}
