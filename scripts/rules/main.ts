import { runHub } from "../hub/run-hub.ts";

await runHub({
  command: "pnpm rules",
  verbs: [
    { name: "lint", load: async () => (await import("./lint-rulebook.ts")).lintRules },
    { name: "list", load: async () => (await import("./list-rule-sets.ts")).listRules },
    { name: "explain", load: async () => (await import("./explain-answer.ts")).explainRules },
    { name: "scenarios", load: async () => (await import("./run-scenarios.ts")).runScenarios },
    { name: "diff", load: async () => (await import("./diff-rule-sets.ts")).diffRules },
    { name: "schema", load: async () => (await import("./write-schema.ts")).writeSchema },
    { name: "preview", load: async () => (await import("./preview-impact.ts")).previewImpact },
    { name: "activate", load: async () => (await import("./activate-rule-set.ts")).activateRule },
  ],
  before: {
    "zh-CN": "规则文件：查看、检查、比较、启用。",
    en: "Rule files: look at them, check them, compare them, put them in force.",
  },
  after: {
    "zh-CN": "退出码：0 正常，1 有发现，2 用法有误。例：pnpm rules explain quzhou 2020 review --level intermediate",
    en: "Exit code: 0 fine, 1 findings, 2 wrong usage. Example: pnpm rules explain quzhou 2020 review --level intermediate --lang en",
  },
  isFinding: (error) => error instanceof Error && error.name === "RulebookError",
});
