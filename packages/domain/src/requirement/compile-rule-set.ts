import type { AuthorityRoute, RuleSet } from "./rule-set.ts";

const HOUR_MS = 3_600_000;

/** A rule set's routes and ages in the form that answers quickly; its rows are compiled one by one, where they are asked. */
export interface CompiledRuleSet {
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
    routeBySeries,
    defaultRoute,
    maxAgeMsByPlatform: new Map(
      Object.entries(ruleSet.maxAgeHours).map(([platform, hours]) => [platform, hours * HOUR_MS]),
    ),
    defaultMaxAgeMs: defaultMaxAgeHours * HOUR_MS,
  };
}
