import type { ProjectedRecord } from "../projection/projected-record.ts";
import { type CompiledAnsweredRule, compileAnsweredRule } from "../requirement/compile-rule.ts";
import type {
  CapRule,
  CarryOverRule,
  FloorRule,
  GateRule,
  RequirementRule,
  WindowRule,
} from "../requirement/requirement-rule.ts";
import { resolveWindow } from "../requirement/resolve-window.ts";
import type { AnsweredRule, RuleSet } from "../requirement/rule-set.ts";
import type { EvaluationScope } from "../requirement/tally.ts";
import type { LocalDate } from "../values/local-date.ts";

export const CITED = { citation: { document: "d", clause: "c" }, provenance: "notice" } as const;
export const TOTAL: FloorRule = { id: "total", kind: "floor", subjects: "all", needHundredths: 1, ...CITED };

/** What a test says of a row; everything else is plain. */
export interface Shapes {
  readonly requirements?: readonly RequirementRule[];
  readonly caps?: readonly CapRule[];
  readonly gates?: readonly GateRule[];
  readonly carryOver?: CarryOverRule | null;
  readonly window?: WindowRule;
  readonly subjects?: readonly string[];
}

const RULE_SET: RuleSet = {
  id: "rules",
  version: "1",
  place: "place",
  layer: "city",
  subjects: ["professional", "elective"],
  yearStartsOn: "01-01",
  recognition: "as-registered",
  isDraft: false,
  years: { from: 2026, until: 2026 },
  title: "rules",
  publishedOn: "2026-01-01",
  lastVerifiedOn: "2026-01-01",
  declarations: [],
  authorities: [],
  sources: [],
  maxAgeHours: {},
  ...CITED,
};

/** A compiled row of 2025 and 2026 for platform `one`, and what it looks at when it is asked about 2026 on a day. */
export function exampleRow(
  { subjects = RULE_SET.subjects, ...shapes }: Shapes,
  asOf = "2026-12-31",
): { row: CompiledAnsweredRule; scope: EvaluationScope } {
  const rule: AnsweredRule = {
    answer: "requirements",
    id: "row",
    when: { kind: "annual-duty" },
    window: { kind: "years", count: 2, endsYearsBefore: 0 },
    requirements: [TOTAL],
    notices: [],
    caps: [],
    gates: [],
    carryOver: null,
    start: null,
    grants: [],
    inherits: null,
    ...CITED,
    ...shapes,
  };
  const origin = { ruleSet: "rules", version: "1", layer: "city", overrode: [] } as const;
  const values = rule.requirements.map((each) => ({ rule: each, origin }));
  const row = compileAnsweredRule({ ...RULE_SET, subjects }, rule, values);
  const declaration = {
    place: "place",
    year: 2026,
    kind: "annual-duty",
    level: null,
    series: "any",
    education: null,
  } as const;
  const date = asOf as LocalDate;
  const window = resolveWindow(rule.window, {
    declaration,
    asOf: date,
    yearStartsOn: "01-01",
    start: null,
    grants: [],
  });
  if (typeof window === "string") throw new Error(`The window needs ${window}.`);
  return { row, scope: { platforms: ["one"], window, asOf: date } };
}

/** Ten hours of 专业 on platform `one`, obtained on 2026-03-01, but for what is said. */
export function exampleRecord(fields: Partial<ProjectedRecord>, index: number): ProjectedRecord {
  const obtainedOn = fields.obtainedOn ?? ("2026-03-01" as LocalDate);
  return {
    recordKey: `k${index}`,
    slot: "",
    recordId: `r${index}`,
    source: "one",
    platform: "one",
    state: "registered",
    code: null,
    hoursHundredths: 1000,
    subject: "professional",
    attributedYear: Number(obtainedOn.slice(0, 4)),
    pathway: null,
    recognition: "as-registered",
    assessedOn: null,
    flags: "",
    updateTimeMs: 1,
    ...fields,
    obtainedOn,
  };
}
