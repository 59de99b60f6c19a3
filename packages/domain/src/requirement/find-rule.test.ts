import { describe, expect, test } from "vitest";
import { findRule, rulesAsked } from "./find-rule.ts";
import type { FloorRule } from "./requirement-rule.ts";
import type { ActivatedRuleSet, AnsweredRule, Declaration, DeclarationRule, Layer, RuleSet } from "./rule-set.ts";

const cited = { citation: { document: "d", clause: "c" }, provenance: "notice" } as const;
const declaration: Declaration = {
  place: "city",
  year: 2026,
  kind: "review",
  level: "senior",
  series: "economics",
  education: null,
};

function floor(id: string, hours: number): FloorRule {
  return { id, kind: "floor", subjects: "all", needHundredths: hours * 100, ...cited };
}

function answered(id: string, values: readonly FloorRule[], changes: Partial<AnsweredRule> = {}): AnsweredRule {
  return {
    answer: "requirements",
    id,
    when: { kind: "review" },
    window: { kind: "years", count: 1, endsYearsBefore: 0 },
    requirements: values,
    notices: [],
    caps: [],
    gates: [],
    carryOver: null,
    start: null,
    grants: [],
    inherits: null,
    ...cited,
    ...changes,
  };
}

function delegated(id: string, toPlace: string | null): DeclarationRule {
  return { answer: "delegated", id, when: { kind: "review" }, delegatedTo: "province", toPlace, ...cited };
}

function ruleSet(id: string, place: string, layer: Layer, rows: readonly DeclarationRule[], at = 0): ActivatedRuleSet {
  const set: RuleSet = {
    id,
    version: "1",
    place,
    layer,
    subjects: ["professional"],
    yearStartsOn: "01-01",
    recognition: "as-registered",
    isDraft: false,
    years: { from: 2026, until: 2026 },
    title: id,
    publishedOn: "2026-01-01",
    lastVerifiedOn: "2026-01-01",
    declarations: rows,
    authorities: [{ series: "*", mode: "city", platforms: [id], ...cited }],
    sources: [],
    maxAgeHours: { "*": 48 },
    ...cited,
  };
  return { ruleSet: set, digest: id, activatedAtMs: at };
}

/** Where the answer was found: `local/active row`, then each value as `id need from layer over overridden`. */
function found(ruleSets: readonly ActivatedRuleSet[], knownAtMs = 100, asked = declaration): string[] | string {
  const rule = findRule(ruleSets, asked, knownAtMs);
  if (rule.found === "nothing") return `nothing: ${rule.missing}`;
  const place = `${rule.local.ruleSet.id}/${rule.active.ruleSet.id}`;
  if (rule.row.answer === "delegated") return [`${place} delegated`];
  const values = rule.row.requirements.map(({ rule: value, origin }) => {
    const over = origin.overrode.map((each) => ` over ${each.ruleSet}`).join("");
    return `${value.id} ${value.kind === "floor" ? value.needHundredths / 100 : ""} from ${origin.ruleSet}${over}`;
  });
  return [`${place} ${rule.row.rule.id}`, ...values];
}

