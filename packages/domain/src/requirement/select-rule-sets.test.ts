import { describe, expect, test } from "vitest";
import type { ActivatedRuleSet, RuleSet } from "./rule-set.ts";
import { selectRuleSets } from "./select-rule-sets.ts";

function activated(id: string, digest: string, activatedAtMs: number, from = 2020, until = 2020): ActivatedRuleSet {
  const ruleSet: RuleSet = {
    id,
    version: digest,
    place: "quzhou",
    layer: "city",
    subjects: ["professional", "industry_common", "general_common"],
    yearStartsOn: "01-01",
    recognition: "as-registered",
    isDraft: false,
    years: { from, until },
    title: id,
    citation: { document: "d", clause: "c" },
    provenance: "notice",
    publishedOn: "2020-07-10",
    lastVerifiedOn: "2020-07-10",
    declarations: [],
    authorities: [],
    sources: [],
    maxAgeHours: { "*": 48 },
  };
  return { ruleSet, digest, activatedAtMs };
}

const asked = { place: "quzhou", year: 2020 };
const digestAt = (ruleSets: ActivatedRuleSet[], knownAtMs: number, declaration = asked) =>
  selectRuleSets(ruleSets, declaration.place, declaration.year, knownAtMs)[0]?.digest ?? null;

describe("selectRuleSets", () => {
  test("knows only what was activated at or before the known time", () => {
    const ruleSets = [activated("a", "first", 100), activated("a", "second", 200)];
    expect(digestAt(ruleSets, 99)).toBeNull();
    expect(digestAt(ruleSets, 100)).toBe("first");
    expect(digestAt(ruleSets, 199)).toBe("first");
    expect(digestAt(ruleSets, 200)).toBe("second");
  });

  test("does not depend on the order of the list", () => {
    const ruleSets = [activated("a", "second", 200), activated("a", "first", 100)];
    expect(digestAt(ruleSets, 150)).toBe("first");
    expect(digestAt(ruleSets, 250)).toBe("second");
  });

  test("takes the one listed last of two activations at the same instant", () => {
    expect(digestAt([activated("a", "first", 100), activated("a", "second", 100)], 100)).toBe("second");
  });

  test("lets a later activation of an id end years that it no longer names", () => {
    const ruleSets = [activated("a", "wide", 100, 2019, 2021), activated("a", "narrow", 200, 2021, 2021)];
    expect(digestAt(ruleSets, 150)).toBe("wide");
    expect(digestAt(ruleSets, 200)).toBeNull();
    expect(digestAt(ruleSets, 200, { place: "quzhou", year: 2021 })).toBe("narrow");
  });

  test("takes the later activation where two ids answer", () => {
    expect(digestAt([activated("b", "b", 200), activated("a", "a", 100)], 300)).toBe("b");
    expect(digestAt([activated("b", "b", 200), activated("a", "a", 100)], 150)).toBe("a");
  });

  test("knows no other place and no other year", () => {
    const ruleSets = [activated("a", "a", 100)];
    expect(digestAt(ruleSets, 100, { place: "hangzhou", year: 2020 })).toBeNull();
    expect(digestAt(ruleSets, 100, { place: "quzhou", year: 2019 })).toBeNull();
    expect(digestAt(ruleSets, 100, { place: "quzhou", year: 2021 })).toBeNull();
  });
});
