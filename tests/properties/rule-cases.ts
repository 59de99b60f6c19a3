import type {
  AnsweredRule,
  Declaration,
  DeclaredGrant,
  LocalDate,
  PersonFact,
  ProjectedRecord,
  RequirementRule,
  RuleSet,
  Selection,
} from "@xueshi/domain";
import { KINDS, LEVELS, SUBJECTS } from "@xueshi/domain";
import type { Random } from "../oracle/random.ts";
import type { Question } from "../oracle/sql/evaluate.ts";

const EDUCATIONS = ["college", "bachelor", "master"];
const OTHER_PATHWAYS = ["lecture", "paper"];
const OTHER_PLATFORMS = ["elsewhere", "of-record"];
const YEARS_SPREAD = 4;

/** What a generator draws from: one row with the values that hold for it. */
interface Field {
  readonly random: Random;
  readonly ruleSet: RuleSet;
  readonly row: AnsweredRule;
  readonly requirements: readonly RequirementRule[];
  readonly declaration: Declaration;
  readonly asOf: LocalDate;
  /** Study years of the window as far as they can be told without evaluating it. */
  readonly years: readonly number[];
  readonly platforms: readonly string[];
  /** Days on which something changes: edges of years, of the window, of what expires. */
  readonly edges: readonly LocalDate[];
  /** Only records that count, so that a declaration can be met. */
  readonly isClean: boolean;
  /** First day of the years of the window, `mm-dd`. */
  readonly begins: string;
}

/** A question that the row is likely to answer, with a ledger that lies around everything the row asks. */
export function questionFor(
  random: Random,
  ruleSet: RuleSet,
  row: AnsweredRule,
  requirements: readonly RequirementRule[],
): Question {
  const year = random.int(Math.max(ruleSet.years.from, 2000), Math.min(ruleSet.years.until, 2040));
  const asOf = asOfFor(random, ruleSet, row, year);
  const declaration = declarationFor(random, ruleSet, row, year, asOf);
  const { series } = declaration;
  const route =
    ruleSet.authorities.find((each) => each.series !== "*" && each.series.includes(series)) ??
    ruleSet.authorities.find((each) => each.series === "*");
  const years = windowYears(row, declaration, asOf);
  const edges = edgesOf(ruleSet, row, declaration, asOf, years);
  const platforms = route === undefined || route.platforms.length === 0 ? OTHER_PLATFORMS : route.platforms;
  const isClean = random.chance(0.3);
  const anchor = row.window.kind === "cycle" ? declaration.facts?.[row.window.fact]?.slice(5) : undefined;
  const begins = anchor ?? ruleSet.yearStartsOn;
  const field = { random, ruleSet, row, requirements, declaration, asOf, years, platforms, edges, isClean, begins };
  const plenty = isClean ? random.pick([0, 4]) : random.pick([3, 12, 12, 30]);
  const drafts = [
    ...(isClean || random.chance(0.5) ? targetedDrafts(field) : []),
    ...(random.chance(0.7) ? earlierDrafts(field) : []),
    ...Array.from({ length: random.int(0, plenty) }, () => draftOf(field)),
  ];
  return { declaration, asOf, records: drafts.map((draft, index) => named(random, draft, index)) };
}

function asOfFor(random: Random, { yearStartsOn }: RuleSet, { window }: AnsweredRule, year: number): LocalDate {
  const endOfYear = addDays(dayOf(year + 1, yearStartsOn), -1);
  if (random.chance(window.kind === "months" || window.kind === "cycle" ? 0.3 : 0.7)) return endOfYear;
  // The day after is the 29th of February, or a 31st that other months do not have.
  if (random.chance(0.15))
    return addDays(dayOf(year, random.pick(["02-28", "02-28", "05-30", "08-30"])), random.int(-1, 1));
  return addDays(endOfYear, random.int(-360, 60));
}

function declarationFor(
  random: Random,
  ruleSet: RuleSet,
  row: AnsweredRule,
  year: number,
  asOf: LocalDate,
): Declaration {
  const { kind, levels = LEVELS, educations = EDUCATIONS, series } = row.when;
  const connected = ruleSet.authorities.flatMap((route) =>
    route.series === "*" || route.platforms.length === 0 ? [] : route.series,
  );
  const declaration = {
    place: ruleSet.place,
    year,
    kind: random.chance(0.02) ? random.pick(KINDS) : kind,
    level: random.pick(some(levels)),
    education: random.pick(some(educations)),
    series: random.pick(some(series ?? ["economics", "engineering", ...connected])),
  };
  const wanted = [row.start?.fact, "fact" in row.window ? row.window.fact : undefined];
  const facts: Partial<Record<PersonFact, LocalDate>> = {};
  for (const fact of ["qualified_on", "title_obtained_on", "cycle_started_on"] as const) {
    if (!random.chance(wanted.includes(fact) ? 0.87 : 0.1)) continue;
    facts[fact] = factFor(random, ruleSet, row, fact, asOf);
  }
  return { ...declaration, facts, grants: grantsFor(random, row, year) };
}

