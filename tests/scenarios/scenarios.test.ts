import { loadRulebook } from "@xueshi/rulebook";
import {
  brokenPromises,
  decideScenario,
  describeVerdict,
  expectedOf,
  readScenarioFiles,
} from "@xueshi/rulebook/scenarios";
import { describe, expect, test } from "vitest";

const ruleSets = loadRulebook().files.map(({ ruleSet }) => ruleSet);

for (const file of readScenarioFiles(import.meta.dirname)) {
  const { scenarios } = file;
  describe(`${file.file}: ${file.topic}`, () => {
    test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (_, scenario) => {
      const verdict = decideScenario(scenario, file, ruleSets);
      expect(describeVerdict(verdict, scenario)).toEqual(expectedOf(scenario));
      expect(brokenPromises(verdict)).toEqual([]);
      if (scenario.expect.because.includes("identity_conflict")) {
        expect([verdict.counted, verdict.uncounted, verdict.years]).toEqual([[], [], []]);
        expect(verdict.cut.sequence).toBe(scenario.records.length);
      }
    });

    test("names its scenarios apart", () => {
      const names = scenarios.map((scenario) => scenario.name);
      expect(names).toEqual([...new Set(names)]);
    });
  });
}
