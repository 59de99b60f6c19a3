import type { Selection } from "@xueshi/domain";
import type { ValuePath, ValueProblem } from "./read-yaml.ts";
import type { RuleFile } from "./rule-file-schema.ts";

type RowFile = Extract<RuleFile["declarations"][number], { answer: "requirements" }>;
type Requirement = RowFile["requirements"][number];

/** As many different selections as one row may have; the engine tells them apart by bits of one number. */
const SELECTIONS_MAX = 30;

/** What is wrong between the values of one answered row. `at` is where it stands. */
export function checkRow(file: RuleFile, row: RowFile, at: ValuePath): ValueProblem[] {
  return [
    ...checkWindow(row, at),
    ...checkIds(row, at),
    ...row.requirements.flatMap((value, index) => checkSpan(value, [...at, "requirements", index])),
    ...checkSubjects(file, row, at),
  ];
}

function checkWindow(row: RowFile, at: ValuePath): ValueProblem[] {
  const problems: ValueProblem[] = [];
  if ((row.windowYears === undefined) === (row.window === undefined)) {
    problems.push({ at, message: "must say either windowYears or window" });
  }
  if (row.requirements.length === 0 && row.inherits === undefined) {
    problems.push({ at: [...at, "requirements"], message: "must not be empty where nothing is inherited" });
  }
  return problems;
}

function checkIds(row: RowFile, at: ValuePath): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const lists = { requirements: row.requirements, caps: row.caps, gates: row.gates };
  const seen = new Set<string>();
  for (const [list, values] of Object.entries(lists)) {
    values.forEach(({ id }, index) => {
      if (seen.has(id)) {
        const message = `${list === "requirements" ? "requirement " : ""}"${id}" stands twice in this row`;
        problems.push({ at: [...at, list, index, "id"], message });
      }
      seen.add(id);
    });
  }
  row.grants.forEach(({ code }, index) => {
    if (row.grants.findIndex((other) => other.code === code) === index) return;
    problems.push({ at: [...at, "grants", index, "code"], message: `grant "${code}" stands twice in this row` });
  });
  return problems;
}

function checkSpan(value: Requirement, at: ValuePath): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const { eachYear, fromYear, untilYear } = value;
  if (eachYear === undefined && (fromYear !== undefined || untilYear !== undefined)) {
    problems.push({ at, message: "fromYear and untilYear need eachYear: true" });
  }
  if (fromYear !== undefined && untilYear !== undefined && fromYear > untilYear) {
    problems.push({ at: [...at, "fromYear"], message: "must not be after untilYear" });
  }
  if (value.kind === "ratio") {
    if (value.numerator > value.denominator) problems.push({ at, message: "a share must not be more than the whole" });
    return problems;
  }
  if (eachYear !== undefined && value.perYear !== undefined) {
    problems.push({ at: [...at, "perYear"], message: "is for a sum over the window; eachYear is yearly already" });
  }
  value.overrides?.forEach((override, index) => {
    const place = [...at, "overrides", index];
    if (eachYear === undefined && value.perYear === undefined) {
      problems.push({ at: place, message: "only a yearly need (eachYear or perYear) can be another in some years" });
    }
    if (override.from > override.until) problems.push({ at: place, message: "from must not be after until" });
    const earlier = value.overrides?.slice(0, index) ?? [];
    if (earlier.some((other) => other.from <= override.until && override.from <= other.until)) {
      problems.push({ at: place, message: "overlaps an earlier override of this value" });
    }
  });
  return problems;
}

function checkSubjects({ subjects }: RuleFile, row: RowFile, at: ValuePath): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const selections: Selection[] = [];
  const look = (value: Selection, place: ValuePath): void => {
    selections.push(value);
    if (value.subjects === "all") return;
    value.subjects.forEach((code, index) => {
      if (subjects.includes(code)) return;
      const message = `subject "${code}" is not among the subjects of this file`;
      problems.push({ at: [...place, "subjects", index], message });
    });
  };
  row.requirements.forEach((value, index) => {
    look(value, [...at, "requirements", index]);
    if (value.kind === "ratio") look(value.of, [...at, "requirements", index, "of"]);
  });
  row.caps.forEach((value, index) => {
    look(value, [...at, "caps", index]);
  });
  row.gates.forEach((value, index) => {
    look(value, [...at, "gates", index]);
  });
  if (row.carryOver !== undefined) look(row.carryOver, [...at, "carryOver"]);
  const tooMany = tooManySelections(selections);
  if (tooMany !== null) problems.push({ at, message: tooMany });
  return problems;
}

/** What is wrong with the number of different selections of one row; null where nothing is. */
export function tooManySelections(selections: readonly Selection[]): string | null {
  const different = new Set(
    selections.map(({ subjects, pathways, assessed }) =>
      JSON.stringify([subjects, pathways ?? null, assessed ?? null]),
    ),
  );
  if (different.size <= SELECTIONS_MAX) return null;
  return `has ${different.size} different selections of hours; ${SELECTIONS_MAX} are possible`;
}
