import { type ActivatedRuleSet, LAYERS } from "./rule-set.ts";

/**
 * The rule sets in force for a place and declaration year as they were known at an instant, the one to be asked first
 * at the head: layers in the order of LAYERS, of one layer the one activated later (of equal times, the one listed last).
 * Only activations at or before `knownAtMs` exist, and of one id only the latest.
 */
export function selectRuleSets(
  ruleSets: readonly ActivatedRuleSet[],
  place: string,
  year: number,
  knownAtMs: number,
): readonly ActivatedRuleSet[] {
  const found: ActivatedRuleSet[] = [];
  for (let index = ruleSets.length - 1; index >= 0; index -= 1) {
    const candidate = ruleSets[index];
    if (candidate === undefined || candidate.activatedAtMs > knownAtMs) continue;
    const { ruleSet } = candidate;
    if (ruleSet.place !== place || year < ruleSet.years.from || year > ruleSet.years.until) continue;
    if (!isReplaced(ruleSets, index, candidate, knownAtMs)) found.push(candidate);
  }
  return found.length < 2 ? found : found.sort(compareNearness);
}

/** The newest version of a rule set that was known at an instant, or null. */
export function newestRuleSet(
  ruleSets: readonly ActivatedRuleSet[],
  id: string,
  knownAtMs: number,
): ActivatedRuleSet | null {
  let newest: ActivatedRuleSet | null = null;
  for (const candidate of ruleSets) {
    if (candidate.ruleSet.id !== id || candidate.activatedAtMs > knownAtMs) continue;
    if (newest === null || candidate.activatedAtMs >= newest.activatedAtMs) newest = candidate;
  }
  return newest;
}

/** The list comes with later ones first, and sorting keeps that order among equals. */
function compareNearness(left: ActivatedRuleSet, right: ActivatedRuleSet): number {
  const byLayer = LAYERS.indexOf(left.ruleSet.layer) - LAYERS.indexOf(right.ruleSet.layer);
  return byLayer !== 0 ? byLayer : right.activatedAtMs - left.activatedAtMs;
}

/** A later activation of the same id replaces it wholly, also for years that it no longer names. */
function isReplaced(
  ruleSets: readonly ActivatedRuleSet[],
  index: number,
  candidate: ActivatedRuleSet,
  knownAtMs: number,
): boolean {
  for (let otherIndex = 0; otherIndex < ruleSets.length; otherIndex += 1) {
    const other = ruleSets[otherIndex];
    if (other === undefined || other.ruleSet.id !== candidate.ruleSet.id || other.activatedAtMs > knownAtMs) continue;
    if (other.activatedAtMs > candidate.activatedAtMs) return true;
    if (other.activatedAtMs === candidate.activatedAtMs && otherIndex > index) return true;
  }
  return false;
}
