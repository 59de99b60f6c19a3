import { findRule } from "../requirement/find-rule.ts";
import { type MissingHours, missingHours } from "../requirement/missing-hours.ts";
import { windowOf } from "../requirement/window-of.ts";
import { recordsOf, type VerdictInput, verdictBasis } from "./verdict-input.ts";

/**
 * The least hours that would make a declaration met, by subject and by when; null where nothing is missing, and where
 * no requirement is evaluated. What is unclassified, or known too little, is not looked at: it is no hours.
 */
export function findMissingHours(input: VerdictInput): MissingHours | null {
  const rule = findRule(input.ruleSets, input.declaration, input.knownAtMs);
  if (rule.found === "nothing" || rule.row.answer === "delegated") return null;
  const basis = verdictBasis(rule, input.declaration);
  const { platforms } = basis.route;
  const window = windowOf(rule.row, input.declaration, input.asOf);
  if (platforms.length === 0 || typeof window === "string") return null;
  return missingHours(rule.row, { platforms, window, asOf: input.asOf }, recordsOf(input, basis));
}
