import { loadRulebook } from "@xueshi/rulebook";
import { describe, expect, test } from "vitest";
import { brokenPromises, describeVerdict, expectedOf } from "./compare-verdict.ts";
import { decideScenario } from "./decide-scenario.ts";
import { readScenarioFiles } from "./scenario-file.ts";

const ruleSet = loadRulebook().files.find((file) => file.ruleSet.id === "quzhou-2020")?.ruleSet;
if (ruleSet === undefined) throw new Error("The rulebook has no rule set quzhou-2020.");

for (const { file, topic, declaration, scenarios } of readScenarioFiles("quzhou-2020")) {
  describe(`${file}: ${topic}`, () => {
    test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (_, scenario) => {
      const verdict = decideScenario(scenario, declaration, ruleSet);
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
