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
