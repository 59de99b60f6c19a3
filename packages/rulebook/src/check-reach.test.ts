import { describe, expect, test } from "vitest";
import { parseRuleSet } from "./parse-rule-set.ts";
import { problemsOfFiles } from "./testing/load-files.ts";

const CITED = "citation: *c, provenance: read";

/** A file of these rows that answers for 2025 and 2026; the first row begins in line 14. */
const file = (rows: string) => `id: place-2026
version: "1"
place: zhejiang
subjects: [professional]
years: { from: 2025, until: 2026 }
title: rules
citation: &c { document: d, clause: "1" }
provenance: read
publishedOn: 2026-01-01
lastVerifiedOn: 2026-01-01
sources: []
freshness: [{ platform: "*", maxAgeHours: 48, ${CITED} }]
declarations:
${rows}authorities: [{ series: "*", mode: regulator, platforms: [register], ${CITED} }]
`;

/** A row with one value that is asked of each year; its window stands in line 18, the value in line 22. */
function row(window: string, value = "", more = "", when = "kind: annual-duty", id = "duty"): string {
  return `  - id: ${id}
    title: duty
    when: { ${when} }
    answer: requirements
    ${window}
    ${CITED.replace(", ", "\n    ")}
    requirements:
      - { id: yearly, kind: floor, subjects: all, eachYear: true, hours: 90, ${CITED}${value} }
${more}`;
}

const problemsOf = (rows: string) => problemsOfFiles({ "a.yaml": file(rows) });
const window = (fields: string) => `window: { ${fields}, ${CITED} }`;
const override = (year: number) => `, overrides: [{ from: ${year}, until: ${year}, hours: 0, ${CITED} }]`;
const deferral = `    grants: [{ code: leave, effect: deferral, ${CITED} }]\n`;

describe("a year that no row looks at is refused", () => {
  const windows: [name: string, window: string, first: number, last: number, more?: string][] = [
    ["the declaration year", "windowYears: 1", 2025, 2026],
    ["years before it", "windowYears: 3", 2023, 2026],
    ["years that end before it", window("kind: years, count: 2, endsYearsBefore: 1"), 2023, 2025],
    ["a window since a year", window("kind: since-year, from: 2020"), 2020, 2026],
    ["a window since a fact", window("kind: since-fact, fact: qualified_on, plusYears: 0, yearsMax: 4"), 2022, 2026],
    ["a person's cycle", window("kind: cycle, fact: cycle_started_on, count: 3"), 2022, 2029],
    ["months", window("kind: months, count: 18"), 2023, 2027],
    ["deferred years", "windowYears: 1", 2020, 2026, deferral],
  ];

  test.each(windows)("by %s", (_, of, first, last, more = "") => {
    const at = { path: "a.yaml", line: 22 };
    expect(problemsOf(row(of, `, fromYear: ${last}`, more))).toEqual([]);
    expect(problemsOf(row(of, `, fromYear: ${last + 1}`, more))).toEqual([
      { ...at, message: `declarations.0.requirements.0.fromYear: is after ${last}, the last year that is looked at` },
    ]);
    expect(problemsOf(row(of, `, untilYear: ${first}`, more))).toEqual([]);
    expect(problemsOf(row(of, `, untilYear: ${first - 1}`, more))).toEqual([
      {
        ...at,
        message: `declarations.0.requirements.0.untilYear: is before ${first}, the first year that is looked at`,
      },
    ]);
    for (const year of [first, last]) expect(problemsOf(row(of, override(year), more))).toEqual([]);
    for (const year of [first - 1, last + 1]) {
      expect(problemsOf(row(of, override(year), more))).toEqual([
        {
          ...at,
          message: `declarations.0.requirements.0.overrides.0: touches no year that is looked at, ${first} until ${last}`,
        },
      ]);
    }
  });

  test("unless another row of the file looks at it", () => {
    const longer = row("windowYears: 10", "", "", "kind: initial-determination", "longer");
    expect(problemsOf(row("windowYears: 1", override(2017)) + longer)).toEqual([]);
  });

  test("and a window that begins after the year in which it would end", () => {
    expect(problemsOf(row(window("kind: since-year, from: 2025")))).toEqual([]);
    expect(problemsOf(row(window("kind: since-year, from: 2026")))).toEqual([
      { path: "a.yaml", line: 18, message: "declarations.0.window.from: is after 2025, where the window of 2025 ends" },
    ]);
    expect(problemsOf(row(window("kind: since-year, from: 2024, endsYearsBefore: 1")))).toEqual([]);
    expect(problemsOf(row(window("kind: since-year, from: 2025, endsYearsBefore: 1")))).toHaveLength(1);
  });
});

