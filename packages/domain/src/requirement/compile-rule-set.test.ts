import { expect, test } from "vitest";
import { authorityRouteOf, compileRuleSet, maxAgeMsOf } from "./compile-rule-set.ts";
import type { RuleSet } from "./rule-set.ts";

const citation = { document: "d", clause: "c" };
const ruleSet: RuleSet = {
  id: "a",
  version: "1",
  place: "quzhou",
  layer: "city",
  subjects: ["professional", "industry_common", "general_common"],
  yearStartsOn: "01-01",
  recognition: "as-registered",
  isDraft: false,
  years: { from: 2020, until: 2020 },
  title: "a",
  citation,
  provenance: "notice",
  publishedOn: "2020-07-10",
  lastVerifiedOn: "2020-07-10",
  declarations: [],
  authorities: [
    { series: ["manufacturing"], mode: "province_wins", platforms: ["zj-industry"], citation, provenance: "notice" },
    { series: "*", mode: "city", platforms: ["quzhou-city"], citation, provenance: "notice" },
  ],
  sources: [],
  maxAgeHours: { "*": 48, "zj-industry": 12 },
};

test("compiles a rule set once", () => {
  expect(compileRuleSet(ruleSet)).toBe(compileRuleSet(ruleSet));
  expect(compileRuleSet({ ...ruleSet })).not.toBe(compileRuleSet(ruleSet));
});

test("routes a named series to its own platform and every other one to the default", () => {
  const compiled = compileRuleSet(ruleSet);
  expect(authorityRouteOf(compiled, "manufacturing").platforms).toEqual(["zj-industry"]);
  expect(authorityRouteOf(compiled, "economics").platforms).toEqual(["quzhou-city"]);
  expect(authorityRouteOf(compiled, "constructor").platforms).toEqual(["quzhou-city"]);
});

test("knows a platform's own maximal age, else the default", () => {
  const compiled = compileRuleSet(ruleSet);
  expect(maxAgeMsOf(compiled, "zj-industry")).toBe(43_200_000);
  expect(maxAgeMsOf(compiled, "quzhou-city")).toBe(172_800_000);
});

test("refuses a rule set without the two defaults", () => {
  expect(() => compileRuleSet({ ...ruleSet, authorities: ruleSet.authorities.slice(0, 1) })).toThrow(RangeError);
  expect(() => compileRuleSet({ ...ruleSet, maxAgeHours: {} })).toThrow(RangeError);
});
