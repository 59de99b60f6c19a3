import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { activateRuleSet } from "@xueshi/database";
import type { ActivatedRuleSet } from "@xueshi/domain";
import { compareRuleSets, type RulebookFile } from "@xueshi/rulebook";
import { systemClock } from "@xueshi/runtime";
import { requireDatabaseUrl } from "./database-url.ts";
import { changeLines } from "./diff-rule-sets.ts";
import { fittingFile } from "./fitting-file.ts";
import { openRulebook, rulesFolder } from "./open-rulebook.ts";
import { readActivated, withDatabase } from "./read-installation.ts";
import { EVERY_VERB, say, type Verb, type VerbContext, WrongUsage } from "./verb.ts";
import { databaseName } from "./without-passwords.ts";

const OPTIONS = {
  ...EVERY_VERB,
  by: { type: "string" },
  "database-url": { type: "string" },
  dir: { type: "string" },
  draft: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
} as const;

export const activateRule: Verb = {
  summary: { "zh-CN": "在一个安装中启用规则文件", en: "put a rule file in force in an installation" },
  help: {
    "zh-CN": `在一个安装中启用规则文件：只增不改，自启用之时起为该安装所知。检查不通过的文件不予启用。

  pnpm rules activate 文件或标识 --by 姓名 [选项]

  --by 姓名              谁启用，记入启用记录（必填）
  --database-url URL     所用数据库（DATABASE_URL），用户与迁移时相同；含密码时宜用环境变量
  --dir 目录             规则目录（本仓库的）：文件须与其中其余文件相容
  --draft                文件标明为草案时必填：其中有自行理解的内容，未与原文核对
  --yes                  不再询问；没有终端时必填
  --lang zh|en

退出码 1：文件有问题，或未予启用。例：
  pnpm rules activate quzhou-2020 --by 王小明`,
    en: `Puts a rule file in force in an installation: nothing is overwritten, and the installation knows it from that moment
on. A file with problems is refused.

  pnpm rules activate FILE|ID --by NAME [flags]

  --by NAME              who activates, as the activation will say (required)
  --database-url URL     the database (DATABASE_URL), as the user that ran the migrations; with a password in it,
                         better by the environment
  --dir DIR              rule files (those of this repository): the file must fit the others there
  --draft                required for a file that calls itself a draft: part of it is a reading, not compared with a text
  --yes                  do not ask; required without a terminal
  --lang zh|en

Exit code 1: the file has problems, or was not activated. Example:
  pnpm rules activate quzhou-2020 --by wang-xiaoming --lang en`,
  },
  async run(args, context) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [asked, ...rest] = positionals;
    const by = values.by?.trim() ?? "";
    if (asked === undefined || rest.length > 0) throw new WrongUsage("须给出一个规则文件。", "Give one rule file.");
    if (by === "") throw new WrongUsage("须用 --by 写明由谁启用。", "Say with --by who activates.");
    if (!values.yes && !process.stdin.isTTY) {
      throw new WrongUsage("没有终端可以询问：请加 --yes。", "There is no terminal to ask at: give --yes.");
    }
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const rulebook = openRulebook(rulesFolder(values.dir, context.cwd), context.cwd);
    const file = fittingFile(asked, rulebook, context.cwd);
    if (file.ruleSet.isDraft && !values.draft) throw draftRefused(file.ruleSet.id);
    return withDatabase(url, async (sql) => {
      const { ruleSet, text, digest } = file;
      const name = `${ruleSet.id} ${say(context, "版本", "version")} ${ruleSet.version} (${digest.slice(0, 12)})`;
      const active = await readActivated(sql);
      const newest = active.filter((each) => each.ruleSet.id === ruleSet.id).at(-1);
      if (newest?.digest !== digest) {
        announce(name, file, newest, url, context);
        for (const id of missingBases(file, active)) context.print(context.paint("yellow", baseNote(id, context)));
        if (!values.yes && !(await isAgreed(context))) {
          context.print(say(context, "未启用。", "Nothing was activated."));
          return 1;
        }
      }
      const activation = {
        ruleSetId: ruleSet.id,
        activatedAtMs: systemClock(),
        digest,
        fullText: text,
        activatedBy: by,
      };
      const isNew = await activateRuleSet(sql, activation);
      context.print(
        isNew
          ? say(context, `已启用：${name}`, `activated: ${name}`)
          : say(context, `早已启用：${name}`, `already active: ${name}`),
      );
      return 0;
    });
  },
};

function draftRefused(id: string): WrongUsage {
  return new WrongUsage(
    `${id} 是草案：其中有自行理解的内容，未与原文核对，原因写在文件开头。仍要启用，请加 --draft。`,
    `${id} is a draft: part of it is a reading that nobody compared with the text; the head of the file says which. To activate it all the same, give --draft.`,
  );
}

/** What will be done and where, and what it changes of the text that is in force. */
function announce(
  name: string,
  { ruleSet }: RulebookFile,
  newest: ActivatedRuleSet | undefined,
  url: string,
  context: VerbContext,
): void {
  const database = databaseName(url);
  context.print(say(context, `在 ${database} 启用 ${name}`, `to be activated in ${database}: ${name}`));
  if (newest === undefined) {
    context.print(say(context, "此前没有启用过这个规则集。", "This rule set was not activated before."));
    return;
  }
  context.print(say(context, "与现行文本相比：", "compared with the text in force:"));
  for (const line of changeLines(compareRuleSets(newest.ruleSet, ruleSet), context)) context.print(`  ${line}`);
}

/** Rule sets that its rows take values from, and that are not in force here. */
function missingBases({ ruleSet }: RulebookFile, active: readonly ActivatedRuleSet[]): string[] {
  const bases = ruleSet.declarations.flatMap((row) =>
    row.answer === "delegated" ? [] : (row.inherits?.ruleSet ?? []),
  );
  return [...new Set(bases)].filter((id) => !active.some((each) => each.ruleSet.id === id));
}

function baseNote(id: string, context: VerbContext): string {
  return say(
    context,
    `其中有行沿用 ${id}，该规则集在此尚未启用；启用之前，这些行没有结论。`,
    `Some rows take values from ${id}, which is not in force here; until it is, they do not answer.`,
  );
}

async function isAgreed(context: VerbContext): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(say(context, "启用吗？(y/N) ", "Activate it? (y/N) "));
    return /^(y|yes|是)$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