test("carryOver beside caps is refused", () => {
  const caps = `    caps: [{ id: online, subjects: all, pathways: [online], per: year, hours: 9, ${CITED} }]\n`;
  const carried = `    carryOver: { id: carried, subjects: all, hours: 10, above: 90, ${CITED} }\n`;
  expect(problemsOf(row("windowYears: 1", "", caps))).toEqual([]);
  expect(problemsOf(row("windowYears: 1", "", carried))).toEqual([]);
  expect(problemsOf(row("windowYears: 1", "", caps + carried))).toEqual([
    {
      path: "a.yaml",
      line: 24,
      message: "declarations.0.carryOver: stands beside caps; which comes first is not said by any rule on file",
    },
  ]);
});

test("a row that sends a question back to its own place is refused", () => {
  const delegated = (place: string) => `  - id: senior
    title: senior
    when: { kind: review }
    answer: delegated
    delegatedTo: somebody
    toPlace: ${place}
    ${CITED.replace(", ", "\n    ")}
`;
  expect(problemsOf(delegated("china"))).toEqual([]);
  expect(problemsOf(delegated("zhejiang"))).toEqual([
    {
      path: "a.yaml",
      line: 19,
      message: "declarations.0.toPlace: is this file's own place; name another, or leave it out",
    },
  ]);
});

describe("a row that rows before it answer together", () => {
  const rows = (...matches: string[]) =>
    matches.map((when, index) => row("windowYears: 1", "", "", `kind: review${when}`, `row-${index}`)).join("");
  const together = (count: number) => [
    {
      path: "a.yaml",
      line: 16 + 9 * count,
      message: `declarations.${count}.when: never answers: rows ${Array.from({ length: count }, (_, index) => `"row-${index}"`).join(", ")} before it together match the same declarations`,
    },
  ];

  test.each([
    ["levels", 2, [", levels: [junior]", ", levels: [intermediate]", ", levels: [junior, intermediate]"]],
    ["every level", 2, [", levels: [junior, intermediate]", ", levels: [senior, full-senior]", ""]],
    [
      "educations",
      2,
      [
        ", educations: [high-school, secondary-vocational, college]",
        ", educations: [bachelor, master, doctor]",
        ", series: [arts]",
      ],
    ],
    ["what is named and the rest", 2, [", series: [surveying]", "", ", series: [surveying, arts]"]],
  ])("%s", (_, count, matches) => {
    expect(problemsOf(rows(...matches))).toEqual(together(count));
  });

  test.each([
    ["one level is left", [", levels: [junior]", ", levels: [intermediate]", ", levels: [junior, senior]"]],
    ["one series is left", [", series: [arts]", ", series: [sports]", ""]],
    ["a profession is left, which only rows that name it answer for", ["", ", series: [surveying]"]],
    ["one level of one series is left", [", levels: [junior]", ", series: [arts]", ", levels: [junior, senior]"]],
  ])("answers where %s", (_, matches) => {
    expect(problemsOf(rows(...matches))).toEqual([]);
  });
});

test("a text that was activated earlier stays readable", () => {
  const text = file(row("windowYears: 1", override(2001)));
  expect(parseRuleSet(text).declarations).toHaveLength(1);
});
