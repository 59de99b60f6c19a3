import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { VERDICT_SCHEMA_PATH, verdictJsonSchema } from "@xueshi/contracts";
import { JSON_SCHEMA_PATH, ruleFileJsonSchema } from "@xueshi/rulebook";
import { rulesFolder, shownPath } from "./open-rulebook.ts";
import { EVERY_VERB, type ExitCode, say, type Verb, type VerbContext } from "./verb.ts";

export const writeSchema: Verb = {
  summary: { "zh-CN": "写出规则文件与结论的 JSON Schema", en: "write the JSON Schemas of rule files and verdicts" },
  help: {
    "zh-CN": `写出规则文件的 JSON Schema（供编辑器补全与检查）与核验结论的 JSON Schema。

  pnpm rules schema [选项]

  --check       只比较，不写
  --dir 目录    规则目录（本仓库的）
  --lang zh|en

退出码 1：--check 发现它不是最新的。例：pnpm rules schema --check`,
    en: `Writes the JSON Schema of rule files, by which editors complete and check, and that of verdicts.

  pnpm rules schema [flags]

  --check       compare instead of writing
  --dir DIR     rule files (those of this repository)
  --lang zh|en

Exit code 1: --check found that it is stale. Example: pnpm rules schema --check --lang en`,
  },
  run(args, context) {
    const options = { ...EVERY_VERB, dir: { type: "string" }, check: { type: "boolean", default: false } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const schemas = [
      { path: join(rulesFolder(values.dir, context.cwd), JSON_SCHEMA_PATH), text: ruleFileJsonSchema() },
      { path: join(CONTRACTS_DIRECTORY, VERDICT_SCHEMA_PATH), text: verdictJsonSchema() },
    ];
    return schemas.some(({ path, text }) => writeOne(path, text, values.check, context) === 1) ? 1 : 0;
  },
};

const CONTRACTS_DIRECTORY = join(import.meta.dirname, "../../packages/contracts");

function writeOne(path: string, text: string, checksOnly: boolean, context: VerbContext): ExitCode {
  const shown = shownPath(path, context.cwd);
  if (existsSync(path) && readFileSync(path, "utf8") === text) {
    context.print(say(context, `${shown} 是最新的。`, `${shown} is current.`));
    return 0;
  }
  if (checksOnly) {
    context.print(
      say(context, `${shown} 不是最新的；请运行 pnpm rules schema。`, `${shown} is stale; run pnpm rules schema.`),
    );
    return 1;
  }
  writeFileSync(path, text);
  context.print(say(context, `已写出 ${shown}。`, `${shown} is written.`));
  return 0;
}
