import type { ProjectedRecord } from "../projection/projected-record.ts";
import { type LocalDate, yearOf } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import type { CompiledAnsweredRule, CompiledRequirement } from "./compile-rule.ts";
import { type Evaluation, evaluateRule } from "./evaluate-rule.ts";
import { type HypotheticalHours, hypotheticalRecord } from "./hypothetical-hours.ts";
import type { RequirementResult } from "./requirement-result.ts";
import type { WindowYear } from "./resolve-window.ts";
import { type EvaluationScope, selectionBits } from "./tally.ts";

/** Hours that would have to be obtained between two dates, both included. */
export interface MissingItem {
  readonly hoursHundredths: number;
  readonly subject: Subject;
  /** A pathway that a rule asks for; null where any will do. */
  readonly pathway: string | null;
  readonly assessed: boolean;
  /** The most that one record of it counts, so that more hours need several; null where nothing limits it. */
  readonly mostPerItemHundredths: number | null;
  readonly year: number;
  readonly from: LocalDate;
  readonly until: LocalDate;
}

/** The least hours with which the requirements would be met. */
export interface MissingHours {
  /** False when no hours can do it any more, such as for a year that has ended; the items are empty then. */
  readonly isPossible: boolean;
  readonly items: readonly MissingItem[];
  readonly totalHundredths: number;
}

/** A sort of hours that could be obtained: the selections that it is in tell it apart. */
interface Sort {
  readonly subject: Subject;
  readonly pathway: string | null;
  readonly assessed: boolean;
  readonly bits: number;
  /** The most that one item of it counts. */
  readonly itemMostHundredths: number | null;
}

interface Step {
  readonly sort: Sort;
  readonly yearIndex: number;
  hundredths: number;
}

/** Every round closes a gap or finds a sort of hours of no use, so there are few; this bounds a mistake. */
const ROUNDS_MAX = 400;
const IMPOSSIBLE: MissingHours = { isPossible: false, items: [], totalHundredths: 0 };

/**
 * Finds the least hours that would meet a row's requirements after `asOf`, in years of the window that have not ended.
 * Each round takes the sort of hours that serves most of what is still missing, as much as the smallest of those gaps;
 * at the end every item is reduced as far as the answer stays `met`, so that no item can be left out or made smaller.
 * Null when nothing is missing.
 */
export function missingHours(
  row: CompiledAnsweredRule,
  scope: EvaluationScope,
  records: readonly ProjectedRecord[],
): MissingHours | null {
  const { asOf, window, platforms } = scope;
  const known = records.filter(({ obtainedOn }) => obtainedOn === null || obtainedOn <= asOf).map(asKnownOn(asOf));
  const end = window.years.at(-1)?.until ?? asOf;
  const later = end > asOf ? { ...scope, asOf: end } : scope;
  const platform = platforms[0] ?? "";
  const evaluate = (steps: readonly Step[]) =>
    evaluateRule(row, later, [...known, ...recordsOf(steps, window.years, asOf, platform, row.ruleSet.recognition)]);
  if (evaluate([]).outcome === "met") return null;
  const steps = search(row, window.years, asOf, evaluate);
  if (steps === null) return IMPOSSIBLE;
  reduce(steps, (some) => evaluate(some).outcome === "met");
  const items = steps
    .filter(({ hundredths }) => hundredths > 0)
    .map((step) => itemOf(step, window.years, asOf))
    .sort((left, right) => left.year - right.year);
  return { isPossible: true, items, totalHundredths: items.reduce((sum, item) => sum + item.hoursHundredths, 0) };
}

/** An assessment that is passed later does not yet count on the day of the question. */
function asKnownOn(asOf: LocalDate) {
  return (record: ProjectedRecord): ProjectedRecord =>
    record.assessedOn !== null && record.assessedOn > asOf ? { ...record, assessedOn: null } : record;
}

function search(
  row: CompiledAnsweredRule,
  years: readonly WindowYear[],
  asOf: LocalDate,
  evaluate: (steps: readonly Step[]) => Evaluation,
): Step[] | null {
  const sorts = sortsOf(row, asOf);
  const steps: Step[] = [];
  const useless = new Set<string>();
  let evaluation = evaluate(steps);
  for (let round = 0; round < ROUNDS_MAX && evaluation.outcome === "not_met"; round += 1) {
    const next = bestStep(row, years, asOf, sorts, useless, evaluation.requirements);
    if (next === null) return null;
    const before = lack(evaluation);
    addStep(steps, next);
    evaluation = evaluate(steps);
    // Where a cap lets no more of it count, or a gate keeps it out, another sort must do.
    if (lack(evaluation) >= before) {
      useless.add(keyOf(next));
      addStep(steps, { ...next, hundredths: -next.hundredths });
      evaluation = evaluate(steps);
    }
  }
  return evaluation.outcome === "met" ? steps : null;
}

function lack({ requirements }: Evaluation): number {
  return requirements.reduce((sum, { gapHundredths }) => sum + gapHundredths, 0);
}

function keyOf({ sort, yearIndex }: Step): string {
  return `${yearIndex}/${sort.bits}`;
}

function addStep(steps: Step[], step: Step): void {
  const same = steps.find(({ sort, yearIndex }) => sort === step.sort && yearIndex === step.yearIndex);
  if (same === undefined) steps.push({ ...step });
  else same.hundredths += step.hundredths;
}

