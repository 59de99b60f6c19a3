import { expect, test } from "vitest";
import { CITED, exampleRow } from "../testing/rule-examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import { checkRequirement } from "./check-requirement.ts";
import type { FloorRule } from "./requirement-rule.ts";
import type { ResolvedWindow, WindowYear } from "./resolve-window.ts";

function year(number: number, dueYears: readonly number[]): WindowYear {
  const [from, until] = [`${number}-01-01` as LocalDate, `${number}-12-31` as LocalDate];
  return { year: number, from, until, dueYears, because: null };
}

/** Each year that is asked as `have of need`, without any hours. */
function needs(fields: Partial<FloorRule>, years: readonly WindowYear[]): (number | [number, number][])[] {
  const rule: FloorRule = { id: "total", kind: "floor", subjects: "all", needHundredths: 90, ...CITED, ...fields };
  const { row } = exampleRow({ requirements: [rule] });
  const [requirement] = row.requirements;
  if (requirement === undefined) throw new Error("There is one.");
  const day = "2024-01-01" as LocalDate;
  const window: ResolvedWindow = { years, byAttributedYear: true, before: { from: day, until: day } };
  const result = checkRequirement(requirement, window, { hundredths: years.map(() => 0), selections: 1 });
  return [result.gapHundredths, (result.years ?? []).map((each) => [each.year, each.needHundredths])];
}

const overrides = [{ from: 2024, until: 2024, needHundredths: 0, ...CITED }];

test("a deferred need keeps the value of its own year", () => {
  const years = [year(2023, []), year(2024, [2023, 2024])];
  expect(needs({ span: { over: "each_year" }, overrides }, years)).toEqual([
    90,
    [
      [2023, 0],
      [2024, 90],
    ],
  ]);
  expect(needs({ perYear: true, overrides }, years)).toEqual([90, []]);
});

test("a need that is asked of some years only is asked where it falls due, and no other is", () => {
  const years = [year(2025, []), year(2026, [2025, 2026])];
  expect(needs({ span: { over: "each_year", until: 2025 } }, years)).toEqual([
    90,
    [
      [2025, 0],
      [2026, 90],
    ],
  ]);
  expect(needs({ span: { over: "each_year", from: 2026 } }, years)).toEqual([90, [[2026, 90]]]);
});