function factFor(
  random: Random,
  { yearStartsOn }: RuleSet,
  { window, start }: AnsweredRule,
  fact: PersonFact,
  asOf: LocalDate,
): LocalDate {
  if (window.kind === "cycle" && random.chance(0.2)) {
    return addDays(dayOf(random.pick([2016, 2020]), "02-28"), random.pick([0, 1, 1, 1, 2]));
  }
  // A cycle that is about to end, and a duty that has just begun, are where answers turn.
  if (window.kind === "cycle" && window.fact === fact && random.chance(0.5)) {
    const begun = dayOf(yearOf(asOf) - window.count * random.int(1, 2), asOf.slice(5));
    return addDays(begun, random.int(0, 20));
  }
  if (start?.fact === fact && random.chance(0.3)) {
    return addDays(dayOf(yearOf(asOf) - start.plusYears + random.int(0, 1), "01-01"), random.int(0, 364));
  }
  const year = yearOf(asOf) - random.int(0, 7);
  if (random.chance(0.3)) return addDays(dayOf(year, yearStartsOn), random.int(-1, 1));
  if (random.chance(0.1)) return addDays(dayOf(2020, "02-28"), random.int(0, 2));
  return addDays(dayOf(year, "01-01"), random.int(0, 364));
}

/** At most one decision about a year: what two of them would mean no rule says. */
function grantsFor(random: Random, { grants }: AnsweredRule, year: number): DeclaredGrant[] {
  const codes = [...grants.map(({ code }) => code), ...grants.map(({ code }) => code), "code_of_nobody"];
  const share = grants.length === 0 ? 0.05 : 0.4;
  return Array.from({ length: 6 }, (_, index) => year - 4 + index)
    .filter(() => random.chance(share))
    .map((each) => ({ code: random.pick(some(codes)), year: each, document: "decision" }));
}

