import {
  type AnsweredRule,
  type CapRule,
  type DeclarationMatch,
  type DeclarationRule,
  type FloorRule,
  type GateRule,
  LEVELS,
  type RequirementRule,
  type RuleSet,
  type WindowRule,
} from "@xueshi/domain";

/** What is wrong, and the rule set in which it is. */
export type Fault = readonly [name: string, faulty: RuleSet];
type RowFault = readonly [name: string, faulty: AnsweredRule];

/** Half an hour: what a threshold is off by. */
const HALF_HOUR = 50;

export function changeRow(ruleSet: RuleSet, id: string, change: (row: AnsweredRule) => AnsweredRule): RuleSet {
  const declarations = ruleSet.declarations.map((row) =>
    row.answer === "requirements" && row.id === id ? change(row) : row,
  );
  return { ...ruleSet, declarations };
}

/** Every single value of a rule set changed a little, or left out. `all` are the rule sets that it stands among. */
export function faultsOf(ruleSet: RuleSet, all: readonly RuleSet[]): Fault[] {
  const rows = ruleSet.declarations.flatMap((row): Fault[] => {
    const gone = `${ruleSet.id}: no row ${row.id}`;
    const without: Fault = [gone, { ...ruleSet, declarations: ruleSet.declarations.filter((each) => each !== row) }];
    const elsewhere = [...matchFaults(ruleSet, row), ...placeFaults(ruleSet, row, all)].map(([name, faulty]): Fault => {
      const declarations = ruleSet.declarations.map((each) => (each === row ? faulty : each));
      return [`${ruleSet.id} ${row.id}: ${name}`, { ...ruleSet, declarations }];
    });
    if (row.answer === "delegated") return [without, ...elsewhere];
    const faults = rowFaults(row).map(
      ([name, faulty]): Fault => [`${ruleSet.id} ${row.id}: ${name}`, changeRow(ruleSet, row.id, () => faulty)],
    );
    return [without, ...elsewhere, ...faults];
  });
  return [...rows, ...wholeFaults(ruleSet)];
}

type MatchFault = readonly [name: string, faulty: DeclarationRule];

const NARROWINGS: readonly (readonly [keyof DeclarationMatch, name: string])[] = [
  ["series", "holds for every series"],
  ["exceptSeries", "holds for professions with rules of their own"],
  ["levels", "holds for every level"],
  ["educations", "holds for every education"],
];

/** A row that answers more declarations than it says. */
function matchFaults({ declarations }: RuleSet, row: DeclarationRule): MatchFault[] {
  const earlier = declarations.slice(0, declarations.indexOf(row));
  return NARROWINGS.filter(
    ([list]) => row.when[list] !== undefined && !(list === "levels" && isLastLevel(row, earlier)),
  ).map(([list, name]): MatchFault => {
    const { [list]: _, ...when } = row.when;
    return [`the row ${name}`, { ...row, when: when as DeclarationMatch }];
  });
}

/** Whether rows before it answer for every other level, so that it is the same with its levels and without. */
function isLastLevel({ when }: DeclarationRule, earlier: readonly DeclarationRule[]): boolean {
  const taken = earlier
    .map((each) => each.when)
    .filter(({ kind, series, educations }) => kind === when.kind && series === undefined && educations === undefined)
    .flatMap(({ levels }) => levels ?? LEVELS);
  return LEVELS.every((level) => when.levels?.includes(level) || taken.includes(level));
}

/** A row whose question goes no farther; the same wherever the place that it names has no row for such a declaration. */
function placeFaults({ years }: RuleSet, row: DeclarationRule, all: readonly RuleSet[]): MatchFault[] {
  if (row.answer !== "delegated" || row.toPlace === null) return [];
  const isAnswered = all.some(
    (other) =>
      other.place === row.toPlace &&
      other.years.from <= years.until &&
      years.from <= other.years.until &&
      other.declarations.some((each) => each.answer === "requirements" && each.when.kind === row.when.kind),
  );
  return isAnswered ? [["no other place is asked", { ...row, toPlace: null }]] : [];
}

