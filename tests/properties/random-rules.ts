import type {
  AnsweredRule,
  CapRule,
  CarryOverRule,
  GateRule,
  RequirementRule,
  RuleSet,
  Selection,
  WindowRule,
} from "@xueshi/domain";
import type { Random } from "../oracle/random.ts";
import { some } from "./rule-cases.ts";

const CITED = { citation: { document: "drawn", clause: "by chance" }, provenance: "notice" } as const;
const SUBJECTS = ["professional", "common", "elective"];
const PATHWAYS = ["online", "live"];
/** The row that another one of its file inherits from. */
const BASE = "base";
const YEARS = { from: 2024, until: 2026 };

/**
 * A rule set with a row of shapes drawn by chance, and sometimes another that this one inherits from; then the one that
 * the last of them inherits from, if it does, and that of a place which leaves its answers to it, if there is one.
 */
export function randomRuleSets(random: Random, index: number): readonly [RuleSet, ...RuleSet[]] {
  const id = `drawn-${index}`;
  const far = ruleSetOf(`${id}-far`, "nation", random, [rowOf(random, "row", ["total", "far"])]);
  const fromFar = { ruleSet: far.id, row: "row", without: random.chance(0.3) ? ["far"] : [] };
  const inheritsFar = random.chance(0.3) ? fromFar : null;
  const row = rowOf(random, "row", ["total", "near", "other"]);
  const base: AnsweredRule = { ...rowOf(random, BASE, ["total", "near", "base"]), when: { kind: "annual-duty" } };
  const fromBase = { ruleSet: id, row: BASE, without: random.chance(0.3) ? random.pick([["base"], ["far"]]) : [] };
  const rows = random.chance(0.25)
    ? [
        { ...row, inherits: fromBase },
        { ...base, inherits: inheritsFar },
      ]
    : [{ ...row, inherits: inheritsFar }];
  const near = ruleSetOf(id, "city", random, random.chance(0.5) ? rows : rows.toReversed());
  const local = random.chance(0.15) ? [delegatingTo(near)] : [];
  return [near, ...(inheritsFar === null ? [] : [far]), ...local];
}

/** Its own platform is of record, whoever answers. */
function delegatingTo(ruleSet: RuleSet): RuleSet {
  const id = `${ruleSet.id}-local`;
  return {
    ...ruleSet,
    id,
    place: id,
    declarations: ruleSet.declarations.map(({ id: row, when }) => {
      return { answer: "delegated", id: row, when, delegatedTo: "far", toPlace: ruleSet.place, ...CITED };
    }),
    authorities: [{ series: "*", mode: "city", platforms: ["of-local-record"], ...CITED }],
  };
}

function ruleSetOf(
  id: string,
  layer: RuleSet["layer"],
  random: Random,
  declarations: readonly AnsweredRule[],
): RuleSet {
  return {
    id,
    version: "1",
    place: id,
    layer,
    subjects: SUBJECTS,
    yearStartsOn: random.pick(["01-01", "01-01", "07-01", "11-05"]),
    recognition: "as-registered",
    isDraft: false,
    years: YEARS,
    title: id,
    publishedOn: "2024-01-01",
    lastVerifiedOn: "2024-01-01",
    declarations,
    authorities: [{ series: "*", mode: "city", platforms: ["of-record"], ...CITED }],
    sources: [],
    maxAgeHours: { "*": 48 },
    ...CITED,
  };
}

function rowOf(random: Random, id: string, requirements: readonly string[]): AnsweredRule {
  const grants = [
    { code: "exempt", effect: "exemption", ...CITED },
    { code: "defer", effect: "deferral", ...CITED },
  ] as const;
  return {
    answer: "requirements",
    id,
    when: { kind: "review", ...(random.chance(0.2) && { exceptSeries: ["engineering"] }) },
    window: windowOf(random),
    requirements: requirementsOf(random, requirements),
    notices: [],
    caps: capsOf(random),
    gates: gatesOf(random),
    carryOver: random.chance(0.3) ? carryOverOf(random) : null,
    start: random.chance(0.3) ? { fact: "qualified_on", plusYears: random.int(0, 2), ...CITED } : null,
    grants: grants.filter(() => random.chance(0.5)),
    inherits: null,
    ...CITED,
  };
}

