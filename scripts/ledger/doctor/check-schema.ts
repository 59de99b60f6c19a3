import {
  type BrokenGuard,
  type GuardWatch,
  type MigrationState,
  readAlteredGuardFunctions,
  readBrokenGuards,
  readGuardedTables,
  readGuardWatch,
  readUndecidedTables,
  type Sql,
} from "@xueshi/database";
import { type Finding, fault, ok, orOk, warning } from "./finding.ts";

export function judgeMigrations({ applied, missing, altered, unknown }: MigrationState): Finding[] {
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const list = missing.join(", ");
    findings.push(
      fault(
        "migrations",
        "migrations_missing",
        { zh: `未应用的迁移：${list}。`, en: `Migrations that are not applied: ${list}.` },
        { zh: "运行 pnpm migrate。", en: "Run pnpm migrate." },
      ),
    );
  }
  if (altered.length > 0) {
    const list = altered.join(", ");
    findings.push(
      fault(
        "migrations",
        "migrations_altered",
        {
          zh: `应用时的文本与本版本不同：${list}。`,
          en: `Applied from another text than that of this version: ${list}.`,
        },
        {
          zh: "查明数据库由哪个版本迁移，改用该版本，或以其 schema.txt 比对结构。",
          en: "Find out which version migrated this database; use that one, or compare the schema with its schema.txt.",
        },
      ),
    );
  }
  if (unknown > 0) {
    findings.push(
      fault(
        "migrations",
        "migrations_unknown",
        { zh: `有 ${unknown} 个迁移本版本不认识。`, en: `Migrations that this version does not know: ${unknown}.` },
        {
          zh: "数据库较新：以迁移它的版本运行各服务与本命令。",
          en: "The database is of a newer version: run services and this command of that one.",
        },
      ),
    );
  }
  return orOk(findings, "migrations", {
    zh: `${applied} 个迁移均已应用。`,
    en: `All ${applied} migrations are applied.`,
  });
}

const PROBLEMS: Readonly<Record<BrokenGuard["problem"], { zh: string; en: string }>> = {
  gone: { zh: "表已不在", en: "the table is gone" },
  missing: { zh: "触发器已不在", en: "the trigger is gone" },
  altered: { zh: "触发器已被改动", en: "the trigger was altered" },
  disabled: { zh: "触发器未启用", en: "the trigger is disabled" },
  rules: { zh: "表上有改写规则", en: "rules rewrite what is done to it" },
  row_security: { zh: "启用了行级安全，会隐藏行", en: "row security hides rows" },
  not_logged: { zh: "表不写预写日志，崩溃即失", en: "it is not logged, and lost by a crash" },
  unguarded_child: {
    zh: "属于受保护的表而本身未受保护",
    en: "it belongs to a guarded table and is not guarded itself",
  },
};

const RESTORE = {
  zh: "按 packages/database/guards.md 恢复，并运行 pnpm ledger verify 查明期间是否有改动。",
  en: "Put it back as packages/database/guards.md says, and run pnpm ledger verify to see what was changed meanwhile.",
};

export async function checkGuards(sql: Sql): Promise<Finding[]> {
  const findings = (await readBrokenGuards(sql)).map(({ guarded, guard, problem }) => {
    const thing = guard === null ? guarded : `${guarded} ${guard}`;
    const { zh, en } = PROBLEMS[problem];
    return fault("guards", `guard_${problem}`, { zh: `${thing}：${zh}。`, en: `${thing}: ${en}.` }, RESTORE);
  });
  for (const name of await readAlteredGuardFunctions(sql)) {
    const text = { zh: `函数 ${name} 不是本版本的。`, en: `The function ${name} is not that of this version.` };
    findings.push(fault("guards", "guard_function_altered", text, RESTORE));
  }
  for (const name of await readUndecidedTables(sql)) {
    findings.push(
      fault(
        "guards",
        "table_undecided",
        {
          zh: `${name} 不受保护，也不是已知可改的表。`,
          en: `${name} is not guarded, and not known as a table that may change.`,
        },
        {
          zh: `若不属于本产品，移到别的模式；否则 SELECT ledger.guard_table('${name}')。`,
          en: `If it is not of this product, move it to another schema; else SELECT ledger.guard_table('${name}').`,
        },
      ),
    );
  }
  const count = (await readGuardedTables(sql)).length;
  return orOk(findings, "guards", {
    zh: `${count} 张只增不改的表均有启用的触发器。`,
    en: `All ${count} append-only tables have their triggers, enabled.`,
  });
}

export async function checkEventTriggers(sql: Sql): Promise<Finding[]> {
  return judgeWatch(await readGuardWatch(sql));
}

function judgeWatch({ isPossible, missing, disabled }: GuardWatch): Finding[] {
  if (!isPossible) {
    return [
      warning(
        "event_triggers",
        "event_triggers_impossible",
        {
          zh: "没有事件触发器：执行迁移的角色不是超级用户，表的所有者因此可以移除保护而不被拒绝。",
          en: "There are no event triggers, as no superuser migrated: the owner of the tables could remove the guards unrefused.",
        },
        {
          zh: "所有者的口令只用于迁移，不给任何服务；并定期运行 pnpm ledger doctor 与 verify。",
          en: "Keep the owner's password for migrations and from every service, and run pnpm ledger doctor and verify on a schedule.",
        },
      ),
    ];
  }
  const todo = {
    zh: "以超级用户执行 SELECT migration.watch_guards(true)。",
    en: "As a superuser: SELECT migration.watch_guards(true).",
  };
  const of = (code: string, names: readonly string[], zh: string, en: string): Finding[] =>
    names.length === 0
      ? []
      : [
          fault(
            "event_triggers",
            code,
            { zh: `${zh}：${names.join(", ")}。`, en: `${en}: ${names.join(", ")}.` },
            todo,
          ),
        ];
  const findings = [
    ...of("event_triggers_missing", missing, "事件触发器已不在", "Event triggers that are gone"),
    ...of("event_triggers_disabled", disabled, "事件触发器未始终启用", "Event triggers that do not always fire"),
  ];
  return findings.length > 0
    ? findings
    : [
        ok("event_triggers", {
          zh: "移除保护的结构变更会被拒绝。",
          en: "Changes of the schema that remove a guard are refused.",
        }),
      ];
}
