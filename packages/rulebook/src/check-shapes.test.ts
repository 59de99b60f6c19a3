import { describe, expect, test } from "vitest";
import { parseRuleSet } from "./parse-rule-set.ts";
import { problemsOfFiles as load } from "./testing/load-files.ts";

/** Every shape once. */
const TEXT = `id: place-2026
version: "1"
place: zhejiang
layer: province
subjects: [professional, elective]
years: { from: 2026, until: 2027 }
title: rules
citation: &c { document: d, clause: "1" }
provenance: read
publishedOn: 2026-01-01
lastVerifiedOn: 2026-01-01
declarations:
  - id: duty
    title: duty
    when: { kind: annual-duty }
    answer: requirements
    window: { kind: years, count: 3, citation: *c, provenance: read }
    citation: *c
    provenance: read
    requirements:
      - id: total
        kind: floor
        subjects: all
        hours: 90
        eachYear: true
        overrides:
          - { from: 2025, until: 2025, hours: 0, citation: *c, provenance: read }
          - { from: 2026, until: 2026, hours: 45, citation: *c, provenance: read }
        citation: *c
        provenance: read
      - id: share
        kind: ratio
        subjects: [professional]
        of: { subjects: all }
        numerator: 2
        denominator: 3
        citation: *c
        provenance: read
    caps:
      - { id: online, subjects: all, pathways: [online], per: year, hours: 40, citation: *c, provenance: read }
    gates:
      - { id: exam, test: assessed, subjects: all, pathways: [live], withinDays: 7, citation: *c, provenance: read }
    start: { fact: qualified_on, plusYears: 1, citation: *c, provenance: read }
    grants:
      - { code: parental_leave, effect: exemption, citation: *c, provenance: read }
  - id: renewal # carries over
    title: renewal
    when: { kind: registration-renewal }
    answer: requirements
    windowYears: 2
    citation: *c
    provenance: read
    requirements:
      - { id: sum, kind: floor, subjects: all, hours: 90, citation: *c, provenance: read }
    carryOver: { id: carried, subjects: [elective], hours: 10, above: 90, lastMonths: 6, citation: *c, provenance: read }
authorities:
  - { series: "*", mode: regulator, platforms: [register], citation: *c, provenance: read }
sources: []
freshness:
  - { platform: "*", maxAgeHours: 48, citation: *c, provenance: read }
`;