function windowYears({ window }: AnsweredRule, { year, facts }: Declaration, asOf: LocalDate): number[] {
  const [last, count] = ((): [number, number] => {
    switch (window.kind) {
      case "years":
        return [year - window.endsYearsBefore, window.count];
      case "since_year":
        return [year - window.endsYearsBefore, Math.max(1, year - window.endsYearsBefore - window.from + 1)];
      case "since_fact":
        return [year, window.yearsMax];
      case "cycle": {
        const anchor = facts?.[window.fact] ?? asOf;
        const begun = yearOf(anchor);
        const passed = yearOf(asOf) - begun - (asOf.slice(5) < anchor.slice(5) ? 1 : 0);
        const turns = Math.max(0, Math.floor(passed / window.count));
        return [begun + (turns + 1) * window.count - 1, window.count];
      }
      case "months":
        return [yearOf(asOf), Math.ceil(window.count / 12) + 1];
    }
  })();
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

function edgesOf(
  { yearStartsOn }: RuleSet,
  row: AnsweredRule,
  { facts }: Declaration,
  asOf: LocalDate,
  years: readonly number[],
): LocalDate[] {
  const anchors = Object.values(facts ?? {}).flatMap((date) => years.map((year) => dayOf(year, date.slice(5))));
  const starts = [...years, yearOf(asOf) + 1].map((year) => dayOf(year, yearStartsOn));
  const monthsAgo = [
    ...(row.window.kind === "months" ? [row.window.count, row.window.count - 12, row.window.count * 2] : []),
    ...row.gates.flatMap(({ test }) => (test.kind === "expires" ? [test.months] : [])),
  ];
  const ago = monthsAgo.map((months) => monthsBefore(asOf, months));
  const carriedSince = row.carryOver?.lastMonths ?? null;
  const first = dayOf(years[0] ?? yearOf(asOf), yearStartsOn);
  return [...starts, ...anchors, ...ago, asOf, ...(carriedSince === null ? [] : [monthsBefore(first, carriedSince)])];
}

type Draft = Omit<ProjectedRecord, "recordId" | "recordKey">;

function draftOf(field: Field, given: Partial<Draft> = {}): Draft {
  const { random, ruleSet, row, platforms, isClean } = field;
  const obtainedOn = given.obtainedOn ?? obtainedFor(field);
  const draft = {
    slot: "",
    source: random.pick(["source-a", "source-b", "Source-c"]),
    platform: isClean || random.chance(0.95) ? random.pick(some(platforms)) : random.pick(some(OTHER_PLATFORMS)),
    hoursHundredths: hoursFor(field),
    subject: isClean || random.chance(0.97) ? random.pick(some(ruleSet.subjects)) : random.pick(some(SUBJECTS)),
    attributedYear: yearOf(obtainedOn) - (obtainedOn.slice(5) < ruleSet.yearStartsOn ? 1 : 0),
    obtainedOn,
    pathway: pathwayFor(field),
    recognition: isClean || random.chance(0.93) ? ruleSet.recognition : random.pick([null, "another-recognition"]),
    assessedOn: assessedFor(field, obtainedOn),
    flags: "",
    updateTimeMs: 1,
    ...given,
    ...(isClean ? REGISTERED : stateFor(random)),
  } satisfies Draft;
  if (isClean || !random.chance(row.carryOver === null ? 0.1 : 0.25)) return draft;
  // No record is registered without a date; whether one of the window before would be carried over, nothing says.
  if (row.carryOver === null && random.chance(0.1)) return { ...draft, obtainedOn: null };
  return { ...draft, attributedYear: (draft.attributedYear ?? 0) + random.pick([-1, 1]) };
}

const REGISTERED = { state: "registered", code: null } as const;

function stateFor(random: Random): Pick<Draft, "state" | "code"> & Partial<Draft> {
  if (random.chance(0.86)) return REGISTERED;
  const rare = random.int(0, 5);
  if (rare === 0) return { state: "unclassified", code: null, subject: null };
  if (rare === 1) return { state: "held", slot: "held:row", code: "identity_conflict" };
  if (rare === 2) {
    const flags = random.chance(0.5) ? "settled_later" : "";
    return { state: "refused", slot: "refused:row", code: "hours_invalid", hoursHundredths: null, flags };
  }
  return { state: random.pick(["duplicate", "withdrawn", "not_registered"]), code: null };
}

function obtainedFor({ random, years, edges, begins, asOf }: Field): LocalDate {
  // Years counted from a leap day begin a day earlier where there is none.
  if (begins === "02-29" && random.chance(0.4)) {
    return addDays(dayOf(random.pick([2024, yearOf(asOf)]), "02-28"), random.int(-1, 1));
  }
  if (random.chance(0.3)) return addDays(random.pick(some(edges)), random.int(-1, 1));
  const first = years[0] ?? 2020;
  const last = years.at(-1) ?? first;
  const year = random.chance(0.75) ? random.int(first, last) : random.int(first - YEARS_SPREAD, last + 1);
  // Few days, so that records share one and something else orders them.
  if (random.chance(0.3)) return dayOf(year, random.pick(["03-10", "09-10"]));
  return addDays(dayOf(year, "01-01"), random.int(0, 364));
}

function hoursFor({ random, requirements, row, years }: Field): number {
  const least = row.gates.flatMap(({ test }) => (test.kind === "item_minimum" ? [test.leastHundredths] : []));
  const most = row.caps.map(({ mostHundredths }) => mostHundredths);
  if (least.length > 0 && random.chance(0.3)) return Math.max(1, random.pick(some(least)) + random.int(-1, 1));
  if (most.length > 0 && random.chance(0.2)) return Math.max(1, random.pick(some(most)) + random.int(-50, 50));
  const need = Math.max(...requirements.map((each) => (each.kind === "floor" ? each.needHundredths : 1)), 200);
  const typical = Math.max(100, Math.round(need / Math.max(2, years.length)));
  if (random.chance(0.5)) return random.int(1, Math.max(1, Math.floor(typical / 50))) * 50;
  return random.int(1, typical);
}

function pathwayFor({ random, requirements, row, isClean }: Field): string | null {
  const selections = [...requirements, ...row.caps, ...row.gates, ...(row.carryOver === null ? [] : [row.carryOver])];
  const named = selections.flatMap(({ pathways = [] }) => pathways);
  if (named.length > 0 && random.chance(isClean ? 0.25 : 0.75)) return random.pick(some(named));
  return random.pick([null, ...OTHER_PATHWAYS]);
}

function assessedFor(field: Field, obtainedOn: LocalDate): LocalDate | null {
  const { random, row, asOf, isClean } = field;
  if (isClean) return obtainedOn;
  if (random.chance(0.3)) return null;
  const within = row.gates.flatMap(({ test }) => (test.kind === "assessed" ? [test.withinDays ?? 30] : []));
  const isAtLimit = within.length > 0 && random.chance(0.6);
  const days = isAtLimit ? random.pick(some(within)) + random.int(-1, 1) : random.int(-5, 40);
  return !isAtLimit && random.chance(0.15) ? addDays(asOf, random.int(-1, 1)) : addDays(obtainedOn, days);
}

/** One record for each value of each year, exactly what is needed or a hundredth beside it. */
function targetedDrafts(field: Field): Draft[] {
  const { random, requirements, years } = field;
  const ratioHours = Math.max(4000, ...requirements.map((each) => (each.kind === "floor" ? each.needHundredths : 0)));
  return requirements.flatMap((rule) => {
    const yearly = rule.span?.over === "each_year" || (rule.kind === "floor" && rule.perYear === true);
    const need = rule.kind === "floor" ? rule.needHundredths : random.int(1, ratioHours);
    const wanted = yearly ? years : [random.pick(some(years))];
    return wanted.flatMap((year) => {
      const hours = Math.max(1, need + random.pick([0, 0, 0, -1, 1, -50, 2000]));
      return itemsOf(field, hours).map((hoursHundredths) =>
        draftOf(field, { ...selectedBy(field, rule), hoursHundredths, obtainedOn: dayIn(field, year) }),
      );
    });
  });
}

/** About as many hours as it takes for some to be carried over, around both ends of the window before. */
function earlierDrafts(field: Field): Draft[] {
  const { random, row, years, asOf, begins } = field;
  if (row.carryOver === null) return [];
  const { aboveHundredths, mostHundredths } = row.carryOver;
  const firstYear = years[0] ?? yearOf(asOf);
  const [before, first] =
    row.window.kind === "months"
      ? [monthsBefore(addDays(asOf, 1), row.window.count * 2), monthsBefore(addDays(asOf, 1), row.window.count)]
      : [dayOf(firstYear - years.length, begins), dayOf(firstYear, begins)];
  const hours = Math.ceil((aboveHundredths + random.int(1, mostHundredths * 2)) / 3);
  return Array.from({ length: 4 }, () => {
    const obtainedOn = random.chance(0.25) ? addDays(before, random.int(-2, 2)) : addDays(first, random.int(-100, 1));
    return draftOf(field, { ...selectedBy(field, row.carryOver ?? ALL), hoursHundredths: hours, obtainedOn });
  });
}

const ALL: Selection = { subjects: "all" };

/** Hours as items that no cap of an item cuts. */
function itemsOf({ row }: Field, hours: number): number[] {
  const most = Math.min(hours, ...row.caps.filter(({ per }) => per === "item").map((cap) => cap.mostHundredths));
  const whole = Math.min(20, Math.floor(hours / most));
  return [...Array.from({ length: whole }, () => most), ...(hours % most === 0 ? [] : [hours % most])];
}

function selectedBy({ random, ruleSet }: Field, { subjects, pathways }: Selection): Partial<Draft> {
  return {
    subject: random.pick(some(subjects === "all" ? ruleSet.subjects : subjects)),
    ...(pathways === undefined ? {} : { pathway: random.pick(some(pathways)) }),
  };
}

function dayIn({ random, begins, asOf }: Field, year: number): LocalDate {
  const first = dayOf(year, begins);
  const day = addDays(first, random.int(0, 364));
  return day > asOf && first <= asOf ? asOf : day;
}

/** Ids in an order of their own, so that the one in which records are listed decides nothing. */
function named(random: Random, draft: Draft, index: number): ProjectedRecord {
  const recordId = `${random.pick(["a", "B", "c", "é"])}${random.int(10, 99)}-${index}`;
  return { ...draft, recordId, recordKey: recordId };
}

export function some<Item>(list: readonly Item[]): readonly [Item, ...Item[]] {
  const [first, ...rest] = list;
  if (first === undefined) throw new RangeError("There is nothing to draw from.");
  return [first, ...rest];
}

export function dayOf(year: number, monthAndDay: string): LocalDate {
  return addDays(`${year}-${monthAndDay === "02-29" ? "02-28" : monthAndDay}` as LocalDate, 0);
}

function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10) as LocalDate;
}

function monthsBefore(date: LocalDate, months: number): LocalDate {
  const [year, month, day] = date.split("-").map(Number);
  const monthIndex = (month ?? 1) - 1 - months;
  const last = new Date(Date.UTC(year ?? 2000, monthIndex + 1, 0)).getUTCDate();
  const then = new Date(Date.UTC(year ?? 2000, monthIndex, Math.min(last, day ?? 1)));
  return then.toISOString().slice(0, 10) as LocalDate;
}

function yearOf(date: LocalDate): number {
  return Number(date.slice(0, 4));
}