function wholeFaults(ruleSet: RuleSet): Fault[] {
  const { id, years, authorities, declarations } = ruleSet;
  const platforms = authorities.flatMap((route) => route.platforms);
  const routes = authorities
    .filter((route) => platforms.some((platform) => !route.platforms.includes(platform)))
    .map((route): Fault => {
      const changed = authorities.map((each) => (each === route ? { ...each, platforms } : each));
      return [`${id}: a union of all platforms for ${route.series}`, { ...ruleSet, authorities: changed }];
    });
  // Without the route for all others there is no rule set: loading refuses it.
  const lost = authorities
    .filter((route) => route.series !== "*")
    .map((route): Fault => {
      const left = authorities.filter((each) => each !== route);
      return [`${id}: no route for ${route.series}`, { ...ruleSet, authorities: left }];
    });
  const ages = id === "quzhou-2020" ? [24, 72] : [];
  return [
    ...routes,
    ...lost,
    ...(declarations.length > 1
      ? [[`${id}: rows in another order`, { ...ruleSet, declarations: declarations.toReversed() }] as const].filter(
          () => id === "quzhou-2020",
        )
      : []),
    ...ages.map(
      (hours): Fault => [`${id}: a platform may be ${hours} hours old`, { ...ruleSet, maxAgeHours: { "*": hours } }],
    ),
    [`${id}: holds for the next year too`, { ...ruleSet, years: { ...years, until: years.until + 1 } }],
    [`${id}: holds for the year before too`, { ...ruleSet, years: { ...years, from: years.from - 1 } }],
  ];
}

function rowFaults(row: AnsweredRule): RowFault[] {
  return [
    ...row.requirements.flatMap((rule) => requirementFaults(row, rule)),
    ...windowFaults(row.window).map(([name, window]): RowFault => [name, { ...row, window }]),
    ...row.caps.flatMap((cap) => capFaults(row, cap)),
    ...row.gates.flatMap((gate) => gateFaults(row, gate)),
    ...carryOverFaults(row),
    ...startFaults(row),
    ...row.grants.map(
      (grant): RowFault => [
        `${grant.code} is not granted`,
        { ...row, grants: row.grants.filter((each) => each !== grant) },
      ],
    ),
    ...(row.notices.length === 0 ? [] : [["no notice of the annual duty", { ...row, notices: [] }] as const]),
    ...(row.inherits === null ? [] : [["the farther layer is lost", { ...row, inherits: null }] as const]),
  ];
}

function requirementFaults(row: AnsweredRule, rule: RequirementRule): RowFault[] {
  const put = (changed: RequirementRule): AnsweredRule => ({
    ...row,
    requirements: row.requirements.map((each) => (each === rule ? changed : each)),
  });
  const without = { ...row, requirements: row.requirements.filter((each) => each !== rule) };
  const missing: RowFault[] =
    row.requirements.length + (row.inherits === null ? 0 : 1) > 1 ? [[`${rule.id} is not asked`, without]] : [];
  return [...missing, ...(rule.kind === "ratio" ? ratioFaults(rule) : floorFaults(rule)).map(withRule(put))];
}

function withRule(put: (changed: RequirementRule) => AnsweredRule) {
  return ([name, changed]: readonly [string, RequirementRule]): RowFault => [name, put(changed)];
}

type RuleFault = readonly [string, RequirementRule];

function floorFaults(rule: FloorRule): RuleFault[] {
  const overrides = rule.overrides ?? [];
  return [
    ...[HALF_HOUR, -HALF_HOUR].map((shift): RuleFault => {
      return [`${rule.id} is ${shift / 100} off`, { ...rule, needHundredths: rule.needHundredths + shift }];
    }),
    ...overrides.flatMap((override): RuleFault[] => [
      [
        `${rule.id} has no override from ${override.from}`,
        withOverrides(
          rule,
          overrides.filter((each) => each !== override),
        ),
      ],
      [
        `${rule.id}'s override from ${override.from} is half an hour more`,
        withOverrides(
          rule,
          overrides.map((each) =>
            each === override ? { ...each, needHundredths: each.needHundredths + HALF_HOUR } : each,
          ),
        ),
      ],
    ]),
    ...(rule.span?.over === "each_year" ? [summed(rule)] : []),
  ];
}

function withOverrides(rule: FloorRule, overrides: NonNullable<FloorRule["overrides"]>): FloorRule {
  return { ...rule, overrides };
}

/** A floor of each year that is asked of the sum alone. */
function summed({ span: _, ...rule }: FloorRule): RuleFault {
  return [`${rule.id} is a sum over the window`, { ...rule, perYear: true }];
}

function ratioFaults(rule: Extract<RequirementRule, { kind: "ratio" }>): RuleFault[] {
  const { of: _of, numerator: _numerator, denominator: _denominator, ...shared } = rule;
  return [
    [`${rule.id} is a floor of 60`, { ...shared, kind: "floor", needHundredths: 6000 }],
    [
      `${rule.id} asks for a hundredth more`,
      { ...rule, numerator: rule.numerator * 100 + 1, denominator: rule.denominator * 100 },
    ],
    [
      `${rule.id} asks for a hundredth less`,
      { ...rule, numerator: rule.numerator * 100 - 1, denominator: rule.denominator * 100 },
    ],
  ];
}

