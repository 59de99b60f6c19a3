import { connect, readActivations, type Sql } from "@xueshi/database";
import type { ActivatedRuleSet } from "@xueshi/domain";
import { parseRuleSet } from "@xueshi/rulebook";
import { type VerbContext, WrongUsage } from "./verb.ts";

/** The address of an installation's database: `--database-url`, or DATABASE_URL; null when neither is given. */
export function databaseUrl(flag: string | undefined, env: VerbContext["env"]): string | null {
  const url = flag ?? env.DATABASE_URL ?? "";
  if (url === "") return null;
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new WrongUsage("数据库地址须以 postgres:// 开头。", "The address of the database begins with postgres://.");
}

export function requireDatabaseUrl(flag: string | undefined, env: VerbContext["env"]): string {
  const url = databaseUrl(flag, env);
  if (url !== null) return url;
  throw new WrongUsage(
    "需要数据库：设置 DATABASE_URL，或用 --database-url。",
    "A database is needed: set DATABASE_URL, or give --database-url.",
  );
}

/** Works with a connection that is closed afterwards, whatever happens. */
export async function withDatabase<Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-rules" });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Every activation, oldest first. The closed lists are not consulted: a word of an old text may have left them. */
export async function readActivated(sql: Sql): Promise<ActivatedRuleSet[]> {
  const activations = await readActivations(sql);
  return activations.map(({ ruleSetId, fullText, digest, activatedAtMs }) => ({
    ruleSet: parseRuleSet(fullText, ruleSetId),
    digest,
    activatedAtMs,
  }));
}
