import type { CompiledAnsweredRule } from "./compile-rule.ts";
import type { RequirementResult } from "./requirement-result.ts";

/**
 * Hours that cannot do with less, whatever they are: the sum of the gaps of requirements that no one sort of hours serves
 * together, the largest taken first. `sorts` are those that could be obtained, by the bits of their selections.
 */
export function lowerBound(
  row: CompiledAnsweredRule,
  results: readonly RequirementResult[],
  sorts: readonly { readonly bits: number }[],
): number {
  const gaps = row.requirements
    .map(({ selection }, index) => ({ selection, gap: results[index]?.gapHundredths ?? 0 }))
    .sort((left, right) => right.gap - left.gap);
  const meet = (one: number, other: number) => sorts.some(({ bits }) => ((bits >> one) & (bits >> other) & 1) === 1);
  const apart = (subset: readonly (typeof gaps)[number][]): number => {
    const taken: number[] = [];
    let sum = 0;
    for (const { selection, gap } of subset) {
      if (taken.some((other) => meet(selection, other))) continue;
      taken.push(selection);
      sum += gap;
    }
    return sum;
  };
  // Beginning with each of them, since the largest may keep out several that are more together.
  return gaps.reduce((most, _, index) => Math.max(most, apart([...gaps.slice(index), ...gaps.slice(0, index)])), 0);
}