function windowFaults(window: WindowRule): (readonly [string, WindowRule])[] {
  switch (window.kind) {
    case "years":
      return [
        ...[1, -1]
          .filter((shift) => window.count + shift > 0)
          .map((shift) => [`the window is ${shift} year off`, { ...window, count: window.count + shift }] as const),
        [`the window ends a year earlier`, { ...window, endsYearsBefore: window.endsYearsBefore + 1 }],
      ];
    case "since_year":
      return [1, -1].map(
        (shift) => [`the window begins ${shift} year off`, { ...window, from: window.from + shift }] as const,
      );
    case "since_fact":
      return [
        [`the window begins a year late`, { ...window, plusYears: window.plusYears + 1 }],
        [`the window is a year shorter at most`, { ...window, yearsMax: window.yearsMax - 1 }],
      ];
    case "cycle":
    case "months":
      return [1, -1].map(
        (shift) => [`the window is ${shift} off`, { ...window, count: window.count + shift }] as const,
      );
  }
}

function capFaults(row: AnsweredRule, cap: CapRule): RowFault[] {
  const put = (changed: CapRule): AnsweredRule => ({
    ...row,
    caps: row.caps.map((each) => (each === cap ? changed : each)),
  });
  return [
    [`no cap ${cap.id}`, { ...row, caps: row.caps.filter((each) => each !== cap) }],
    [`cap ${cap.id} is 0.5 more`, put({ ...cap, mostHundredths: cap.mostHundredths + HALF_HOUR })],
    [`cap ${cap.id} is 0.5 less`, put({ ...cap, mostHundredths: cap.mostHundredths - HALF_HOUR })],
    ...(["item", "year", "window"] as const)
      .filter((per) => per !== cap.per && !(isOneYear(row) && per !== "item" && cap.per !== "item"))
      .map((per): RowFault => [`cap ${cap.id} is per ${per}`, put({ ...cap, per })]),
  ];
}

/** In a window of one year, a cap of the year is one of the window. */
function isOneYear({ window }: AnsweredRule): boolean {
  return window.kind === "years" && window.count === 1;
}

function gateFaults(row: AnsweredRule, gate: GateRule): RowFault[] {
  const without: RowFault = [`no gate ${gate.id}`, { ...row, gates: row.gates.filter((each) => each !== gate) }];
  const changed = otherTests(gate.test).map(([name, test]): RowFault => {
    return [
      `gate ${gate.id} is ${name}`,
      { ...row, gates: row.gates.map((each) => (each === gate ? { ...gate, test } : each)) },
    ];
  });
  return [without, ...changed];
}

function otherTests(test: GateRule["test"]): (readonly [string, GateRule["test"]])[] {
  switch (test.kind) {
    case "assessed":
      return test.withinDays === null
        ? []
        : [1, -1].map(
            (shift) => [`${shift} day off`, { ...test, withinDays: (test.withinDays ?? 0) + shift }] as const,
          );
    case "item_minimum":
      return [HALF_HOUR, -HALF_HOUR].map(
        (shift) => [`${shift / 100} off`, { ...test, leastHundredths: test.leastHundredths + shift }] as const,
      );
    case "expires":
      return [1, -1].map((shift) => [`${shift} month off`, { ...test, months: test.months + shift }] as const);
  }
}

function carryOverFaults(row: AnsweredRule): RowFault[] {
  const { carryOver } = row;
  if (carryOver === null) return [];
  const { mostHundredths, aboveHundredths, lastMonths } = carryOver;
  return [
    ["nothing is carried over", { ...row, carryOver: null }],
    [
      "half an hour more is carried over",
      { ...row, carryOver: { ...carryOver, mostHundredths: mostHundredths + HALF_HOUR } },
    ],
    [
      "hours are carried over too early",
      { ...row, carryOver: { ...carryOver, aboveHundredths: aboveHundredths - HALF_HOUR } },
    ],
    ["hours of any subject are carried over", { ...row, carryOver: { ...carryOver, subjects: "all" } }],
    ...(lastMonths === null
      ? []
      : [lastMonths - 1, lastMonths + 1, null].map((months): RowFault => {
          return [
            `hours of the last ${months} months are carried over`,
            { ...row, carryOver: { ...carryOver, lastMonths: months } },
          ];
        })),
  ];
}

function startFaults(row: AnsweredRule): RowFault[] {
  const { start } = row;
  if (start === null) return [];
  return [
    ["the duty begins a year late", { ...row, start: { ...start, plusYears: start.plusYears + 1 } }],
    ["the duty was always there", { ...row, start: null }],
  ];
}
