import type { ProjectedRecord } from "../projection/projected-record.ts";
import { type LocalDate, yearOf } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import type { CompiledAnsweredRule, CompiledRequirement } from "./compile-rule.ts";
import { type Evaluation, evaluateRule } from "./evaluate-rule.ts";
import { type HypotheticalHours, hypotheticalRecord } from "./hypothetical-hours.ts";
import { lowerBound } from "./missing-hours-bound.ts";
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

/** Hours with which the requirements would be met. */
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
  /** The most that one item of it counts, and the least with which one counts at all. */
  readonly itemMostHundredths: number | null;
  readonly itemLeastHundredths: number;
}

interface Step {
  readonly sort: Sort;
  readonly yearIndex: number;
  hundredths: number;
}

/** What a search looks at. */
interface Search {
  readonly row: CompiledAnsweredRule;
  readonly years: readonly WindowYear[];
  readonly asOf: LocalDate;
  /** The day as of which hours are judged that are obtained until then. */
  readonly judgedOn: LocalDate;
  readonly sorts: readonly Sort[];
  readonly evaluate: (steps: readonly Step[]) => Evaluation;
  /** Whether so much was looked at already that no other way is tried. */
  readonly isTired: () => boolean;
}

/** Every round closes a gap or finds a sort of hours of no use, so there are few; this bounds a mistake. */
const ROUNDS_MAX = 256;
const PASSES_MAX = 5;
/** Records looked at in all evaluations, after which the best way so far is taken: it is met, though maybe not the least. */
const LOOKED_AT_MAX = 150_000;
/** More records than this for one sort of hours are no advice to anybody. */
const PIECES_MAX = 256;
const IMPOSSIBLE: MissingHours = { isPossible: false, items: [], totalHundredths: 0 };

/**
 * Finds the least hours that would meet a row's requirements after `asOf`, in years of the window that have not ended; null
 * when they are met as of `asOf`. Each round takes the sort of hours that serves most of what is missing, as much as the
 * smallest of those gaps; at the end no item can be left out or made smaller. Where groups of subjects lie within one
 * another or apart, as in every rule file, that is the least there is; else several ways are tried and the best is given.
 */
export function missingHours(
  row: CompiledAnsweredRule,
  scope: EvaluationScope,
  records: readonly ProjectedRecord[],
): MissingHours | null {
  const { asOf, window, platforms } = scope;
  if (evaluateRule(row, scope, records).outcome === "met") return null;
  const known = records.filter(({ obtainedOn }) => obtainedOn === null || obtainedOn <= asOf).map(asKnownOn(asOf));
  const judgedOn = lastDayToJudge(row, window.years, asOf);
  const judged = { ...scope, asOf: judgedOn };
  const { recognition } = row.ruleSet;
  let lookedAt = 0;
  const evaluate = (steps: readonly Step[]) => {
    const hypothetical = recordsOf(steps, window.years, asOf, platforms[0] ?? "", recognition);
    lookedAt += known.length + hypothetical.length;
    return evaluateRule(row, judged, [...known, ...hypothetical]);
  };
  const isTired = () => lookedAt > LOOKED_AT_MAX;
  const search = { row, years: window.years, asOf, judgedOn, sorts: sortsOf(row, asOf), evaluate, isTired };
  const steps = leastSteps(search);
  if (steps === null) return IMPOSSIBLE;
  const items = steps
    .filter(({ hundredths }) => hundredths > 0)
    .map((step) => itemOf(step, window.years, asOf))
    .sort((left, right) => left.year - right.year);
  return { isPossible: true, items, totalHundredths: totalOf(steps) };
}

/** The end of the window, so that later years count as well; where hours expire, the day of the question. */
function lastDayToJudge({ gates }: CompiledAnsweredRule, years: readonly WindowYear[], asOf: LocalDate): LocalDate {
  const end = years.at(-1)?.until ?? asOf;
  return end > asOf && gates.every(({ rule }) => rule.test.kind !== "expires") ? end : asOf;
}

/** An assessment that is passed later does not yet count on the day of the question. */
function asKnownOn(asOf: LocalDate) {
  return (record: ProjectedRecord): ProjectedRecord =>
    record.assessedOn !== null && record.assessedOn > asOf ? { ...record, assessedOn: null } : record;
}

/** The best of several ways, each of which prefers one sort of hours; the first that is as low as can be is taken. */
function leastSteps(search: Search): Step[] | null {
  const least = lowerBound(search.row, search.evaluate([]).requirements, search.sorts);
  let best: Step[] | null = null;
  for (const preferred of [null, ...search.sorts]) {
    const steps = findSteps(search, preferred);
    if (steps === null) continue;
    reduce(steps, (some) => search.evaluate(some).outcome === "met");
    if (best === null || totalOf(steps) < totalOf(best)) best = steps;
    if (totalOf(best) <= least || search.isTired()) break;
  }
  return best;
}

function totalOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { hundredths }) => sum + hundredths, 0);
}

function findSteps(search: Search, preferred: Sort | null): Step[] | null {
  const steps: Step[] = [];
  const useless = new Set<string>();
  let evaluation = search.evaluate(steps);
  for (let round = 0; round < ROUNDS_MAX && evaluation.outcome === "not_met"; round += 1) {
    const next = bestStep(search, preferred, useless, evaluation.requirements);
    if (next === null) return null;
    addStep(steps, next.step);
    const after = search.evaluate(steps);
    if (lackOf(after, next.served) < lackOf(evaluation, next.served)) {
      useless.clear();
      evaluation = after;
    } else {
      // A cap lets no more of it count, or a gate keeps it out: another sort must do.
      useless.add(keyOf(next.step));
      addStep(steps, { ...next.step, hundredths: -next.step.hundredths });
    }
  }
  return evaluation.outcome === "met" ? steps : null;
}