describe("shapes", () => {
  test("are read, with hours in hundredths", () => {
    expect(load({ "a.yaml": TEXT })).toEqual([]);
    const [row, renewal] = parseRuleSet(TEXT).declarations;
    expect(row).toMatchObject({
      window: { kind: "years", count: 3, endsYearsBefore: 0 },
      requirements: [
        {
          id: "total",
          needHundredths: 9000,
          span: { over: "each_year" },
          overrides: [{ needHundredths: 0 }, { needHundredths: 4500 }],
        },
        { id: "share", kind: "ratio", of: { subjects: "all" }, numerator: 2, denominator: 3 },
      ],
      caps: [{ id: "online", per: "year", mostHundredths: 4000, pathways: ["online"] }],
      gates: [{ id: "exam", test: { kind: "assessed", withinDays: 7 } }],
      start: { fact: "qualified_on", plusYears: 1 },
      grants: [{ code: "parental_leave", effect: "exemption" }],
    });
    expect(renewal).toMatchObject({ carryOver: { mostHundredths: 1000, aboveHundredths: 9000, lastMonths: 6 } });
  });

  const cases: [name: string, from: string, to: string, message: RegExp][] = [
    [
      "neither windowYears nor window",
      "    window: { kind: years, count: 3, citation: *c, provenance: read }\n",
      "",
      /either windowYears or window/,
    ],
    [
      "both",
      "    answer: requirements\n",
      "    answer: requirements\n    windowYears: 1\n",
      /either windowYears or window/,
    ],
    [
      "overlapping overrides",
      "{ from: 2026, until: 2026, hours: 45",
      "{ from: 2025, until: 2026, hours: 45",
      /overlaps an earlier override/,
    ],
    [
      "an override that ends before it begins",
      "{ from: 2026, until: 2026, hours: 45",
      "{ from: 2026, until: 2024, hours: 45",
      /from must not be after until/,
    ],
    ["an override of a sum", "        eachYear: true\n", "", /only a yearly need/],
    [
      "a year of a value that is not yearly",
      "        numerator: 2",
      "        fromYear: 2025\n        numerator: 2",
      /need eachYear/,
    ],
    ["a share of more than the whole", "numerator: 2", "numerator: 4", /not be more than the whole/],
    [
      "a subject that the file does not know",
      "subjects: [elective], hours: 10",
      "subjects: [ethics], hours: 10",
      /not among the subjects of this file/,
    ],
    [
      "a subject twice",
      "subjects: [professional, elective]",
      "subjects: [professional, professional]",
      /stands twice|not among/,
    ],
    [
      "a subject that is in no list",
      "subjects: [professional, elective]",
      "subjects: [professional, elective, magic]",
      /"magic" is not in vocabulary/,
    ],
    ["a place that is in no list", "place: zhejiang", "place: atlantis", /"atlantis" is not in vocabulary/],
    ["one id for a cap and a gate", "id: exam", "id: online", /"online" stands twice/],
    [
      "a study year that begins on no day",
      "layer: province",
      "layer: province\nyearStartsOn: 02-30",
      /day of every year/,
    ],
    ["a cap without citation", "hours: 40, citation: *c, provenance: read", "hours: 40, provenance: read", /citation/],
    [
      "no requirement and nothing inherited",
      TEXT.slice(TEXT.indexOf("    requirements:"), TEXT.indexOf("    caps:")),
      "    requirements: []\n",
      /must not be empty/,
    ],
    [
      "a row inherited from nowhere",
      "    requirements:\n",
      "    inherits: { ruleSet: nowhere, row: duty }\n    requirements:\n",
      /inherits from row "duty" of rule set "nowhere", which is not there/,
    ],
    [
      "a row that inherits from itself",
      "    requirements:\n",
      "    inherits: { ruleSet: place-2026, row: duty }\n    requirements:\n",
      /in a circle/,
    ],
  ];
  test.each(cases)("%s is refused", (_, from, to, message) => {
    expect(TEXT).toContain(from);
    const problems = load({ "a.yaml": TEXT.replace(from, to) });
    expect(problems.map((problem) => problem.message).join("\n")).toMatch(message);
    for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
  });

  test("a thirty-first selection of hours is refused", () => {
    const gates = Array.from({ length: 31 }, (_, index) => {
      return `      - { id: g${index}, test: expires, months: 12, subjects: all, pathways: [p${index}], citation: *c, provenance: read }\n`;
    });
    const problems = load({ "a.yaml": TEXT.replace("    gates:\n", `    gates:\n${gates.join("")}`) });
    expect(problems[0]?.message).toMatch(/different selections/);
  });
});

describe("files of one place", () => {
  const later = TEXT.replace("place-2026", "place-2030")
    .replace("{ from: 2026, until: 2027 }", "{ from: 2030, until: 2030 }")
    .replace("{ from: 2025, until: 2025,", "{ from: 2029, until: 2029,")
    .replace("{ from: 2026, until: 2026,", "{ from: 2030, until: 2030,");
  const series = (id: string, code: string) =>
    TEXT.replace("place-2026", id)
      .replace("layer: province", "layer: series")
      .replaceAll(/when: \{ kind: ([a-z-]+) \}/g, `when: { kind: $1, series: [${code}] }`);

  test("years between them are refused, unless the file says why", () => {
    const [problem] = load({ "a.yaml": TEXT, "b.yaml": later });
    expect(problem).toMatchObject({ path: "b.yaml", line: 6 });
    expect(problem?.message).toMatch(/no rule answers for zhejiang from 2028 until 2029/);
    expect(load({ "a.yaml": TEXT, "b.yaml": `${later}gapBefore: not on file\n` })).toEqual([]);
  });

  test("series stand beside each other and beside the place's own, but not twice", () => {
    const beside = { "a.yaml": TEXT, "b.yaml": series("one", "health"), "c.yaml": series("two", "teaching") };
    expect(load(beside)).toEqual([]);
    const twice = load({ ...beside, "d.yaml": series("three", "teaching") });
    expect(twice.map(({ message }) => message)).toEqual([
      "answers for zhejiang in years that c.yaml answers for already",
    ]);
  });

  test("professions stand beside each other, but not twice", () => {
    const profession = (id: string, code: string) => series(id, code).replace("layer: series", "layer: profession");
    const beside = { "a.yaml": profession("one", "surveying"), "b.yaml": profession("two", "tax-agent") };
    expect(load(beside)).toEqual([]);
    const [problem] = load({ ...beside, "c.yaml": profession("three", "tax-agent") });
    expect(problem).toMatchObject({ path: "c.yaml", line: 6, message: expect.stringContaining("b.yaml answers for") });
  });
});
