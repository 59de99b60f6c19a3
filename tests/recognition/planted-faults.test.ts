import { isDeepStrictEqual } from "node:util";
import { type RecognitionRuleSet, recogniseActivities } from "@xueshi/domain";
import { expect, test } from "vitest";
import { readCaseFiles } from "./case-file.ts";
import { describeCase, expectedOf } from "./describe-recognition.ts";
import { faultsOf, WRONG_ORDERS } from "./plant-faults.ts";
import { readRuleSets } from "./rule-sets.ts";

const ruleSets = readRuleSets();
const files = readCaseFiles(import.meta.dirname);

/** Names of the cases that notice: what is recognised, with which code, is no longer as expected. */
function noticing(changed: readonly RecognitionRuleSet[], recognise = recogniseActivities): string[] {
  return files.flatMap(({ file, cases }) =>
    cases
      .filter((each) => {
        const described = withoutWorkings(describeCase(each, changed, recognise));
        return !isDeepStrictEqual(described, withoutWorkings(expectedOf(each)));
      })
      .map(({ name }) => `${file}: ${name}`),
  );
}

/** The workings show every number, so they would notice anything: the hours must notice it by themselves. */
function withoutWorkings(described: unknown): unknown {
  return JSON.parse(JSON.stringify(described, (key, value) => (key === "workings" ? undefined : value)));
}

function replace(faulty: RecognitionRuleSet): RecognitionRuleSet[] {
  return ruleSets.map((ruleSet) => (ruleSet.id === faulty.id ? faulty : ruleSet));
}

test("the rules as they are pass every case", () => {
  expect(noticing(ruleSets)).toEqual([]);
});

test.each(ruleSets.flatMap(faultsOf))("some case notices: %s", (_, faulty) => {
  expect(noticing(replace(faulty)).length).toBeGreaterThan(0);
});

test.each(WRONG_ORDERS)("some case notices: %s", (_, recognise) => {
  expect(noticing(ruleSets, recognise).length).toBeGreaterThan(0);
});
