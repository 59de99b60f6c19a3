import {
  type AnsweredRule,
  type CapRule,
  type CarryOverRule,
  type Cited,
  type DeclarationMatch,
  type GateRule,
  parseHours,
  type RequirementRule,
  type Selection,
  type Span,
  type WindowRule,
} from "@xueshi/domain";
import type { RuleFile } from "./rule-file-schema.ts";
import { PROFESSIONS } from "./vocabulary.ts";

type RowFile = Extract<RuleFile["declarations"][number], { answer: "requirements" }>;
type Fields<List extends keyof RowFile> = RowFile[List] extends readonly (infer Item)[] ? Item : never;

/** A row of a rule file as the rules of the domain say it: hours in hundredths, defaults filled in. */
export function parseRow(row: RowFile): AnsweredRule {
  return {
    answer: row.answer,
    id: row.id,
    when: matchOf(row.when),
    window: windowRule(row),
    requirements: row.requirements.map(requirementRule),
    notices: row.notices.map((notice) => ({
      code: notice.code,
      needHundredths: hundredths(notice.hours),
      ...citedOf(notice),
    })),
    caps: row.caps.map(capRule),
    gates: row.gates.map(gateRule),
    carryOver: row.carryOver === undefined ? null : carryOverRule(row.carryOver),
    start:
      row.start === undefined ? null : { fact: row.start.fact, plusYears: row.start.plusYears, ...citedOf(row.start) },
    grants: row.grants.map((grant) => ({ code: grant.code, effect: grant.effect, ...citedOf(grant) })),
    inherits: row.inherits ?? null,
    ...citedOf(row),
  };
}

/** Which declarations a row answers. One that names no series leaves professions to rows that name them. */
export function matchOf(when: RuleFile["declarations"][number]["when"]): DeclarationMatch {
  return when.series === undefined ? { ...when, exceptSeries: PROFESSIONS } : when;
}

/** The parts of a value that say where it comes from. */
export function citedOf({ citation, provenance, quote, publishedOn, lastVerifiedOn }: Cited): Cited {
  return {
    citation,
    provenance,
    ...(quote !== undefined && { quote }),
    ...(publishedOn !== undefined && { publishedOn }),
    ...(lastVerifiedOn !== undefined && { lastVerifiedOn }),
  };
}

function windowRule({ windowYears = 1, window }: RowFile): WindowRule {
  if (window === undefined) return { kind: "years", count: windowYears, endsYearsBefore: 0 };
  switch (window.kind) {
    case "years":
      return { kind: "years", count: window.count, endsYearsBefore: window.endsYearsBefore, ...citedOf(window) };
    case "since-year":
      return { kind: "since_year", from: window.from, endsYearsBefore: window.endsYearsBefore, ...citedOf(window) };
    case "since-fact":
      return {
        kind: "since_fact",
        fact: window.fact,
        plusYears: window.plusYears,
        yearsMax: window.yearsMax,
        ...citedOf(window),
      };
    case "cycle":
      return { kind: "cycle", fact: window.fact, count: window.count, ...citedOf(window) };
    case "months":
      return { kind: "months", count: window.count, ...citedOf(window) };
  }
}

function requirementRule(value: Fields<"requirements">): RequirementRule {
  const shared = { id: value.id, ...selectionOf(value), ...spanOf(value), ...citedOf(value) };
  if (value.kind === "ratio") {
    const { numerator, denominator } = value;
    return { ...shared, kind: "ratio", of: selectionOf(value.of), numerator, denominator };
  }
  const overrides = value.overrides?.map(({ from, until, hours, ...rest }) => ({
    from,
    until,
    needHundredths: hundredths(hours),
    ...citedOf(rest),
  }));
  return {
    ...shared,
    kind: "floor",
    needHundredths: hundredths(value.hours),
    ...(value.perYear && { perYear: value.perYear }),
    ...(overrides !== undefined && { overrides }),
  };
}

function selectionOf({ subjects, pathways, assessed }: Selection): Selection {
  return { subjects, ...(pathways !== undefined && { pathways }), ...(assessed !== undefined && { assessed }) };
}

function spanOf({ eachYear, fromYear, untilYear }: Fields<"requirements">): { span?: Span } {
  if (eachYear === undefined) return {};
  const from = fromYear === undefined ? {} : { from: fromYear };
  return { span: { over: "each_year", ...from, ...(untilYear !== undefined && { until: untilYear }) } };
}

function capRule(value: Fields<"caps">): CapRule {
  const { id, per, hours } = value;
  return { id, per, mostHundredths: hundredths(hours), ...selectionOf(value), ...citedOf(value) };
}

function gateRule(value: Fields<"gates">): GateRule {
  const shared = { id: value.id, ...selectionOf(value), ...citedOf(value) };
  switch (value.test) {
    case "assessed":
      return { ...shared, test: { kind: "assessed", withinDays: value.withinDays } };
    case "item-minimum":
      return { ...shared, test: { kind: "item_minimum", leastHundredths: hundredths(value.hours) } };
    case "expires":
      return { ...shared, test: { kind: "expires", months: value.months } };
  }
}

function carryOverRule(value: NonNullable<RowFile["carryOver"]>): CarryOverRule {
  return {
    id: value.id,
    mostHundredths: hundredths(value.hours),
    aboveHundredths: hundredths(value.above),
    lastMonths: value.lastMonths,
    ...selectionOf(value),
    ...citedOf(value),
  };
}

function hundredths(hours: number): number {
  if (hours === 0) return 0;
  const parsed = parseHours(hours);
  // The schema has refused such a value; this holds the types together.
  if (parsed === null) throw new RangeError(`${hours} is not a number of hours.`);
  return parsed;
}
