import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ProjectedRecord } from "@xueshi/domain";

/** The engines that the same notice is put to. They are installed for the measurement alone, and nothing else uses them. */
const PACKAGES = ["json-rules-engine@7.3.1", "@gorules/zen-engine@0.54.0", "publicodes@1.10.3"];

/** The three floors of the review of two years. */
export interface NoticeNeeds {
  readonly totalHundredths: number;
  readonly professionalHundredths: number;
  readonly commonHundredths: number;
}

export interface RuleEngine {
  readonly name: string;
  /** Whether these records meet the three floors; the numbers are there for whoever asks further. */
  evaluate(records: readonly ProjectedRecord[]): Promise<boolean>;
}

/** Installs the engines into a folder unless they are there, and puts the notice to each. Throws when npm cannot. */
export function prepareRuleEngines(directory: string, needs: NoticeNeeds): RuleEngine[] {
  if (!existsSync(join(directory, "node_modules", "publicodes"))) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
    const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
    const { status, stderr } = spawnSync("npm", ["install", "--prefix", directory, ...flags, ...PACKAGES], {
      cwd: directory,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`The engines to compare with could not be installed: ${stderr}`);
  }
  const load = createRequire(join(directory, "package.json"));
  return [jsonRulesEngine(load, needs), zenEngine(load, needs), publicodes(load, needs)];
}

type Load = (name: string) => unknown;

/** What counts under the notice, as each of these engines is told in its own words where it can be. */
const counts = (record: ProjectedRecord): boolean =>
  record.state === "registered" &&
  record.platform === "quzhou-city" &&
  (record.attributedYear === 2019 || record.attributedYear === 2020) &&
  (record.obtainedOn ?? "") <= "2020-12-31";

function sumOf(records: readonly ProjectedRecord[], subjects: readonly string[] | null): number {
  let sum = 0;
  for (const record of records) {
    if (counts(record) && subjects?.includes(record.subject ?? "") !== false) sum += record.hoursHundredths ?? 0;
  }
  return sum;
}

const COMMON = ["industry_common", "general_common"];

interface JsonRules {
  Engine: new () => {
    addFact(name: string, value: (params: { subjects: string[] | null }, almanac: Almanac) => Promise<number>): void;
    addRule(rule: object): void;
    run(facts: object): Promise<{ events: unknown[]; results: unknown[]; failureResults: unknown[] }>;
  };
}
interface Almanac {
  factValue(name: string): Promise<readonly ProjectedRecord[]>;
}

function jsonRulesEngine(load: Load, needs: NoticeNeeds): RuleEngine {
  const { Engine } = load("json-rules-engine") as JsonRules;
  const engine = new Engine();
  engine.addFact("hours", async ({ subjects }, almanac) => sumOf(await almanac.factValue("records"), subjects));
  const floors = [
    { id: "total", subjects: null, value: needs.totalHundredths },
    { id: "professional", subjects: ["professional"], value: needs.professionalHundredths },
    { id: "common", subjects: COMMON, value: needs.commonHundredths },
  ];
  for (const { id, subjects, value } of floors) {
    const condition = { fact: "hours", params: { subjects }, operator: "greaterThanInclusive", value };
    engine.addRule({ name: id, conditions: { all: [condition] }, event: { type: id } });
  }
  return {
    name: "json-rules-engine",
    evaluate: async (records) => (await engine.run({ records })).events.length === floors.length,
  };
}

interface Zen {
  ZenEngine: new () => {
    createDecision(content: object): { evaluate(input: object): Promise<{ result: { met: boolean } }> };
  };
}

/** It compares no texts, so it is spared the date of the question. */
function zenEngine(load: Load, needs: NoticeNeeds): RuleEngine {
  const { ZenEngine } = load("@gorules/zen-engine") as Zen;
  const counting =
    '#.state == "registered" and #.platform == "quzhou-city" and #.attributedYear >= 2019 and #.attributedYear <= 2020';
  const sum = (subjects: string) => `sum(map(filter(records, ${counting}${subjects}), #.hoursHundredths))`;
  const expressions = [
    { id: "e1", key: "total", value: sum("") },
    { id: "e2", key: "professional", value: sum(' and #.subject == "professional"') },
    { id: "e3", key: "common", value: sum(' and #.subject in ["industry_common", "general_common"]') },
    { id: "e4", key: "totalGap", value: `max([0, ${needs.totalHundredths} - $.total])` },
    { id: "e5", key: "professionalGap", value: `max([0, ${needs.professionalHundredths} - $.professional])` },
    { id: "e6", key: "commonGap", value: `max([0, ${needs.commonHundredths} - $.common])` },
    { id: "e7", key: "met", value: "$.totalGap + $.professionalGap + $.commonGap == 0" },
  ];
  const decision = new ZenEngine().createDecision({
    nodes: [
      { id: "in", type: "inputNode", name: "in", position: { x: 0, y: 0 } },
      { id: "sums", type: "expressionNode", name: "sums", position: { x: 1, y: 0 }, content: { expressions } },
      { id: "out", type: "outputNode", name: "out", position: { x: 2, y: 0 } },
    ],
    edges: [
      { id: "a", sourceId: "in", targetId: "sums", type: "edge" },
      { id: "b", sourceId: "sums", targetId: "out", type: "edge" },
    ],
  });
  return {
    name: "@gorules/zen-engine",
    evaluate: async (records) => (await decision.evaluate({ records })).result.met,
  };
}

interface Publicodes {
  default: new (
    rules: object,
  ) => {
    setSituation(situation: Readonly<Record<string, number>>): unknown;
    evaluate(rule: string): { nodeValue: unknown };
  };
}

/** It knows no lists: the sums are made for it. */
function publicodes(load: Load, needs: NoticeNeeds): RuleEngine {
  const { default: Engine } = load("publicodes") as Publicodes;
  const engine = new Engine({
    total: { valeur: 0 },
    professional: { valeur: 0 },
    common: { valeur: 0 },
    "total gap": { valeur: `${needs.totalHundredths} - total`, plancher: 0 },
    "professional gap": { valeur: `${needs.professionalHundredths} - professional`, plancher: 0 },
    "common gap": { valeur: `${needs.commonHundredths} - common`, plancher: 0 },
    met: { "toutes ces conditions": ["total gap = 0", "professional gap = 0", "common gap = 0"] },
  });
  return {
    name: "publicodes",
    evaluate: async (records) => {
      const [total, professional, common] = [null, ["professional"], COMMON].map((subjects) =>
        sumOf(records, subjects),
      );
      engine.setSituation({ total: total ?? 0, professional: professional ?? 0, common: common ?? 0 });
      return engine.evaluate("met").nodeValue === true;
    },
  };
}
