import type { ActivatedRuleSet } from "./rule-set.ts";

/**
 * The rule set in force for a place and declaration year as it was known at an instant, or null.
 * Only activations at or before `knownAtMs` exist, and of one id only the latest (of equal times, the one listed last).
 * Should two ids hold for the same place and year, the one activated later answers.
 */
export function selectRuleSet(
  ruleSets: readonly ActivatedRuleSet[],
  declaration: { readonly place: string; readonly year: number },
  knownAtMs: number,
): ActivatedRuleSet | null {
  let best: ActivatedRuleSet | null = null;
  for (let index = 0; index < ruleSets.length; index += 1) {
    const candidate = ruleSets[index];
    if (candidate === undefined || candidate.activatedAtMs > knownAtMs) continue;
    const { place, years } = candidate.ruleSet;
    if (place !== declaration.place || declaration.year < years.from || declaration.year > years.until) continue;
    if (best !== null && candidate.activatedAtMs < best.activatedAtMs) continue;
    if (!isReplaced(ruleSets, index, candidate, knownAtMs)) best = candidate;
  }
  return best;
}

/** A later activation of the same id replaces it wholly, also for years that it no longer names. */
function isReplaced(
  ruleSets: readonly ActivatedRuleSet[],
  index: number,
  candidate: ActivatedRuleSet,
  knownAtMs: number,
): boolean {
  return ruleSets.some(
    (other, otherIndex) =>
      other.ruleSet.id === candidate.ruleSet.id &&
      other.activatedAtMs <= knownAtMs &&
      (other.activatedAtMs > candidate.activatedAtMs ||
        (other.activatedAtMs === candidate.activatedAtMs && otherIndex > index)),
  );
}
