import { type Declaration, type DeclarationMatch, LEVELS, type Vocabulary } from "@xueshi/domain";
import { matchOf } from "./parse-row.ts";
import type { ValuePath, ValueProblem } from "./read-yaml.ts";
import type { RuleFile } from "./rule-file-schema.ts";

type RowFile = RuleFile["declarations"][number];
type AnsweredFile = Extract<RowFile, { answer: "requirements" }>;

/** Years, both included. */
interface Years {
  readonly from: number;
  readonly until: number;
}

/** So many deferred years before a window can still be due in it. */
const DEFERRALS_MAX = 5;

/**
 * What a file says that can never have an effect, or whose effect no rule says. Asked of files that are loaded to be put
 * in force; a text that was activated earlier is read back without.
 */
export function checkReach(file: RuleFile, vocabulary: Vocabulary): ValueProblem[] {
  return [...checkYears(file), ...checkRows(file), ...checkReached(file, vocabulary)];
}

function checkYears(file: RuleFile): ValueProblem[] {
  const rows = file.declarations.flatMap((row, index) => (row.answer === "requirements" ? [{ row, index }] : []));
  const looked = rows.map(({ row }) => yearsOf(row, file.years));
  const reach = {
    from: Math.min(...looked.map(({ from }) => from)),
    until: Math.max(...looked.map(({ until }) => until)),
  };
  return rows.flatMap(({ row, index }) => [
    ...checkWindow(row, file.years, ["declarations", index, "window", "from"]),
    ...row.requirements.flatMap((value, position) =>
      checkValue(value, reach, ["declarations", index, "requirements", position]),
    ),
  ]);
}

/** Every study year that a row can look at, whoever is asked about in a declaration year of the file. */
function yearsOf({ windowYears = 1, window, grants }: AnsweredFile, { from, until }: Years): Years {
  const earlier = grants.some(({ effect }) => effect === "deferral") ? DEFERRALS_MAX : 0;
  const back = (years: number, last = until): Years => ({ from: from - years - earlier, until: last });
  if (window === undefined) return back(windowYears - 1);
  switch (window.kind) {
    case "years":
      return back(window.endsYearsBefore + window.count - 1, until - window.endsYearsBefore);
    case "since-year":
      return { from: window.from - earlier, until: until - window.endsYearsBefore };
    case "since-fact":
      return back(window.yearsMax - 1);
    // A question is asked in the declaration year or soon after it; the cycle may have begun just then.
    case "cycle":
      return back(window.count, until + window.count);
    case "months":
      return back(Math.ceil(window.count / 12), until + 1);
  }
}

function checkWindow({ window }: AnsweredFile, { from }: Years, at: ValuePath): ValueProblem[] {
  if (window?.kind !== "since-year" || window.from <= from - window.endsYearsBefore) return [];
  return [{ at, message: `is after ${from - window.endsYearsBefore}, where the window of ${from} ends` }];
}

function checkValue(value: AnsweredFile["requirements"][number], reach: Years, at: ValuePath): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const { fromYear, untilYear } = value;
  if (fromYear !== undefined && fromYear > reach.until) {
    problems.push({ at: [...at, "fromYear"], message: `is after ${reach.until}, the last year that is looked at` });
  }
  if (untilYear !== undefined && untilYear < reach.from) {
    problems.push({ at: [...at, "untilYear"], message: `is before ${reach.from}, the first year that is looked at` });
  }
  const overrides = value.kind === "floor" ? (value.overrides ?? []) : [];
  overrides.forEach(({ from, until }, index) => {
    if (from <= reach.until && until >= reach.from) return;
    const message = `touches no year that is looked at, ${reach.from} until ${reach.until}`;
    problems.push({ at: [...at, "overrides", index], message });
  });
  return problems;
}

function checkRows({ place, declarations }: RuleFile): ValueProblem[] {
  return declarations.flatMap((row, index): ValueProblem[] => {
    if (row.answer === "delegated") {
      if (row.toPlace !== place) return [];
      const message = "is this file's own place; name another, or leave it out";
      return [{ at: ["declarations", index, "toPlace"], message }];
    }
    if (row.carryOver === undefined || row.caps.length === 0) return [];
    const message = "stands beside caps; which comes first is not said by any rule on file";
    return [{ at: ["declarations", index, "carryOver"], message }];
  });
}

/** Rows that no declaration reaches because several before them, each of which answers some, answer all of theirs. */
function checkReached({ declarations }: RuleFile, vocabulary: Vocabulary): ValueProblem[] {
  const rows = declarations.map(({ id, when }) => ({ id, when: matchOf(when) }));
  const problems: ValueProblem[] = [];
  rows.forEach((row, index) => {
    const before = new Set<string>();
    for (const facts of everyFacts(row.when, vocabulary)) {
      const first = rows.slice(0, index).find(({ when }) => takes(when, facts));
      if (first === undefined) return;
      before.add(first.id);
    }
    // One row that answers all of them is named where rows are compared two by two.
    if (before.size < 2) return;
    const names = [...before].map((id) => `"${id}"`).join(", ");
    const message = `never answers: rows ${names} before it together match the same declarations`;
    problems.push({ at: ["declarations", index, "when"], message });
  });
  return problems;
}

type Facts = Pick<Declaration, "kind" | "level" | "education" | "series">;

/** All that a row answers. */
function everyFacts(when: DeclarationMatch, vocabulary: Vocabulary): Facts[] {
  const { kind, exceptSeries } = when;
  const levels = when.levels ?? [null, ...LEVELS];
  const educations = when.educations ?? [null, ...vocabulary.educations.map(({ code }) => code)];
  const series = when.series ?? vocabulary.series.map(({ code }) => code);
  return series
    .filter((code) => !exceptSeries?.includes(code))
    .flatMap((code) =>
      levels.flatMap((level) => educations.map((education) => ({ kind, level, education, series: code }))),
    );
}

/** Whether no later row may answer: the row does, or needs a level or an education that is not given. */
function takes({ kind, levels, educations, series, exceptSeries }: DeclarationMatch, facts: Facts): boolean {
  if (kind !== facts.kind) return false;
  if (series?.includes(facts.series) === false || exceptSeries?.includes(facts.series)) return false;
  if (levels !== undefined && facts.level === null) return true;
  if (levels !== undefined && facts.level !== null && !levels.includes(facts.level)) return false;
  return educations === undefined || facts.education === null || educations.includes(facts.education);
}
