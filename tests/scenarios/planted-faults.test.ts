import { isDeepStrictEqual } from "node:util";
import type { RequirementRule, RuleSet } from "@xueshi/domain";
import { loadRulebook } from "@xueshi/rulebook";
import {
  brokenPromises,
  decideScenario,
  describeVerdict,
  expectedOf,
  readScenarioFiles,
  type Scenario,
  type ScenarioFile,
} from "@xueshi/rulebook/scenarios";
import { expect, test } from "vitest";
import { changeRow, type Fault, faultsOf } from "./plant-faults.ts";

const ruleSets = loadRulebook().files.map(({ ruleSet }) => ruleSet);
const files = readScenarioFiles(import.meta.dirname);

/**
 * Names of the scenarios that notice, one after the other: their verdict is no longer the expected one. Those about one
 * rule set come first.
 */
function* noticing(
  changed: readonly RuleSet[],
  scenarios: (file: ScenarioFile) => readonly Scenario[] = allOf,
  about = "",
): Generator<string> {
  const isAbout = (file: ScenarioFile) => file.file.startsWith(`${about}/`);
  const ordered = files.toSorted((left, right) => Number(isAbout(right)) - Number(isAbout(left)));
  for (const file of ordered) {
    for (const scenario of scenarios(file)) {
      const verdict = decideScenario(scenario, file, changed);
      const same = isDeepStrictEqual(plain(describeVerdict(verdict, scenario)), plain(expectedOf(scenario)));
      if (!same || brokenPromises(verdict).length > 0) yield `${file.file}: ${scenario.name}`;
    }
  }
}

const allOf = (file: ScenarioFile): readonly Scenario[] => file.scenarios;

/** Without keys that are undefined, which mean "not checked" on both sides. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function replace(faulty: RuleSet): RuleSet[] {
  return ruleSets.map((ruleSet) => (ruleSet.id === faulty.id ? faulty : ruleSet));
}

/** The known error in circulation: a floor for each of the two subjects, two thirds and one third of the combined one. */
function splitCommon(ruleSet: RuleSet, row: string): RuleSet {
  return changeRow(ruleSet, row, (rule) => ({
    ...rule,
    requirements: rule.requirements.flatMap((each): RequirementRule[] =>
      each.id === "common" && each.kind === "floor"
        ? [
            { ...each, subjects: ["general_common"], needHundredths: (each.needHundredths * 2) / 3 },
            { ...each, id: "industry", subjects: ["industry_common"], needHundredths: each.needHundredths / 3 },
          ]
        : [each],
    ),
  }));
}

const quzhou = ruleSets.find(({ id }) => id === "quzhou-2020");
if (quzhou === undefined) throw new Error("The rulebook has no rule set quzhou-2020.");
const splits = quzhou.declarations
  .filter((row) => row.answer === "requirements" && row.requirements.some(({ id }) => id === "common"))
  .map(({ id }): Fault => [`quzhou-2020 ${id}: 公需 is split into two floors`, splitCommon(quzhou, id)]);

/** A scenario that fails anyhow notices nothing. */
const failing = new Set(noticing(ruleSets));

function isNoticed(faulty: RuleSet): boolean {
  for (const scenario of noticing(replace(faulty), allOf, faulty.id)) if (!failing.has(scenario)) return true;
  return false;
}

test("the rules as they are pass every scenario", () => {
  expect([...failing]).toEqual([]);
});

test.each([...ruleSets.flatMap((ruleSet) => faultsOf(ruleSet, ruleSets)), ...splits])(
  "some scenario notices: %s",
  (_, faulty) => {
    expect(isNoticed(faulty)).toBe(true);
  },
);

test("some scenario notices when the time at which a rule set became known is ignored", () => {
  const timeless = (file: ScenarioFile) => file.scenarios.map((scenario) => ({ ...scenario, rulesActivated: {} }));
  expect(noticing(ruleSets, timeless).next().done).toBe(false);
});
