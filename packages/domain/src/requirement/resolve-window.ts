import { addDays, addMonths, type LocalDate, yearOf } from "../values/local-date.ts";
import type { DutyStart, GrantRule, PersonFact, WindowRule } from "./requirement-rule.ts";
import type { Declaration } from "./rule-set.ts";

/** One study year of a window; both dates are included. */
export interface WindowYear {
  /** The calendar year, or for years of another kind the one in which it begins. */
  readonly year: number;
  readonly from: LocalDate;
  readonly until: LocalDate;
  /** How many yearly needs fall due: 0 before the duty began or when waived, 2 where an earlier one was deferred. */
  readonly duties: number;
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
  const first = firstDay(rule, question);
  if (first === null) return neededFact(rule) ?? "qualified_on";
  const start = question.start === null ? null : dutyStart(question.start, question);
  if (start === undefined) return question.start?.fact ?? "qualified_on";
  const spans = Array.from({ length: yearCount(rule, question) }, (_, index) => ({
    from: addMonths(first, index * 12),
    until: lastDay(addDays(addMonths(first, (index + 1) * 12), -1), rule, question),
  }));
  const duties = dutiesOf([...yearsBefore(first), ...spans], start, question).slice(DEFERRALS_MAX);
  const years = spans.map(({ from, until }, index): WindowYear => {
    const { count = 1, because = null } = duties[index] ?? {};
    return { year: yearOf(from), from, until, duties: count, because };
  });
  return {
    years,
    byAttributedYear: isByYear(rule) && question.yearStartsOn === "01-01",
    before: { from: addMonths(first, -12 * years.length), until: addDays(first, -1) },
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

/** Months that end with the date of the question may end within a year. */
function lastDay(date: LocalDate, rule: WindowRule, { asOf }: WindowQuestion): LocalDate {
  return rule.kind === "months" && date > asOf ? asOf : date;
}

/** The first day of the window; null when the fact that tells it was not given. */
function firstDay(rule: WindowRule, question: WindowQuestion): LocalDate | null {
  const { declaration, asOf, yearStartsOn } = question;
  switch (rule.kind) {
    case "years":
      return dayOfYear(declaration.year - rule.endsYearsBefore - rule.count + 1, yearStartsOn);
    case "since_year":
      return dayOfYear(Math.min(rule.from, declaration.year - rule.endsYearsBefore), yearStartsOn);
    case "since_fact": {
      const begin = sinceFactYear(rule, declaration, yearStartsOn);
      return begin === null ? null : dayOfYear(begin, yearStartsOn);
    }
    case "cycle": {
      const anchor = declaration.facts?.[rule.fact];
      return anchor === undefined ? null : cycleStart(anchor, rule.count * 12, asOf);
    }
    case "months":
      return addMonths(addDays(asOf, 1), -rule.count);
  }
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

/** The first day of the cycle that a date falls into; the first cycle for a date before it. */
function cycleStart(anchor: LocalDate, months: number, date: LocalDate): LocalDate {
  let cycles = 0;
  while (addMonths(anchor, (cycles + 1) * months) <= date) cycles += 1;
  return addMonths(anchor, cycles * months);
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

/** The years before the window, for what was deferred out of them into its first year. */
function yearsBefore(first: LocalDate): { readonly from: LocalDate }[] {
  return Array.from({ length: DEFERRALS_MAX }, (_, index) => ({
    from: addMonths(first, 12 * (index - DEFERRALS_MAX)),
  }));
}

type Duty = { readonly count: number; readonly because: string | null };

function dutiesOf(
  spans: readonly { readonly from: LocalDate }[],
  start: number | null,
  { declaration, grants }: WindowQuestion,
): Duty[] {
  let deferred = 0;
  return spans.map(({ from }) => {
    const year = yearOf(from);
    if (start !== null && year < start) return { count: 0, because: "before_start" };
    const held = declaration.grants?.find(
      (grant) => grant.year === year && grants.some(({ code }) => code === grant.code),
    );
    const effect = grants.find(({ code }) => code === held?.code)?.effect;
    const due = 1 + deferred;
    deferred = effect === "deferral" ? due : 0;
    if (effect === undefined) return { count: due, because: due > 1 ? "deferred_before" : null };
    // An exemption waives the year's own need, not one that was deferred into it.
    return { count: effect === "exemption" ? due - 1 : 0, because: held?.code ?? null };
  });
}
