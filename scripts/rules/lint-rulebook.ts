import { parseArgs } from "node:util";
import { loadRecognitions, RulebookError } from "@xueshi/rulebook";
import { countValues } from "./count-values.ts";
import { openRulebook, rulesFolder } from "./open-rulebook.ts";
import { EVERY_VERB, say, type Verb } from "./verb.ts";

export const lintRules: Verb = {
  summary: { "zh-CN": "检查全部规则文件", en: "check all rule files" },
  help: {
    "zh-CN": `检查全部规则文件，逐条列出问题：路径:行号: 说明。

  pnpm rules lint [选项]

  --dir 目录    规则目录（本仓库的）
  --lang zh|en

退出码 1：有问题。例：pnpm rules lint --dir ./my-rules`,
    en: `Checks all rule files, and prints every problem as path:line: message.

  pnpm rules lint [flags]

  --dir DIR     rule files (those of this repository)
  --lang zh|en

Exit code 1: there are problems. Example: pnpm rules lint --dir ./my-rules --lang en`,
  },
  run(args, context) {
    const { values } = parseArgs({ args: [...args], options: { ...EVERY_VERB, dir: { type: "string" } } });
    const folder = rulesFolder(values.dir, context.cwd);
    try {
      const { files } = openRulebook(folder, context.cwd);
      const recognitions = loadRecognitions();
      const rows = files.reduce((sum, { ruleSet }) => sum + ruleSet.declarations.length, 0);
      const cited = files.reduce((sum, { ruleSet }) => sum + countValues(ruleSet).all, 0);
      const zh = `${files.length} 个规则文件，${rows} 行，${cited} 处带出处的值，${recognitions.length} 个学时折算文件；没有问题。`;
      const en = `${files.length} rule files, ${rows} rows, ${cited} cited values, ${recognitions.length} recognition files; no problems.`;
      context.print(context.paint("green", say(context, zh, en)));
      return 0;
    } catch (error) {
      if (!(error instanceof RulebookError)) throw error;
      for (const { path, line, message } of error.problems) {
        context.print(`${context.paint("cyan", `${path}:${line}`)}: ${message}`);
      }
      const [count, inFiles] = [error.problems.length, new Set(error.problems.map(({ path }) => path)).size];
      const total = say(
        context,
        `${inFiles} 个文件中有 ${count} 处问题。`,
        `problems: ${count}, in files: ${inFiles}.`,
      );
      context.print(context.paint("red", total));
      return 1;
    }
  },
};
