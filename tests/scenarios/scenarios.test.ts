import { loadRulebook } from "@xueshi/rulebook";
import { describe, expect, test } from "vitest";
import { brokenPromises, describeVerdict, expectedOf } from "./compare-verdict.ts";
import { decideScenario } from "./decide-scenario.ts";
import { readScenarioFiles } from "./scenario-file.ts";

const ruleSets = loadRulebook().files.map(({ ruleSet }) => ruleSet);

for (const file of readScenarioFiles()) {
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
