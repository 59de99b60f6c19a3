import { authorityRouteOf, compileRuleSet } from "../requirement/compile-rule-set.ts";
import { matchDeclarationRule } from "../requirement/match-declaration-rule.ts";
import { selectRuleSet } from "../requirement/select-rule-set.ts";
import { answerRequirements } from "./answer-requirements.ts";
import { judgeFreshness } from "./judge-freshness.ts";
import { listUncounted } from "./list-uncounted.ts";
import { VERDICT_FORMAT, type Verdict } from "./verdict.ts";
import { type VerdictBasis, type VerdictInput, verdictHeader } from "./verdict-input.ts";

type Unanswered = Pick<Verdict, "reasons"> & Partial<Verdict>;

/**
 * Decides one declaration. The first of these that holds is the answer: identity_conflict (no hours, no records; the
 * cut is still shown), no_rule_in_force, authority_not_connected, delegated, all `unknown` without requirements. Then
 * the requirements are evaluated; source_not_yet_known, source_stale, source_partial and unclassified_hours make the
 * verdict `unknown` with `provisional` beside it. Pure: the same input gives the same verdict for ever.
 */
export function decideVerdict(input: VerdictInput): Verdict {
  const { declaration, person, declaredNameDigest } = input;
  if (declaredNameDigest !== null && person.nameDigest !== null && declaredNameDigest !== person.nameDigest) {
    return unanswered(input, { reasons: [{ code: "identity_conflict", detail: {} }] });
  }
  const active = selectRuleSet(input.ruleSets, declaration, input.knownAtMs);
  if (active === null) return noRuleInForce(input, {});
  const compiled = compileRuleSet(active.ruleSet);
  const row = matchDeclarationRule(compiled.rules, declaration);
  if (row === null) return noRuleInForce(input, {});
  // The API refuses such a declaration (422); no row may answer for what was not said.
  if (typeof row === "string") return noRuleInForce(input, { missing: row });

  const basis: VerdictBasis = { active, compiled, row, route: authorityRouteOf(compiled, declaration.series) };
  if (basis.route.platforms.length === 0) return notConnected(input, basis);
  if (row.answer === "delegated") return delegated(input, basis, row.rule.delegatedTo);
  return answerRequirements(input, basis, row);
}

function noRuleInForce(input: VerdictInput, detail: Readonly<Record<string, string>>): Verdict {
  const { place, year } = input.declaration;
  return unanswered(input, {
    reasons: [{ code: "no_rule_in_force", detail: { place, year: String(year), ...detail } }],
    uncounted: listUncounted(input.person.records, null, "no_rule_in_force"),
  });
}

/** No platform of record is connected, so every registered hour stands elsewhere. */
function notConnected(input: VerdictInput, basis: VerdictBasis): Verdict {
  return unanswered(input, {
    ...verdictHeader(input, basis),
    reasons: [{ code: "authority_not_connected", detail: { series: input.declaration.series } }],
    uncounted: listUncounted(input.person.records, [], "registered_elsewhere"),
  });
}

function delegated(input: VerdictInput, basis: VerdictBasis, delegatedTo: string): Verdict {
  const { platforms } = basis.route;
  return unanswered(input, {
    ...verdictHeader(input, basis),
    reasons: [{ code: "delegated", detail: { delegatedTo } }],
    uncounted: listUncounted(input.person.records, platforms, "delegated"),
    freshness: judgeFreshness(input, platforms, basis.compiled).states,
  });
}

function unanswered(input: VerdictInput, answer: Unanswered): Verdict {
  const { person } = input;
  return {
    verdict: "unknown",
    provisional: null,
    declaration: input.declaration,
    ruleSet: null,
    window: null,
    authority: null,
    requirements: [],
    notices: [],
    years: [],
    counted: [],
    uncounted: [],
    freshness: [],
    asOf: input.asOf,
    knownAtMs: input.knownAtMs,
    cut: { sequence: person.sequence, head: person.head, ruleSetDigest: null, format: VERDICT_FORMAT },
    ...answer,
  };
}