describe("findRule", () => {
  const city = ruleSet("city-2026", "city", "city", [delegated("senior", "province")]);
  const province = ruleSet("province-2026", "province", "province", [answered("review", [floor("total", 90)])]);
  const series = ruleSet("series-2026", "province", "series", [
    answered("review", [floor("total", 120)], { when: { kind: "review", series: ["economics"] } }),
  ]);

  test("a place without rules of its own has none, whatever other places say", () => {
    expect(found([province], 100, { ...declaration, place: "village" })).toBe("nothing: null");
    expect(found([city], 100, { ...declaration, year: 2027 })).toBe("nothing: null");
  });

  test("a delegated row is answered where it points to, by the platforms of the place that delegates", () => {
    expect(found([city, province])).toEqual(["city-2026/province-2026 review", "total 90 from province-2026"]);
  });

  test("a delegated row stands for itself where nobody there answers", () => {
    expect(found([city])).toEqual(["city-2026/city-2026 delegated"]);
    const other = ruleSet("province-2026", "province", "province", [
      answered("duty", [floor("total", 90)], { when: { kind: "annual-duty" } }),
    ]);
    expect(found([city, other])).toEqual(["city-2026/city-2026 delegated"]);
    expect(found([ruleSet("city-2026", "city", "city", [delegated("senior", null)]), province])).toHaveLength(1);
  });

  test("places that delegate to each other end", () => {
    const back = ruleSet("province-2026", "province", "province", [delegated("back", "city")]);
    expect(found([city, back])).toEqual(["city-2026/city-2026 delegated"]);
  });

  test("of one place the rules of a series are asked before its own", () => {
    expect(found([city, series, province])).toEqual(["city-2026/series-2026 review", "total 120 from series-2026"]);
    expect(found([city, province, series], 100, { ...declaration, series: "health" })).toEqual([
      "city-2026/province-2026 review",
      "total 90 from province-2026",
    ]);
  });

  test("among the rule sets that were asked, and no others, it finds the same", () => {
    const later = ruleSet("city-2026", "city", "city", [delegated("senior", null)], 200);
    const nation = ruleSet("nation", "nation", "nation", [answered("duty", [floor("share", 60)])], 50);
    const inherits = { ruleSet: "nation", row: "duty", without: [] };
    const heir = ruleSet(
      "heir-2026",
      "province",
      "province",
      [answered("review", [floor("total", 1)], { inherits })],
      9,
    );
    const elsewhere = ruleSet("village-2026", "village", "city", [answered("review", [floor("total", 1)])]);
    const all = [city, province, series, elsewhere, heir, nation, later];
    for (const series of ["economics", "health"]) {
      for (const knownAtMs of [100, 300]) {
        const question = { ...declaration, series };
        const asked = rulesAsked(all, question, knownAtMs);
        expect(found(asked, knownAtMs, question)).toEqual(found(all, knownAtMs, question));
        expect(asked).not.toContain(elsewhere);
      }
    }
    expect(rulesAsked(all, declaration, 100)).toEqual([city, province, series, heir]);
    expect(rulesAsked(all, { ...declaration, series: "health" }, 100)).toEqual([city, province, series, heir, nation]);
    expect(rulesAsked(all, declaration, 300)).toEqual([later]);
    expect(rulesAsked(all, { ...declaration, place: "nowhere" }, 100)).toEqual([]);
  });

  describe("inheritance", () => {
    const nation = ruleSet("nation", "nation", "nation", [answered("duty", [floor("total", 90), floor("share", 60)])]);
    const inherits = { ruleSet: "nation", row: "duty", without: [] };
    const inheriting = (values: readonly FloorRule[], changes: Partial<AnsweredRule> = {}) =>
      ruleSet("city-2026", "city", "city", [answered("review", values, { inherits, ...changes })]);

    test("takes what the row does not state, and says what it took the place of", () => {
      expect(found([inheriting([floor("total", 120), floor("common", 18)]), nation])).toEqual([
        "city-2026/city-2026 review",
        "total 120 from city-2026 over nation",
        "common 18 from city-2026",
        "share 60 from nation",
      ]);
    });

    test("leaves out what does not hold", () => {
      expect(found([inheriting([], { inherits: { ...inherits, without: ["share"] } }), nation])).toEqual([
        "city-2026/city-2026 review",
        "total 90 from nation",
      ]);
    });

    test("goes through several layers", () => {
      const middle = ruleSet("province-2026", "province", "province", [
        answered("duty", [floor("share", 50)], { inherits }),
      ]);
      const near = inheriting([floor("total", 120)], {
        inherits: { ruleSet: "province-2026", row: "duty", without: [] },
      });
      expect(found([near, middle, nation])).toEqual([
        "city-2026/city-2026 review",
        "total 120 from city-2026 over nation",
        "share 50 from province-2026 over nation",
      ]);
    });

    test("takes the version of the farther rules that was known", () => {
      const stricter = ruleSet("nation", "nation", "nation", [answered("duty", [floor("total", 100)])], 50);
      const all = [inheriting([]), nation, stricter];
      expect(found(all, 49)).toContain("total 90 from nation");
      expect(found(all, 50)).toEqual(["city-2026/city-2026 review", "total 100 from nation"]);
      expect(found(all, 49)).toContain("share 60 from nation");
    });

    test("finds nothing where the farther rules were not known", () => {
      expect(found([inheriting([])])).toBe("nothing: nation");
      expect(found([inheriting([], { inherits: { ...inherits, row: "other" } }), nation])).toBe("nothing: nation");
    });
  });
});