function windowOf(random: Random): WindowRule {
  const count = random.int(1, 4);
  const fact = random.pick(["qualified_on", "title_obtained_on", "cycle_started_on"] as const);
  return random.pick<WindowRule>([
    { kind: "years", count, endsYearsBefore: random.int(0, 1) },
    { kind: "since_year", from: random.int(2021, 2026), endsYearsBefore: random.int(0, 1) },
    { kind: "since_fact", fact, plusYears: random.int(0, 1), yearsMax: count },
    { kind: "cycle", fact, count },
    { kind: "months", count: random.pick([6, 12, 18, 24, 36]) },
  ]);
}

function selectionOf(random: Random): Selection {
  return {
    subjects: random.chance(0.5)
      ? "all"
      : SUBJECTS.filter((subject, at) => at === 0 || (random.chance(0.4) && subject)),
    ...(random.chance(0.25) && { pathways: [random.pick(some(PATHWAYS))] }),
    ...(random.chance(0.15) && { assessed: true as const }),
  };
}

function requirementsOf(random: Random, ids: readonly string[]): RequirementRule[] {
  return ids
    .filter((_, index) => index === 0 || random.chance(0.6))
    .map((id): RequirementRule => (random.chance(0.3) ? ratioOf(random, id) : floorOf(random, id)));
}

function ratioOf(random: Random, id: string): RequirementRule {
  const denominator = random.int(2, 7);
  const numerator = random.int(1, denominator);
  const shared = { id, ...selectionOf(random), ...spanOf(random), ...CITED };
  return {
    ...shared,
    kind: "ratio",
    of: random.pick([{ subjects: "all" }, selectionOf(random)]),
    numerator,
    denominator,
  };
}

function floorOf(random: Random, id: string): RequirementRule {
  const span = spanOf(random);
  const perYear = span.span === undefined && random.chance(0.5) ? { perYear: true as const } : {};
  const isYearly = span.span !== undefined || perYear.perYear === true;
  const from = random.int(2021, 2026);
  const needHundredths = random.int(4, 60) * 50;
  const override = { from, until: from + random.int(0, 1), needHundredths: random.int(0, 60) * 50, ...CITED };
  const overrides = isYearly && random.chance(0.4) ? { overrides: [override] } : {};
  return { id, ...selectionOf(random), ...span, kind: "floor", needHundredths, ...perYear, ...overrides, ...CITED };
}

function spanOf(random: Random): Pick<RequirementRule, "span"> {
  if (random.chance(0.5)) return {};
  const from = random.chance(0.3) ? { from: random.int(2022, 2026) } : {};
  const until = random.chance(0.2) ? { until: random.int(from.from ?? 2023, 2026) } : {};
  return { span: { over: "each_year", ...from, ...until } };
}

function capsOf(random: Random): CapRule[] {
  const count = random.chance(0.4) ? 0 : random.int(1, 4);
  return Array.from({ length: count }, (_, index) => ({
    id: `cap_${index}`,
    per: random.pick(["item", "year", "window"] as const),
    mostHundredths: random.int(2, 60) * 50 + random.int(0, 3),
    ...selectionOf(random),
    ...CITED,
  }));
}

function gatesOf(random: Random): GateRule[] {
  const tests: readonly GateRule["test"][] = [
    { kind: "assessed", withinDays: random.pick([null, 7, 30]) },
    { kind: "item_minimum", leastHundredths: random.int(1, 6) * 50 },
    { kind: "expires", months: random.pick([12, 18, 36]) },
  ];
  return tests
    .filter(() => random.chance(0.25))
    .map((test, index) => ({ id: `gate_${index}`, test, ...selectionOf(random), ...CITED }));
}

function carryOverOf(random: Random): CarryOverRule {
  return {
    id: "carried",
    mostHundredths: random.int(2, 40) * 50,
    aboveHundredths: random.int(0, 20) * 50,
    lastMonths: random.pick([null, null, 6, 12]),
    ...selectionOf(random),
    ...CITED,
  };
}