/** The step that serves most of what is missing; of equal ones that which serves most requirements, met ones included. */
function bestStep(
  row: CompiledAnsweredRule,
  years: readonly WindowYear[],
  asOf: LocalDate,
  sorts: readonly Sort[],
  useless: ReadonlySet<string>,
  results: readonly RequirementResult[],
): Step | null {
  let best: { step: Step; served: number; all: number } | null = null;
  for (let yearIndex = 0; yearIndex < years.length; yearIndex += 1) {
    const year = years[yearIndex];
    if (year === undefined || year.until < asOf) continue;
    for (const sort of sorts) {
      if (useless.has(keyOf({ sort, yearIndex, hundredths: 0 }))) continue;
      const gaps = row.requirements.flatMap((each, index) => servedGap(each, results[index], sort, year.year));
      const hundredths = Math.min(...gaps.filter((gap) => gap > 0));
      const served = gaps.filter((gap) => gap > 0).length;
      if (served === 0) continue;
      if (best === null || served > best.served || (served === best.served && gaps.length > best.all)) {
        best = { step: { sort, yearIndex, hundredths }, served, all: gaps.length };
      }
    }
  }
  return best?.step ?? null;
}

/** What a sort of hours in a year would have to add for one requirement: nothing listed when it does not serve it. */
function servedGap(
  { rule, selection, ofSelection }: CompiledRequirement,
  result: RequirementResult | undefined,
  { bits }: Sort,
  year: number,
): number[] {
  if (result === undefined || ((bits >> selection) & 1) === 0) return [];
  const part = result.years === null ? result : result.years.find((each) => each.year === year);
  if (part === undefined) return [];
  if (rule.kind === "floor" || part.gapHundredths === 0 || ((bits >> ofSelection) & 1) === 0)
    return [part.gapHundredths];
  // More of the part is more of the whole, too: x with have + x >= (of + x) * share, and need is of * share.
  const { numerator, denominator } = rule;
  if (numerator === denominator) return [];
  const lacking = part.gapHundredths * denominator;
  const rest = lacking % (denominator - numerator);
  return [(lacking - rest) / (denominator - numerator) + (rest === 0 ? 0 : 1)];
}

/** The sorts of hours that rules tell apart. */
function sortsOf(row: CompiledAnsweredRule, asOf: LocalDate): Sort[] {
  const sorts = new Map<number, Sort>();
  for (const subject of row.ruleSet.subjects) {
    for (const pathway of [null, ...row.bitsByPathway.keys()]) {
      for (const assessed of [false, true]) {
        const bits = selectionBits(row, { subject, pathway, assessedOn: assessed ? asOf : null }, asOf);
        const needsAssessment = row.gates.some(
          ({ rule, selection }) => rule.test.kind === "assessed" && ((bits >> selection) & 1) === 1,
        );
        if (needsAssessment && !assessed) continue;
        const known = sorts.get(bits);
        if (known !== undefined) continue;
        sorts.set(bits, { subject, pathway, assessed, bits, itemMostHundredths: itemMost(row, bits) });
      }
    }
  }
  return [...sorts.values()];
}

function itemMost({ caps }: CompiledAnsweredRule, bits: number): number | null {
  const most = caps
    .filter(({ rule, selection }) => rule.per === "item" && ((bits >> selection) & 1) === 1)
    .map(({ rule }) => rule.mostHundredths);
  return most.length === 0 ? null : Math.min(...most);
}

function recordsOf(
  steps: readonly Step[],
  years: readonly WindowYear[],
  asOf: LocalDate,
  platform: string,
  recognition: string,
): ProjectedRecord[] {
  const hours = steps.flatMap((step) => asHours(itemOf(step, years, asOf)));
  return hours.map((each, index) => hypotheticalRecord(each, index, platform, recognition));
}

/** An item as hours that could be registered: in several pieces where a cap limits one. */
export function asHours(item: MissingItem): HypotheticalHours[] {
  const pieces: HypotheticalHours[] = [];
  const mostHundredths = item.mostPerItemHundredths ?? item.hoursHundredths;
  for (let left = item.hoursHundredths; left > 0; left -= mostHundredths) {
    pieces.push({
      hoursHundredths: Math.min(left, mostHundredths),
      subject: item.subject,
      obtainedOn: item.from,
      attributedYear: item.year,
      pathway: item.pathway,
      assessedOn: item.assessed ? item.from : null,
    });
  }
  return pieces;
}

function itemOf({ sort, yearIndex, hundredths }: Step, years: readonly WindowYear[], asOf: LocalDate): MissingItem {
  const year = years[yearIndex];
  const { subject, pathway, assessed } = sort;
  const from = year === undefined || year.from < asOf ? asOf : year.from;
  return {
    hoursHundredths: hundredths,
    subject,
    pathway,
    assessed,
    mostPerItemHundredths: sort.itemMostHundredths,
    year: year?.year ?? yearOf(asOf),
    from,
    until: year?.until ?? asOf,
  };
}

/** Makes each step as small as it can be while all of them together still meet the requirements; the last ones first. */
function reduce(steps: Step[], isMet: (steps: readonly Step[]) => boolean): void {
  for (const step of steps.toReversed()) {
    let [tooLittle, enough] = [-1, step.hundredths];
    while (enough - tooLittle > 1) {
      const middle = Math.floor((tooLittle + enough) / 2);
      step.hundredths = middle;
      if (isMet(steps)) enough = middle;
      else tooLittle = middle;
    }
    step.hundredths = enough;
  }
}
