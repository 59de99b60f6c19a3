import { expect, it } from "vitest";
import { plant, readRepository, report } from "./repository.ts";
import { checkRuleCitations, checkRulesInCode, countCitedNumbers } from "./rule-citations.ts";

it("cites every value of the law", () => {
  expect(countCitedNumbers(readRepository())).toBeGreaterThan(10);
  expect(report(checkRuleCitations(readRepository()))).toEqual([]);
});

it("notices a number without its document, or without how sure it is", () => {
  const text = `years: { from: 2020, until: 2020 }
requirements:
  - { id: a, hours: 90, citation: { document: x, clause: y }, provenance: notice }
  - { id: b, hours: 60, citation: { document: x, clause: y } }
  - id: c
    hours: 18
    nested: { most: 3, provenance: notice }
`;
  expect(report(checkRuleCitations(plant({ "packages/rulebook/rules/a.yaml": text })))).toEqual([
    "packages/rulebook/rules/a.yaml:4 hours without provenance",
    "packages/rulebook/rules/a.yaml:5 hours without citation and provenance",
    "packages/rulebook/rules/a.yaml:7 most without citation",
  ]);
});

it("applies rules and writes none of their values in code", () => {
  expect(report(checkRulesInCode(readRepository()))).toEqual([]);
});

it("notices a value of the law in code", () => {
  const planted = plant({
    "packages/rulebook/rules/a.yaml": "requirements: [{ hours: 90 }]",
    "packages/domain/src/requirement/a.ts": "export const floor = 90;",
    "packages/domain/src/verdict/b.ts": "export const floorHundredths = 9_000;",
    "packages/domain/src/verdict/b.test.ts": "export const floor = 90;",
    "packages/queue/src/c.ts": "export const percent = 90;",
  });
  expect(checkRulesInCode(planted).map(({ path }) => path)).toEqual([
    "packages/domain/src/requirement/a.ts",
    "packages/domain/src/verdict/b.ts",
  ]);
});