/** What some requirements lack together; others may rise meanwhile, such as a share of a growing whole. */
function lackOf({ requirements }: Evaluation, indexes: readonly number[]): number {
  return indexes.reduce((sum, index) => sum + (requirements[index]?.gapHundredths ?? 0), 0);
}

function keyOf({ sort, yearIndex }: Step): string {
  return `${yearIndex}/${sort.bits}`;
}

function addStep(steps: Step[], step: Step): void {
  const same = steps.find(({ sort, yearIndex }) => sort === step.sort && yearIndex === step.yearIndex);
  if (same === undefined) steps.push({ ...step });
  else same.hundredths += step.hundredths;
}

interface RankedStep {
  readonly step: Step;
  /** Indexes of the requirements that are not met and that it serves. */
  readonly served: readonly number[];
  readonly rank: number;
}

/** The step that serves most of what is missing; of equal ones that which serves most requirements, met ones included. */
function bestStep(
  { row, years, asOf, judgedOn, sorts }: Search,
  preferred: Sort | null,
  useless: ReadonlySet<string>,
  results: readonly RequirementResult[],
): RankedStep | null {
  let best: RankedStep | null = null;
  for (let yearIndex = 0; yearIndex < years.length; yearIndex += 1) {
    const year = years[yearIndex];
    if (year === undefined || year.until < asOf || year.from > judgedOn) continue;
    for (const sort of sorts) {
      if (useless.has(keyOf({ sort, yearIndex, hundredths: 0 }))) continue;
      const candidate = rankStep(row, sort, yearIndex, year.year, results, sort === preferred);
      if (candidate !== null && (best === null || candidate.rank > best.rank)) best = candidate;
    }
  }
  return best;
}

function rankStep(
  row: CompiledAnsweredRule,
  sort: Sort,
  yearIndex: number,
  year: number,
  results: readonly RequirementResult[],
  isPreferred: boolean,
): RankedStep | null {
  const served: number[] = [];
  let [all, smallest] = [0, Number.POSITIVE_INFINITY];
  row.requirements.forEach((each, index) => {
    const gap = servedGap(each, results[index], sort, year);
    if (gap === null) return;
    all += 1;
    if (gap === 0) return;
    served.push(index);
    smallest = Math.min(smallest, gap);
  });
  if (served.length === 0) return null;
  const hundredths = Math.max(smallest, sort.itemLeastHundredths);
  if (sort.itemMostHundredths !== null && hundredths > sort.itemMostHundredths * PIECES_MAX) return null;
  const rank = (isPreferred ? 1_000_000 : 0) + served.length * 1_000 + all;
  return { step: { sort, yearIndex, hundredths }, served, rank };
}

/** What a sort of hours in a year would have to add for one requirement; null when it does not serve it. */
function servedGap(
  { rule, selection, ofSelection }: CompiledRequirement,
  result: RequirementResult | undefined,
  { bits }: Sort,
  year: number,
): number | null {
  if (result === undefined || ((bits >> selection) & 1) === 0) return null;
  const part = result.years === null ? result : result.years.find((each) => each.year === year);
  if (part === undefined) return null;
  if (rule.kind === "floor" || part.gapHundredths === 0 || ((bits >> ofSelection) & 1) === 0) return part.gapHundredths;
  // More of the part is more of the whole, too: x with have + x >= (of + x) * share, and need is of * share.
  const { numerator, denominator } = rule;
  if (numerator === denominator) return null;
  const lacking = part.gapHundredths * denominator;
  const rest = lacking % (denominator - numerator);
  return (lacking - rest) / (denominator - numerator) + (rest === 0 ? 0 : 1);
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
        const itemLeastHundredths = itemLeast(row, bits);
        sorts.set(bits, {
          subject,
          pathway,
          assessed,
          bits,
          itemMostHundredths: itemMost(row, bits),
          itemLeastHundredths,
        });
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

function itemLeast({ gates }: CompiledAnsweredRule, bits: number): number {
  return gates.reduce((least, { rule, selection }) => {
    const concerns = rule.test.kind === "item_minimum" && ((bits >> selection) & 1) === 1;
    return concerns && rule.test.kind === "item_minimum" ? Math.max(least, rule.test.leastHundredths) : least;
  }, 0);
}

function recordsOf(
  steps: readonly Step[],
  years: readonly WindowYear[],
  asOf: LocalDate,
  platform: string,
  recognition: string,
): ProjectedRecord[] {
  const wanted = steps.filter(({ hundredths }) => hundredths > 0);
  const hours = wanted.flatMap((step) => asHours(itemOf(step, years, asOf)));
  return hours.map((each, index) => hypotheticalRecord(each, index, platform, recognition));
}

/** An item as hours that could be registered: in several pieces, as even as can be, where a cap limits one. */
export function asHours(item: MissingItem): HypotheticalHours[] {
  const { hoursHundredths, mostPerItemHundredths } = item;
  const pieces = mostPerItemHundredths === null ? 1 : Math.ceil(hoursHundredths / mostPerItemHundredths);
  const rest = hoursHundredths % pieces;
  return Array.from({ length: pieces }, (_, index) => ({
    hoursHundredths: (hoursHundredths - rest) / pieces + (index < rest ? 1 : 0),
    subject: item.subject,
    obtainedOn: item.from,
    attributedYear: item.year,
    pathway: item.pathway,
    assessedOn: item.assessed ? item.from : null,
  }));
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

/** Makes each step as small as it can be while all of them together still do, until no pass makes any smaller. */
function reduce(steps: readonly Step[], isMet: (steps: readonly Step[]) => boolean): void {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const before = totalOf(steps);
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
    if (totalOf(steps) === before) return;
  }
}
