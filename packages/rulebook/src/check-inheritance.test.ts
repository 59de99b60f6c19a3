import { describe, expect, test } from "vitest";
import { problemsOfFiles } from "./testing/load-files.ts";

const CITED = "citation: *c, provenance: read";

interface Written {
  readonly id: string;
  readonly years?: string;
  readonly subjects?: string;
  /** Lines of the row, indented as they stand there. */
  readonly row: string;
}

/** A file of one row, `duty`, for one series, whose name begins in line 15. */
function file({ id, years = "2020, until: 2030", subjects = "professional, elective", row }: Written): string {
  return `id: ${id}
version: "1"
place: zhejiang
layer: series
subjects: [${subjects}]
years: { from: ${years} }
title: rules
citation: &c { document: d, clause: "1" }
provenance: read
publishedOn: 2026-01-01
lastVerifiedOn: 2026-01-01
sources: []
freshness: [{ platform: "*", maxAgeHours: 48, ${CITED} }]
declarations:
  - id: duty # of every year
    title: duty
    when: { kind: annual-duty, series: [${id}] }
    answer: requirements
    windowYears: 1
    ${CITED.replace(", ", "\n    ")}
${row}authorities: [{ series: "*", mode: regulator, platforms: [register], ${CITED} }]
`;
}

const floor = (id: string, subjects = "all") =>
  `      - { id: ${id}, kind: floor, subjects: ${subjects}, hours: 90, ${CITED} }\n`;
const cap = (id: string, pathway = "online") =>
  `      - { id: ${id}, subjects: all, pathways: [${pathway}], per: year, hours: 9, ${CITED} }\n`;
const inherits = (without = "") =>
  `    inherits: { ruleSet: arts, row: duty${without === "" ? "" : `, without: [${without}]`} }\n`;

const BASE = `    requirements:\n${floor("total")}${floor("elective", "[elective]")}`;
const HEIR = "    requirements: []\n";

/** Messages about the heir, which all stand at its row's line. */
function heirs(heir: Partial<Written>, base: Partial<Written> = {}): string[] {
  const problems = problemsOfFiles({
    "a.yaml": file({ id: "arts", row: BASE, ...base }),
    "b.yaml": file({ id: "sports", row: inherits() + HEIR, ...heir }),
  });
  for (const { path, line } of problems) expect({ path, line }).toEqual({ path: "b.yaml", line: 15 });
  return problems.map(({ message }) => message);
}

describe("a row that inherits", () => {
  test("takes values from another file", () => {
    expect(heirs({})).toEqual([]);
    expect(heirs({ row: inherits("elective") + HEIR })).toEqual([]);
  });

  test("is refused where the other row is not there, or is in a circle", () => {
    expect(heirs({}, { row: BASE, id: "library" })).toEqual([
      'inherits from row "duty" of rule set "arts", which is not there',
    ]);
    const delegating = file({ id: "arts", row: "" })
      .replace("answer: requirements", "answer: delegated")
      .replace("windowYears: 1", "delegatedTo: somebody");
    expect(problemsOfFiles({ "a.yaml": delegating, "b.yaml": file({ id: "sports", row: inherits() + HEIR }) })).toEqual(
      [
        {
          path: "b.yaml",
          line: 15,
          message: 'inherits from row "duty" of rule set "arts", which delegates and has no values',
        },
      ],
    );
    const circle = problemsOfFiles({ "a.yaml": file({ id: "arts", row: inherits() + HEIR }) });
    expect(circle).toEqual([
      { path: "a.yaml", line: 15, message: 'inherits from row "duty" of rule set "arts" in a circle' },
    ]);
  });

  test("is refused for years for which the other file does not hold", () => {
    const message = (from: number, until: number) =>
      `inherits from row "duty" of rule set "arts", which holds from ${from} until ${until} and not for all years of this file, 2020 until 2030`;
    expect(heirs({}, { years: "2020, until: 2029" })).toEqual([message(2020, 2029)]);
    expect(heirs({}, { years: "2021, until: 2030" })).toEqual([message(2021, 2030)]);
    expect(heirs({ years: "2021, until: 2029" })).toEqual([]);
  });

  test("leaves out only what it would inherit", () => {
    expect(heirs({ row: inherits("ethics") + HEIR })).toEqual([
      'leaves out "ethics", which the rows that it inherits from do not state',
    ]);
  });

  test("knows the subjects of what it inherits, and need not know those of what it leaves out or states itself", () => {
    const foreign =
      'inherits from row "duty" of rule set "arts", whose subject "elective" is not among the subjects of this file';
    expect(heirs({ subjects: "professional" })).toEqual([foreign]);
    expect(heirs({ subjects: "professional", row: inherits("elective") + HEIR })).toEqual([]);
    const own = `${inherits()}    requirements:\n${floor("elective", "[professional]")}`;
    expect(heirs({ subjects: "professional", row: own })).toEqual([]);
  });

  test("states itself what is not inherited", () => {
    const other = `    gates: [{ id: exam, test: assessed, subjects: all, ${CITED} }]
    start: { fact: qualified_on, plusYears: 1, ${CITED} }
    grants: [{ code: leave, effect: exemption, ${CITED} }]
`;
    const caps = `    caps:\n${cap("online")}`;
    expect(heirs({}, { row: BASE + caps + other })).toEqual([
      'inherits from row "duty" of rule set "arts" requirements alone; state here what would be lost, or inherit nothing: cap "online", gate "exam", grant "leave", start',
    ]);
    expect(heirs({ row: inherits() + HEIR + caps + other }, { row: BASE + caps + other })).toEqual([]);
    const carried = `    carryOver: { id: carried, subjects: all, hours: 10, above: 90, ${CITED} }\n`;
    expect(heirs({}, { row: BASE + carried })).toEqual([expect.stringContaining('nothing: carryOver "carried"')]);
  });

  test("has no more different selections than one row may have, what it inherits included", () => {
    const caps = (count: number) =>
      `    caps:\n${Array.from({ length: count }, (_, index) => cap(`c${index}`, `p${index}`)).join("")}`;
    expect(heirs({ row: inherits() + HEIR + caps(28) })).toEqual([]);
    expect(heirs({ row: inherits() + HEIR + caps(29) })).toEqual([
      "has 31 different selections of hours; 30 are possible, those that it inherits included",
    ]);
  });
});

test("a recognition rule set under which no hours are posted is refused", () => {
  const text = file({ id: "arts", row: BASE }).replace("layer: series\n", "layer: series\nrecognition: hangzhou\n");
  expect(problemsOfFiles({ "a.yaml": text })).toEqual([
    { path: "a.yaml", line: 5, message: 'recognition "hangzhou": the ledger posts no hours under it yet' },
  ]);
});
