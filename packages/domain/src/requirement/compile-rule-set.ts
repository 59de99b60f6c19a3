import type { AnsweredRule, AuthorityRoute, DelegatedRule, RequirementRule, RuleSet } from "./rule-set.ts";
import { type SubjectMask, subjectMask } from "./subject-mask.ts";

const HOUR_MS = 3_600_000;

export interface CompiledRequirement {
  readonly rule: RequirementRule;
  readonly mask: SubjectMask;
}

export interface CompiledAnsweredRule {
  readonly answer: "requirements";
  readonly rule: AnsweredRule;
  readonly requirements: readonly CompiledRequirement[];
}

export interface CompiledDelegatedRule {
  readonly answer: "delegated";
  readonly rule: DelegatedRule;
}

export type CompiledRule = CompiledAnsweredRule | CompiledDelegatedRule;

/** A rule set in the form that answers quickly; it says nothing that the rule set does not. */
export interface CompiledRuleSet {
  readonly rules: readonly CompiledRule[];
  readonly routeBySeries: ReadonlyMap<string, AuthorityRoute>;
  readonly defaultRoute: AuthorityRoute;
  readonly maxAgeMsByPlatform: ReadonlyMap<string, number>;
  readonly defaultMaxAgeMs: number;
}

/** A memo of a pure function: rule sets are immutable, and one is asked thousands of times a second. */
const compiledByRuleSet = new WeakMap<RuleSet, CompiledRuleSet>();

/**
 * Compiles a rule set once; the same object gives the same result again without work.
 * Throws a RangeError when there is no `*` authority route or no `*` maximal age: the rulebook refuses such a file.
 */
export function compileRuleSet(ruleSet: RuleSet): CompiledRuleSet {
  const known = compiledByRuleSet.get(ruleSet);
  if (known !== undefined) return known;
  const compiled = compile(ruleSet);
  compiledByRuleSet.set(ruleSet, compiled);
  return compiled;
}

/** The route of a series: the one that names it, else the `*` route. */
export function authorityRouteOf(compiled: CompiledRuleSet, series: string): AuthorityRoute {
  return compiled.routeBySeries.get(series) ?? compiled.defaultRoute;
}

/** How old a platform's last complete pull may be, in milliseconds. */
export function maxAgeMsOf(compiled: CompiledRuleSet, platform: string): number {
  return compiled.maxAgeMsByPlatform.get(platform) ?? compiled.defaultMaxAgeMs;
}

function compile(ruleSet: RuleSet): CompiledRuleSet {
  const defaultRoute = ruleSet.authorities.find((route) => route.series === "*");
  const defaultMaxAgeHours = ruleSet.maxAgeHours["*"];
  if (defaultRoute === undefined) throw new RangeError(`Rule set ${ruleSet.id} has no authority route for series "*".`);
  if (defaultMaxAgeHours === undefined) throw new RangeError(`Rule set ${ruleSet.id} has no maxAgeHours for "*".`);
  const routeBySeries = new Map<string, AuthorityRoute>();
  for (const route of ruleSet.authorities) {
    if (route.series === "*") continue;
    for (const series of route.series) routeBySeries.set(series, route);
  }
  return {
    rules: ruleSet.declarations.map((rule) =>
      rule.answer === "delegated"
        ? { answer: rule.answer, rule }
        : {
            answer: rule.answer,
            rule,
            requirements: rule.requirements.map((requirement) => ({
              rule: requirement,
              mask: subjectMask(requirement.subjects),
            })),
          },
    ),
    routeBySeries,
    defaultRoute,
    maxAgeMsByPlatform: new Map(
      Object.entries(ruleSet.maxAgeHours).map(([platform, hours]) => [platform, hours * HOUR_MS]),
    ),
    defaultMaxAgeMs: defaultMaxAgeHours * HOUR_MS,
  };
}
