import { describe, expect, test } from "vitest";
import { type DeclarationClaim, declarationProblem } from "./declaration-problem.ts";
import { findRule } from "./find-rule.ts";
import type { ActivatedRuleSet, AnsweredRule, Declaration, DeclarationMatch, RuleSet, Vocabulary } from "./rule-set.ts";

const citation = { document: "d", clause: "c" };

function row(id: string, when: DeclarationMatch) {
  return {
    answer: "delegated" as const,
    id,
    when,
    delegatedTo: "x",
    toPlace: null,
    citation,
    provenance: "notice" as const,
  };
}

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
  declarations: [
    row("annual", { kind: "annual-duty" }),
    row("degree", { kind: "review", levels: ["junior"], educations: ["bachelor"] }),
    row("others", { kind: "review", levels: ["junior", "intermediate"] }),
    row("initial", { kind: "initial-determination", levels: ["junior"] }),
  ],
  authorities: [{ series: "*", mode: "city", platforms: ["quzhou-city"], citation, provenance: "notice" }],
  sources: [],
  maxAgeHours: { "*": 48 },
};
const vocabulary: Vocabulary = {
  series: [{ code: "economics", label: "经济" }],
  educations: [
    { code: "college", label: "大专" },
    { code: "bachelor", label: "本科" },
  ],
  subjects: [],
  places: [],
};
const activated = [{ ruleSet, digest: "d", activatedAtMs: 0 }];
const find = (declaration: Declaration) => findRule(activated, declaration, 0);
const findNothing = () => ({ found: "nothing", missing: null }) as const;
const claim: DeclarationClaim = {
  place: "quzhou",
  year: 2020,
  kind: "review",
  level: "junior",
  series: "economics",
  education: "college",
};

describe("declarationProblem", () => {
  test.each<[Partial<DeclarationClaim>, string, string]>([
    [{ kind: "promotion" }, "kind", "kind_unknown"],
    [{ kind: "Review" }, "kind", "kind_unknown"],
    [{ level: "expert" }, "level", "level_unknown"],
    [{ kind: "annual-duty", level: "expert" }, "level", "level_unknown"],
    [{ level: null }, "level", "level_required"],
    [{ kind: "initial-determination", level: null }, "level", "level_required"],
    [{ series: "astrology" }, "series", "series_unknown"],
    [{ series: "" }, "series", "series_unknown"],
    [{ education: "phd" }, "education", "education_unknown"],
    [{ kind: "annual-duty", education: "phd" }, "education", "education_unknown"],
    [{ education: null }, "education", "education_required"],
  ])("%j is a problem of %s: %s", (change, field, code) => {
    const problem = declarationProblem({ ...claim, ...change }, vocabulary, find);
    expect(problem).toMatchObject({ field, code });
    expect(problem?.allowed.length).toBeGreaterThan(0);
  });

  test.each<[string, Partial<DeclarationClaim>]>([
    ["a whole declaration", {}],
    ["education left out where it does not decide", { level: "intermediate", education: null }],
    ["level and education left out of the annual duty", { kind: "annual-duty", level: null, education: null }],
    ["a level that no row answers", { level: "senior", education: null }],
  ])("%s is no problem", (_, change) => {
    expect(declarationProblem({ ...claim, ...change }, vocabulary, find)).toBeNull();
  });

  test("the lists hold for a place without a rule set, where education decides nothing", () => {
    expect(declarationProblem({ ...claim, place: "nowhere", education: null }, vocabulary, findNothing)).toBeNull();
    expect(declarationProblem({ ...claim, series: "astrology" }, vocabulary, findNothing)).toMatchObject({
      field: "series",
    });
    expect(declarationProblem({ ...claim, level: null }, vocabulary, findNothing)).toMatchObject({
      code: "level_required",
    });
  });

  test("names what is allowed", () => {
    expect(declarationProblem({ ...claim, education: "phd" }, vocabulary, find)?.allowed).toEqual([
      "college",
      "bachelor",
    ]);
  });

  test("a grant must be one that the rules know, and one for each year", () => {
    const row: AnsweredRule = {
      ...{ answer: "requirements", id: "duty", when: { kind: "annual-duty" }, requirements: [], notices: [], caps: [] },
      ...{ window: { kind: "years", count: 1, endsYearsBefore: 0 }, gates: [], carryOver: null, start: null },
      ...{ grants: [{ code: "leave", effect: "exemption", citation, provenance: "notice" }], inherits: null },
      ...{ citation, provenance: "notice" },
    };
    const granting = [
      { ...activated[0], ruleSet: { ...ruleSet, declarations: [row] } },
    ] as unknown as ActivatedRuleSet[];
    const granted = (...grants: [string, number][]) =>
      declarationProblem(
        { ...claim, kind: "annual-duty", grants: grants.map(([code, year]) => ({ code, year, document: "d" })) },
        vocabulary,
        (declaration) => findRule(granting, declaration, 0),
      );
    expect(granted(["leave", 2019], ["leave", 2020])).toBeNull();
    expect(granted(["leaf", 2020])).toEqual({ field: "grants", code: "grant_unknown", allowed: ["leave"] });
    expect(granted(["leave", 2020], ["leave", 2020])).toMatchObject({ field: "grants", code: "grant_repeated" });
  });
});
