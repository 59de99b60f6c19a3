import type { PersonProjection, ProjectedRecord } from "../projection/projected-record.ts";
import { authorityRouteOf, type CompiledRuleSet, compileRuleSet } from "../requirement/compile-rule-set.ts";
import type { FoundRule } from "../requirement/find-rule.ts";
import { type HypotheticalHours, hypotheticalRecord } from "../requirement/hypothetical-hours.ts";
import type { ActivatedRuleSet, AuthorityRoute, Declaration } from "../requirement/rule-set.ts";
import type { LocalDate } from "../values/local-date.ts";
import { type PlatformFreshness, VERDICT_FORMAT, type Verdict } from "./verdict.ts";

/** All that a verdict depends on. */
export interface VerdictInput {
  readonly declaration: Declaration;
  /** Effective date: only hours obtained on or before it count. */
  readonly asOf: LocalDate;
  /** Known time, ms since 1970 UTC: `person` and `freshness` are what was known then. */
  readonly knownAtMs: number;
  readonly nowMs: number;
  /** Keyed digest of the name that the declaration gives, or null when it gives none. */
  readonly declaredNameDigest: string | null;
  readonly person: PersonProjection;
  readonly freshness: readonly PlatformFreshness[];
  /** Every activation; those after `knownAtMs` are passed over. */
  readonly ruleSets: readonly ActivatedRuleSet[];
  /** Hours to answer with as if they were registered. */
  readonly hypothetical?: readonly HypotheticalHours[];
}

/** The person's records, and the hypothetical hours of the question as records of the platform of record. */
export function recordsOf(input: VerdictInput, { rule, route }: VerdictBasis): readonly ProjectedRecord[] {
  const { person, hypothetical = [] } = input;
  if (hypothetical.length === 0) return person.records;
  const platform = route.platforms[0] ?? "";
  const { recognition } = rule.active.ruleSet;
  return [
    ...person.records,
    ...hypothetical.map((hours, index) => hypotheticalRecord(hours, index, platform, recognition)),
  ];
}

/** The row that a declaration came to, and the route to the platforms of record, which the declared place says. */
export interface VerdictBasis {
  readonly rule: FoundRule;
  readonly local: CompiledRuleSet;
  readonly route: AuthorityRoute;
}

export function verdictBasis(rule: FoundRule, { series }: Declaration): VerdictBasis {
  const local = compileRuleSet(rule.local.ruleSet);
  return { rule, local, route: authorityRouteOf(local, series) };
}

const NO_SOURCES: NonNullable<Verdict["ruleSet"]>["basedOn"] = [];

function sourcesOf(active: ActivatedRuleSet, local: ActivatedRuleSet, bases: readonly ActivatedRuleSet[]) {
  if (local === active && bases.length === 0) return NO_SOURCES;
  const others = local === active ? bases : [local, ...bases];
  return others.map(({ ruleSet, digest }) => ({ id: ruleSet.id, version: ruleSet.version, digest }));
}

/** The parts of a verdict that say by what it was decided. */
export function verdictHeader(
  input: VerdictInput,
  { rule: { active, local, row, bases }, route }: VerdictBasis,
): Pick<Verdict, "declaration" | "ruleSet" | "authority" | "asOf" | "knownAtMs" | "cut"> {
  const { id, version, subjects } = active.ruleSet;
  return {
    declaration: input.declaration,
    ruleSet: {
      id,
      version,
      digest: active.digest,
      citation: row.rule.citation,
      subjects,
      basedOn: sourcesOf(active, local, bases),
    },
    authority: { mode: route.mode, platforms: route.platforms },
    asOf: input.asOf,
    knownAtMs: input.knownAtMs,
    cut: {
      sequence: input.person.sequence,
      head: input.person.head,
      ruleSetDigest: active.digest,
      format: VERDICT_FORMAT,
    },
  };
}
