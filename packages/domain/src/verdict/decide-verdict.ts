import { findRule } from "../requirement/find-rule.ts";
import { windowOf } from "../requirement/window-of.ts";
import { answerRequirements } from "./answer-requirements.ts";
import { judgeFreshness } from "./judge-freshness.ts";
import { listUncounted } from "./list-records.ts";
import { VERDICT_FORMAT, type Verdict } from "./verdict.ts";
import { type VerdictBasis, type VerdictInput, verdictBasis, verdictHeader } from "./verdict-input.ts";

type Unanswered = Pick<Verdict, "reasons"> & Partial<Verdict>;

/**
 * Decides one declaration. The first of these that holds is the answer: erased and identity_conflict (no hours, no records;
 * the cut is still shown), no_rule_in_force, authority_not_connected, delegated, fact_not_given, all `unknown` without requirements. Then
 * the requirements are evaluated; source_not_yet_known, source_stale, source_partial and unclassified_hours make the
 * verdict `unknown` with `provisional` beside it. Pure: the same input gives the same verdict for ever.
 */
export function decideVerdict(input: VerdictInput): Verdict {
  const { declaration, person, declaredNameDigest } = input;
  if (person.isErased === true) return unanswered(input, { reasons: [{ code: "erased", detail: {} }] });
  if (declaredNameDigest !== null && person.nameDigest !== null && declaredNameDigest !== person.nameDigest) {
    return unanswered(input, { reasons: [{ code: "identity_conflict", detail: {} }] });
  }
  const rule = findRule(input.ruleSets, declaration, input.knownAtMs);
  // The API refuses a declaration that says too little (422); no row may answer for what was not said.
  if (rule.found === "nothing") return noRuleInForce(input, rule.missing === null ? {} : { missing: rule.missing });
  const basis = verdictBasis(rule, declaration);
  if (basis.route.platforms.length === 0) return notConnected(input, basis);
  if (rule.row.answer === "delegated") return delegated(input, basis, rule.row.rule.delegatedTo);
  const window = windowOf(rule.row, declaration, input.asOf);
  if (typeof window === "string") return factNotGiven(input, basis, window);
  return answerRequirements(input, basis, rule.row, window);
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
    freshness: judgeFreshness(input, platforms, basis.local).states,
  });
}

/** The rule looks at a window that a fact about the person tells, such as the day of the first registration. */
function factNotGiven(input: VerdictInput, basis: VerdictBasis, fact: string): Verdict {
  const { platforms } = basis.route;
  return unanswered(input, {
    ...verdictHeader(input, basis),
    reasons: [{ code: "fact_not_given", detail: { fact } }],
    uncounted: listUncounted(input.person.records, platforms, "fact_not_given"),
    freshness: judgeFreshness(input, platforms, basis.local).states,
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
    caps: [],
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
