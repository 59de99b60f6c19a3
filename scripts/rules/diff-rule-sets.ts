import { parseArgs } from "node:util";
import { compareRuleSets, type RuleSetChange } from "@xueshi/rulebook";
import { changeWords } from "./change-words.ts";
import { findRuleFile } from "./find-rule-file.ts";
import { EVERY_VERB, say, type Verb, type VerbContext, WrongUsage } from "./verb.ts";

const OPTIONS = {
  ...EVERY_VERB,
  dir: { type: "string" },
  "database-url": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const COLOURS = { added: "green", removed: "red", changed: "yellow" } as const;

export const diffRules: Verb = {
  summary: { "zh-CN": "两个规则文件有何不同", en: "what is different between two rule files" },
  help: {
    "zh-CN": `两个规则文件有何不同，用文字说：学时、窗口、增删的行与值、依据、来源、上限、登记平台。

  pnpm rules diff 旧 新 [选项]

  旧、新                 文件路径；规则集标识（规则文件）；标识@摘要前缀（数据库中启用过的文本）
  --database-url URL     所查的安装（DATABASE_URL）
  --dir 目录             规则目录（本仓库的）
  --json                 输出 JSON
  --lang zh|en

退出码 1：有不同。例：pnpm rules diff quzhou-2020 ./draft.yaml`,
    en: `What is different between two rule files, in words: hours, windows, rows and values that came or went, citations,
provenance, caps, platforms of record.

  pnpm rules diff OLD NEW [flags]

  OLD, NEW               a path; the id of a rule file; id@digestprefix for a text that a database has activated
  --database-url URL     the installation to look at (DATABASE_URL)
  --dir DIR              rule files (those of this repository)
  --json                 JSON
  --lang zh|en

Exit code 1: they differ. Example: pnpm rules diff quzhou-2020 ./draft.yaml --lang en`,
  },
  async run(args, context) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [oldName, newName, ...rest] = positionals;
    if (oldName === undefined || newName === undefined || rest.length > 0) {
      throw new WrongUsage("须给出旧、新两个规则文件。", "Give two rule files: the old one and the new one.");
    }
    const places = { dir: values.dir, databaseUrl: values["database-url"] };
    const before = await findRuleFile(oldName, places, context);
    const after = await findRuleFile(newName, places, context);
    const changes = compareRuleSets(before.ruleSet, after.ruleSet);
    if (values.json) context.print(JSON.stringify(changes, null, 2));
    else {
      context.print(context.paint("bold", `${before.name} → ${after.name}`));
      for (const line of changeLines(changes, context)) context.print(line);
    }
    return changes.length === 0 ? 0 : 1;
  },
};

/** Every change as a line, with the counts at the end. */
export function changeLines(changes: readonly RuleSetChange[], context: VerbContext): string[] {
  if (changes.length === 0) return [say(context, "内容相同。", "They say the same.")];
  const count = (kind: RuleSetChange["kind"]) => changes.filter((change) => change.kind === kind).length;
  const [changed, added, removed] = [count("changed"), count("added"), count("removed")];
  return [
    ...changes.map((change) => context.paint(COLOURS[change.kind], changeWords(change, context.language))),
    say(
      context,
      `改 ${changed}，增 ${added}，删 ${removed}。`,
      `${changed} changed, ${added} added, ${removed} removed.`,
    ),
  ];
}
