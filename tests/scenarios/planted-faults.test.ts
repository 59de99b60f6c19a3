import { isDeepStrictEqual } from "node:util";
import type { AnsweredRule, RequirementRule, RuleSet } from "@xueshi/domain";
import { loadRulebook } from "@xueshi/rulebook";
import { expect, test } from "vitest";
import { brokenPromises, describeVerdict, expectedOf } from "./compare-verdict.ts";
import { decideScenario } from "./decide-scenario.ts";
import { readScenarioFiles } from "./scenario-file.ts";

const found = loadRulebook().files.find((file) => file.ruleSet.id === "quzhou-2020")?.ruleSet;
if (found === undefined) throw new Error("The rulebook has no rule set quzhou-2020.");
const rules: RuleSet = found;
const files = readScenarioFiles("quzhou-2020");

/** Names of the scenarios that notice: their verdict is no longer the expected one. */
function noticing(ruleSet: RuleSet): string[] {
  return files.flatMap(({ declaration, scenarios }) =>
    scenarios
      .filter((scenario) => {
        const verdict = decideScenario(scenario, declaration, ruleSet);
        const same = isDeepStrictEqual(plain(describeVerdict(verdict, scenario)), plain(expectedOf(scenario)));
        return !same || brokenPromises(verdict).length > 0;
      })
      .map((scenario) => scenario.name),
  );
}

/** Without keys that are undefined, which mean "not checked" on both sides. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function changeRows(id: string, change: (row: AnsweredRule) => AnsweredRule): RuleSet {
  const declarations = rules.declarations.map((row) =>
    row.answer === "requirements" && row.id === id ? change(row) : row,
  );
  return { ...rules, declarations };
}

function shiftNeed(row: string, requirement: string, hundredths: number): RuleSet {
  return changeRows(row, (rule) => ({
    ...rule,
    requirements: rule.requirements.map((each) =>
      each.id === requirement ? { ...each, needHundredths: each.needHundredths + hundredths } : each,
    ),
  }));
}

/** The known error in circulation: a floor for each of the two subjects, two thirds and one third of the combined one. */
function splitCommon(row: string): RuleSet {
  return changeRows(row, (rule) => ({
    ...rule,
    requirements: rule.requirements.flatMap((each): RequirementRule[] =>
      each.id === "common"
        ? [
            { ...each, subjects: ["general_common"], needHundredths: (each.needHundredths * 2) / 3 },
            { ...each, id: "industry", subjects: ["industry_common"], needHundredths: each.needHundredths / 3 },
          ]
        : [each],
    ),
  }));
}

const rows = rules.declarations.filter((row) => row.answer === "requirements");
const thresholds = rows.flatMap((row) =>
  row.requirements.flatMap((requirement) =>
    [50, -50].map((shift): [string, RuleSet] => [
      `${row.id}: ${requirement.id} is ${shift / 100} off`,
      shiftNeed(row.id, requirement.id, shift),
    ]),
  ),
);
const missing = rows.flatMap((row) =>
  row.requirements
    .filter(() => row.requirements.length > 1)
    .map((requirement): [string, RuleSet] => [
      `${row.id}: ${requirement.id} is not asked`,
      changeRows(row.id, (rule) => ({
        ...rule,
        requirements: rule.requirements.filter((each) => each.id !== requirement.id),
      })),
    ]),
);
const windows = rows.flatMap((row) =>
  [1, -1]
    .filter((shift) => row.windowYears + shift > 0)
    .map((shift): [string, RuleSet] => [
      `${row.id}: the window is ${shift} year off`,
      changeRows(row.id, (rule) => ({ ...rule, windowYears: rule.windowYears + shift })),
    ]),
);
const others: [string, RuleSet][] = [
  ["review: 公需 is split into two floors", splitCommon("review-up-to-intermediate")],
  ["initial determination: 公需 is split into two floors", splitCommon("initial-determination")],
  ["rows in another order", { ...rules, declarations: [...rules.declarations].reverse() }],
  ["no row for 初级 with a degree", without("review-junior-with-degree")],
  ["no row for 高级", without("review-senior")],
  ["each year binds", changeRows("review-up-to-intermediate", (rule) => ({ ...rule, windowYears: 1, notices: [] }))],
  ["no notice of the annual duty", changeRows("review-up-to-intermediate", (rule) => ({ ...rule, notices: [] }))],
  ...rules.authorities.map((route, index): [string, RuleSet] => [
    `a union with the city platform for ${route.series}`,
    {
      ...rules,
      authorities: rules.authorities.map((each, position) =>
        position === index ? { ...each, platforms: ["quzhou-city", "zj-industry", "zj-natural-resources"] } : each,
      ),
    },
  ]),
  ["a platform may be a day older", { ...rules, maxAgeHours: { "*": 72 } }],
  ["a platform may be a day less old", { ...rules, maxAgeHours: { "*": 24 } }],
  ["the rules hold for the next year too", { ...rules, years: { from: 2020, until: 2021 } }],
  ["the rules hold for the year before too", { ...rules, years: { from: 2019, until: 2020 } }],
];

function without(id: string): RuleSet {
  return { ...rules, declarations: rules.declarations.filter((row) => row.id !== id) };
}

test("the rules as they are pass every scenario", () => {
  expect(noticing(rules)).toEqual([]);
});

test.each([...thresholds, ...missing, ...windows, ...others])("some scenario notices: %s", (_, faulty) => {
  expect(noticing(faulty).length).toBeGreaterThan(0);
});
