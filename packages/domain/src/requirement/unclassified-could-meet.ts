import { SUBJECTS } from "../values/subject.ts";
import { ALL_SUBJECTS_MASK, type SubjectMask } from "./subject-mask.ts";

/** Beyond either bound the question is left open; below both it is decided exactly. */
export const UNCLASSIFIED_RECORDS_MAX = 500;
export const UNCLASSIFIED_STATES_MAX = 20_000;

/** What a floor over a group of subjects still lacks, in hundredths, above 0. */
export interface SubjectGap {
  readonly mask: SubjectMask;
  readonly gapHundredths: number;
}

/**
 * Whether giving each whole unclassified record some subject could close every gap at once.
 * `gaps` are those of the floors that are not met, `hoursHundredths` the records' hours (each above 0). `undecided` only
 * beyond UNCLASSIFIED_RECORDS_MAX records or UNCLASSIFIED_STATES_MAX states. Groups of subjects may overlap.
 */
export function unclassifiedCouldMeet(
  gaps: readonly SubjectGap[],
  hoursHundredths: readonly number[],
): "could" | "could_not" | "undecided" {
  let sum = 0;
  for (const hours of hoursHundredths) sum += hours;
  if (gaps.some((gap) => gap.gapHundredths > sum)) return "could_not";
  const grouped = gapsByGroup(gaps);
  const choices = usefulChoices(grouped);
  // One choice that serves every group takes all the hours, and no gap is larger than their sum.
  if (choices.length <= 1) return "could";
  const unit = hoursHundredths.reduce(greatestCommonDivisor, 0);
  const needs = grouped.map((gap) => Math.ceil(gap.gapHundredths / unit));
  const stateCount = needs.slice(0, -1).reduce((product, need) => product * (need + 1), 1);
  if (hoursHundredths.length > UNCLASSIFIED_RECORDS_MAX || stateCount > UNCLASSIFIED_STATES_MAX) return "undecided";
  const amounts = hoursHundredths.map((hours) => hours / unit);
  return searchAssignments(needs, choices, amounts, stateCount) ? "could" : "could_not";
}

/** The largest gap of each group, smallest first; a gap over all subjects is closed by any assignment and needs no search. */
function gapsByGroup(gaps: readonly SubjectGap[]): SubjectGap[] {
  const largest = new Map<SubjectMask, SubjectGap>();
  for (const gap of gaps) {
    if (gap.mask === ALL_SUBJECTS_MASK) continue;
    const known = largest.get(gap.mask);
    if (known === undefined || known.gapHundredths < gap.gapHundredths) largest.set(gap.mask, gap);
  }
  return [...largest.values()].sort((left, right) => left.gapHundredths - right.gapHundredths);
}

/** What a subject can serve, as bits over the groups; a subject that serves less than another is never the better choice. */
function usefulChoices(grouped: readonly SubjectGap[]): number[] {
  const served = SUBJECTS.map((_, subject) =>
    grouped.reduce((bits, gap, index) => bits | (((gap.mask >> subject) & 1) << index), 0),
  );
  const distinct = [...new Set(served)];
  return distinct.filter((bits) => !distinct.some((other) => other !== bits && (other & bits) === bits));
}

/**
 * Dynamic programming over what each group still needs. The table is indexed by all groups but the last (mixed radix)
 * and holds the least that the last one can still need there, or -1: less need is never worse, so the rest is not kept.
 */
function searchAssignments(
  needs: readonly number[],
  choices: readonly number[],
  amounts: readonly number[],
  stateCount: number,
): boolean {
  const last = needs.length - 1;
  let table = new Float64Array(stateCount).fill(-1);
  let next = new Float64Array(stateCount);
  table[stateCount - 1] = needs[last] ?? 0;
  for (const amount of amounts) {
    next.fill(-1);
    for (let state = 0; state < stateCount; state += 1) {
      const lastNeed = table[state] ?? -1;
      if (lastNeed < 0) continue;
      for (const bits of choices) {
        const reached = serve(state, needs, bits, amount);
        const lastLeft = ((bits >> last) & 1) === 1 ? Math.max(0, lastNeed - amount) : lastNeed;
        if (reached === 0 && lastLeft === 0) return true;
        const best = next[reached] ?? -1;
        if (best < 0 || lastLeft < best) next[reached] = lastLeft;
      }
    }
    [table, next] = [next, table];
  }
  return false;
}

/** The state after one record of `amount` units served the groups in `bits`; a need never falls below 0. */
function serve(state: number, needs: readonly number[], bits: number, amount: number): number {
  let rest = state;
  let stride = 1;
  let reached = 0;
  for (let index = 0; index < needs.length - 1; index += 1) {
    const radix = (needs[index] ?? 0) + 1;
    const digit = rest % radix;
    rest = (rest - digit) / radix;
    reached += (((bits >> index) & 1) === 1 ? Math.max(0, digit - amount) : digit) * stride;
    stride *= radix;
  }
  return reached;
}

function greatestCommonDivisor(left: number, right: number): number {
  let [a, b] = [left, right];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
