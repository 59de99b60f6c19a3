import type { CompiledRequirement } from "./compile-rule.ts";
import type { RequirementResult, YearlyResult } from "./requirement-result.ts";
import type { FloorRule, RatioRule, RequirementRule } from "./requirement-rule.ts";
import type { ResolvedWindow, WindowYear } from "./resolve-window.ts";

/** Counted hundredths by study year of the window and selection: `sums[year * selections + selection]`. */
export interface SelectionSums {
  readonly hundredths: readonly number[];
  readonly selections: number;
}

/** Checks one requirement against the counted hours of a window. */
export function checkRequirement(
  requirement: CompiledRequirement,
  window: ResolvedWindow,
  sums: SelectionSums,
): RequirementResult {
  return requirement.rule.span?.over === "each_year"
    ? checkEachYear(requirement, window, sums)
    : checkWindow(requirement, window, sums);
}

function checkWindow(
  { rule, selection, ofSelection, origin }: CompiledRequirement,
  window: ResolvedWindow,
  sums: SelectionSums,
): RequirementResult {
  const haveHundredths = sumOf(sums, selection);
  const needHundredths =
    rule.kind === "floor"
      ? needOfWindow(rule, window.years)
      : window.years.some(({ dueYears }) => dueYears.length > 0)
        ? shareOf(rule, sumOf(sums, ofSelection))
        : 0;
  const gapHundredths = needHundredths > haveHundredths ? needHundredths - haveHundredths : 0;
  return {
    rule,
    origin,
    haveHundredths,
    needHundredths,
    gapHundredths,
    outcome: gapHundredths === 0 ? "met" : "not_met",
    years: null,
    until: lastOf(window).until,
  };
}

function checkEachYear(
  { rule, selection, ofSelection, origin }: CompiledRequirement,
  window: ResolvedWindow,
  { hundredths, selections }: SelectionSums,
): RequirementResult {
  const { from = 0, until = Number.POSITIVE_INFINITY } = rule.span?.over === "each_year" ? rule.span : {};
  const years: YearlyResult[] = [];
  let [haveSum, needSum, gapSum] = [0, 0, 0];
  let untilDay = lastOf(window).until;
  for (let index = 0; index < window.years.length; index += 1) {
    const year = window.years[index];
    if (year === undefined) continue;
    const isAsked = (year.year >= from && year.year <= until) || hasDeferred(rule, year);
    if (!isAsked) continue;
    const haveHundredths = hundredths[index * selections + selection] ?? 0;
    const needHundredths =
      rule.kind === "floor"
        ? needOfYears(rule, year.dueYears)
        : year.dueYears.some((due) => due >= from && due <= until)
          ? shareOf(rule, hundredths[index * selections + ofSelection] ?? 0)
          : 0;
    const gapHundredths = Math.max(0, needHundredths - haveHundredths);
    if (gapHundredths > 0 && gapSum === 0) untilDay = year.until;
    haveSum += haveHundredths;
    needSum += needHundredths;
    gapSum += gapHundredths;
    years.push({ year: year.year, haveHundredths, needHundredths, gapHundredths });
  }
  return {
    rule,
    origin,
    haveHundredths: haveSum,
    needHundredths: needSum,
    gapHundredths: gapSum,
    outcome: gapSum === 0 ? "met" : "not_met",
    years,
    until: untilDay,
  };
}

/** The least whole number of hundredths that is at least the share. */
function shareOf({ numerator, denominator }: RatioRule, ofHundredths: number): number {
  const product = ofHundredths * numerator;
  const rest = product % denominator;
  return rest === 0 ? product / denominator : (product - rest) / denominator + 1;
}

function needOfWindow(rule: FloorRule, years: readonly WindowYear[]): number {
  if (rule.perYear !== true) return rule.needHundredths;
  let need = 0;
  for (const { dueYears } of years) need += needOfYears(rule, dueYears);
  return need;
}

/** A need that was deferred out of the years that are asked is asked where it falls due. */
function hasDeferred(rule: RequirementRule, { year, dueYears }: WindowYear): boolean {
  return rule.kind === "floor" && dueYears.some((due) => due !== year) && needOfYears(rule, dueYears) > 0;
}

/** What is due in one year: its own need, and those that were deferred into it, each as it was in its own year. */
function needOfYears(rule: FloorRule, dueYears: readonly number[]): number {
  const { from = 0, until = Number.POSITIVE_INFINITY } = rule.span?.over === "each_year" ? rule.span : {};
  let need = 0;
  for (const year of dueYears) if (year >= from && year <= until) need += needOfYear(rule, year);
  return need;
}

/** The need of one year: that of the last override that names it, else the rule's own. */
function needOfYear({ needHundredths, overrides }: FloorRule, year: number): number {
  const override = overrides?.findLast(({ from, until }) => year >= from && year <= until);
  return override?.needHundredths ?? needHundredths;
}

function sumOf({ hundredths, selections }: SelectionSums, selection: number): number {
  let sum = 0;
  for (let cell = selection; cell < hundredths.length; cell += selections) sum += hundredths[cell] ?? 0;
  return sum;
}

function lastOf({ years }: ResolvedWindow): WindowYear {
  const last = years.at(-1);
  if (last === undefined) throw new RangeError("A window has at least one year.");
  return last;
}
