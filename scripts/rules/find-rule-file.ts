import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { RuleSet } from "@xueshi/domain";
import { digestText, parseRuleSet } from "@xueshi/rulebook";
import { requireDatabaseUrl } from "./database-url.ts";
import { openRulebook, rulesFolder, shownPath } from "./open-rulebook.ts";
import { readActivated, withDatabase } from "./read-installation.ts";
import { type VerbContext, WrongUsage } from "./verb.ts";

/** Where a rule set was taken from, and what it says. */
export interface ReadRuleSet {
  /** As people call it: a path, or `id@digest prefix`. */
  readonly name: string;
  readonly ruleSet: RuleSet;
  readonly digest: string;
}

interface Places {
  readonly dir: string | undefined;
  readonly databaseUrl: string | undefined;
}

/**
 * A rule set by a path, by `id@digestprefix` from a database, or by the id of a rule file. Throws RulebookError for a
 * file that cannot be read as one; the closed lists are not consulted, so that old texts can be compared.
 */
export async function findRuleFile(
  asked: string,
  { dir, databaseUrl }: Places,
  { cwd, env }: Pick<VerbContext, "cwd" | "env">,
): Promise<ReadRuleSet> {
  const path = resolve(cwd, asked);
  if (existsSync(path) && statSync(path).isFile()) {
    const [text, name] = [readFileSync(path, "utf8"), shownPath(path, cwd)];
    return { name, ruleSet: parseRuleSet(text, name), digest: digestText(text) };
  }
  const [id = "", prefix] = asked.split("@");
  if (prefix !== undefined) return activatedText(id, prefix, requireDatabaseUrl(databaseUrl, env));
  const { files } = openRulebook(rulesFolder(dir, cwd), cwd);
  const found = files.find(({ ruleSet }) => ruleSet.id === id);
  if (found !== undefined) return { name: found.ruleSet.id, ruleSet: found.ruleSet, digest: found.digest };
  throw new WrongUsage(
    `没有文件、也没有规则集叫“${asked}”；规则集见 pnpm rules list。`,
    `No file and no rule set is called "${asked}"; pnpm rules list shows the rule sets.`,
  );
}

async function activatedText(id: string, prefix: string, url: string): Promise<ReadRuleSet> {
  const versions = (await withDatabase(url, (sql) => readActivated(sql))).filter(({ ruleSet }) => ruleSet.id === id);
  const found = versions.filter(({ digest }) => digest.startsWith(prefix.toLowerCase()));
  const [first] = found;
  if (first !== undefined && found.every(({ digest }) => digest === first.digest)) {
    return { name: `${id}@${first.digest.slice(0, 12)}`, ruleSet: first.ruleSet, digest: first.digest };
  }
  const known = [...new Set(versions.map(({ digest }) => `${id}@${digest.slice(0, 12)}`))].join(", ");
  throw new WrongUsage(
    `数据库中没有唯一的 ${id}@${prefix}；有：${known || "无"}。`,
    `The database has not exactly one ${id}@${prefix}; it has: ${known || "none"}.`,
  );
}
