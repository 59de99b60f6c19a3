import { addDays, addMonths, type LocalDate, yearOf } from "../values/local-date.ts";
import type { DutyStart, GrantRule, PersonFact, WindowRule } from "./requirement-rule.ts";
import type { Declaration } from "./rule-set.ts";

/** One study year of a window; both dates are included. */
export interface WindowYear {
  /** The calendar year, or for years of another kind the one in which it begins. */
  readonly year: number;
  readonly from: LocalDate;
  readonly until: LocalDate;
  /** The years whose yearly needs fall due in it: none before the duty began or when waived, two after a deferral. */
  readonly dueYears: readonly number[];
  /** The grant that changed it, or `before_start`; null for a plain year. */
  readonly because: string | null;
}

export interface ResolvedWindow {
  readonly years: readonly WindowYear[];
  /** Whether the attributed year tells where hours belong; else the date on which they were obtained does. */
  readonly byAttributedYear: boolean;
  /** The window before this one, for hours that are carried over. */
  readonly before: { readonly from: LocalDate; readonly until: LocalDate };
}

/** What a window depends on besides its rule. */
export interface WindowQuestion {
  readonly declaration: Declaration;
  readonly asOf: LocalDate;
  readonly yearStartsOn: string;
  readonly start: DutyStart | null;
  readonly grants: readonly GrantRule[];
}

/**
 * The study years that a row looks at, for one person and question; or the fact that it needs and that was not given.
 * A window never holds fewer years than one.
 */
export function resolveWindow(rule: WindowRule, question: WindowQuestion): ResolvedWindow | PersonFact {
  const boundary = boundariesOf(rule, question);
  if (boundary === null) return neededFact(rule) ?? "qualified_on";
  const start = question.start === null ? null : dutyStart(question.start, question);
  if (start === undefined) return question.start?.fact ?? "qualified_on";
  const count = yearCount(rule, question);
  const first = boundary(0);
  const duties = dutiesOf(yearOf(first), count, start, question);
  const years = Array.from({ length: count }, (_, index): WindowYear => {
    const { dueYears = [], because = null } = duties[index] ?? {};
    const from = boundary(index);
    return { year: yearOf(from), from, until: addDays(boundary(index + 1), -1), dueYears, because };
  });
  return {
    years,
    byAttributedYear: isByYear(rule) && question.yearStartsOn === "01-01",
    before: { from: boundary(-count), until: addDays(first, -1) },
  };
}

function isByYear({ kind }: WindowRule): boolean {
  return kind === "years" || kind === "since_year" || kind === "since_fact";
}

function neededFact(rule: WindowRule): PersonFact | null {
  return rule.kind === "cycle" || rule.kind === "since_fact" ? rule.fact : null;
}

function yearCount(rule: WindowRule, { declaration, yearStartsOn }: WindowQuestion): number {
  switch (rule.kind) {
    case "years":
    case "cycle":
      return rule.count;
    case "since_year":
      return Math.max(1, declaration.year - rule.endsYearsBefore - rule.from + 1);
    case "since_fact": {
      const begin = sinceFactYear(rule, declaration, yearStartsOn) ?? declaration.year;
      return Math.max(1, declaration.year - begin + 1);
    }
    case "months":
      return Math.max(1, Math.ceil(rule.count / 12));
  }
}

/** The first day of the window's nth year; 0 is the first one, negative ones lie before the window. */
type Boundary = (index: number) => LocalDate;

/**
 * Where the years of a window begin, each told from the same day, so that the 29th of February or the 31st is not lost
 * on the way. Null when the fact that tells it was not given.
 */
