import { RulebookError } from "@xueshi/rulebook";
import { runHub } from "../hub/run-hub.ts";
import { activateRule } from "./activate-rule-set.ts";
import { diffRules } from "./diff-rule-sets.ts";
import { explainRules } from "./explain-answer.ts";
import { lintRules } from "./lint-rulebook.ts";
import { listRules } from "./list-rule-sets.ts";
import { previewImpact } from "./preview-impact.ts";
import { runScenarios } from "./run-scenarios.ts";
import { writeSchema } from "./write-schema.ts";

await runHub({
  command: "pnpm rules",
  verbs: [lintRules, listRules, explainRules, runScenarios, diffRules, writeSchema, previewImpact, activateRule],
  before: {
    "zh-CN": "规则文件：查看、检查、比较、启用。",
    en: "Rule files: look at them, check them, compare them, put them in force.",
  },
  after: {
    "zh-CN": "退出码：0 正常，1 有发现，2 用法有误。例：pnpm rules explain quzhou 2020 review --level intermediate",
    en: "Exit code: 0 fine, 1 findings, 2 wrong usage. Example: pnpm rules explain quzhou 2020 review --level intermediate --lang en",
  },
  isFinding: (error) => error instanceof RulebookError,
});
