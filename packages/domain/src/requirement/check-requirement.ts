import type { CompiledRequirement } from "./compile-rule-set.ts";
import type { RequirementResult } from "./requirement-result.ts";

/**
 * Checks one floor against the window's hours by subject (hundredths, in the order of SUBJECTS).
 * A group of subjects is one sum: its members have no floor of their own.
 */
export function checkRequirement(
  requirement: CompiledRequirement,
  hundredthsBySubject: readonly number[],
): RequirementResult {
  const { rule, mask } = requirement;
  let haveHundredths = 0;
  for (let index = 0; index < hundredthsBySubject.length; index += 1) {
    if ((mask & (1 << index)) !== 0) haveHundredths += hundredthsBySubject[index] ?? 0;
  }
  const gapHundredths = Math.max(0, rule.needHundredths - haveHundredths);
  return {
    id: rule.id,
    kind: rule.kind,
    subjects: rule.subjects,
    haveHundredths,
    needHundredths: rule.needHundredths,
    gapHundredths,
    outcome: gapHundredths === 0 ? "met" : "not_met",
    citation: rule.citation,
  };
}