function boundariesOf(rule: WindowRule, question: WindowQuestion): Boundary | null {
  const { declaration, asOf, yearStartsOn } = question;
  const fromYear =
    (year: number): Boundary =>
    (index) =>
      dayOfYear(year + index, yearStartsOn);
  switch (rule.kind) {
    case "years":
      return fromYear(declaration.year - rule.endsYearsBefore - rule.count + 1);
    case "since_year":
      return fromYear(Math.min(rule.from, declaration.year - rule.endsYearsBefore));
    case "since_fact": {
      const begin = sinceFactYear(rule, declaration, yearStartsOn);
      return begin === null ? null : fromYear(begin);
    }
    case "cycle": {
      const anchor = declaration.facts?.[rule.fact];
      if (anchor === undefined) return null;
      const elapsed = cyclesBefore(anchor, rule.count * 12, asOf) * rule.count;
      return (index) => addMonths(anchor, (elapsed + index) * 12);
    }
    case "months":
      return monthBoundaries(addDays(asOf, 1), rule.count);
  }
}

/** Months that end on a day: years from the first of them, the last one cut short; before them as many months again. */
function monthBoundaries(end: LocalDate, count: number): Boundary {
  const years = Math.ceil(count / 12);
  return (index) => {
    if (index >= years) return end;
    return addMonths(end, index < 0 ? -2 * count : index * 12 - count);
  };
}

function sinceFactYear(
  rule: Extract<WindowRule, { kind: "since_fact" }>,
  { facts, year }: Declaration,
  yearStartsOn: string,
): number | null {
  const fact = facts?.[rule.fact];
  if (fact === undefined) return null;
  return Math.min(year, Math.max(studyYearOf(fact, yearStartsOn) + rule.plusYears, year - rule.yearsMax + 1));
}

/** How many whole cycles lie before a date; none for a date before the first. */
function cyclesBefore(anchor: LocalDate, months: number, date: LocalDate): number {
  let cycles = 0;
  while (addMonths(anchor, (cycles + 1) * months) <= date) cycles += 1;
  return cycles;
}

/** The study year that a date falls into. */
function studyYearOf(date: LocalDate, yearStartsOn: string): number {
  return date.slice(5) >= yearStartsOn ? yearOf(date) : yearOf(date) - 1;
}

function dayOfYear(year: number, monthAndDay: string): LocalDate {
  return `${String(year).padStart(4, "0")}-${monthAndDay}` as LocalDate;
}

/** The first study year with a duty; undefined when the fact that tells it was not given. */
function dutyStart({ fact, plusYears }: DutyStart, { declaration, yearStartsOn }: WindowQuestion): number | undefined {
  const date = declaration.facts?.[fact];
  return date === undefined ? undefined : studyYearOf(date, yearStartsOn) + plusYears;
}

/** A deferral can itself be deferred; nobody's rules let that go on for longer. */
const DEFERRALS_MAX = 5;

type Duty = { readonly dueYears: readonly number[]; readonly because: string | null };

/** What falls due in each year of the window; what was deferred out of the years before it is due in its first one. */
function dutiesOf(firstYear: number, count: number, start: number | null, question: WindowQuestion): Duty[] {
  const { declaration, grants } = question;
  let deferred: readonly number[] = [];
  const duties = Array.from({ length: DEFERRALS_MAX + count }, (_, index): Duty => {
    const year = firstYear - DEFERRALS_MAX + index;
    if (start !== null && year < start) return { dueYears: [], because: "before_start" };
    const held = declaration.grants?.find(
      (grant) => grant.year === year && grants.some(({ code }) => code === grant.code),
    );
    const effect = grants.find(({ code }) => code === held?.code)?.effect;
    const earlier = deferred;
    deferred = effect === "deferral" ? [...earlier, year] : [];
    if (effect === "deferral") return { dueYears: [], because: held?.code ?? null };
    // An exemption waives the year's own need, not one that was deferred into it.
    if (effect === "exemption") return { dueYears: earlier, because: held?.code ?? null };
    return { dueYears: [...earlier, year], because: earlier.length > 0 ? "deferred_before" : null };
  });
  return duties.slice(DEFERRALS_MAX);
}
