/**
 * Beyond either bound the question is left open; below both it is decided exactly. States are combinations of what the
 * groups still need: with one floor of 36 hours beside the largest one there are at most 3,601.
 */
export const UNCLASSIFIED_RECORDS_MAX = 500;
const UNCLASSIFIED_STATES_MAX = 5_000;

/** What a floor over a group of subjects still lacks, in hundredths, above 0. */
export interface SubjectGap {
  /** The group as bits, in the order of the rule set's subjects. */
  readonly mask: number;
  readonly gapHundredths: number;
}

/**
 * Whether giving each whole unclassified record some subject could close every gap at once.
 * `gaps` are those of the floors that are not met, over `subjectCount` subjects; `hoursHundredths` the records' hours (each above 0). `undecided` only
 * beyond UNCLASSIFIED_RECORDS_MAX records or UNCLASSIFIED_STATES_MAX states at once. Groups of subjects may overlap.
 */
export function unclassifiedCouldMeet(
  gaps: readonly SubjectGap[],
  hoursHundredths: readonly number[],
  subjectCount: number,
): "could" | "could_not" | "undecided" {
  let sum = 0;
  for (const hours of hoursHundredths) sum += hours;
  if (gaps.some((gap) => gap.gapHundredths > sum)) return "could_not";
  const grouped = gapsByGroup(gaps, subjectCount);
  const choices = usefulChoices(grouped, subjectCount);
  // One choice that serves every group takes all the hours, and no gap is larger than their sum.
  if (choices.length <= 1) return "could";
  if (hoursHundredths.length > UNCLASSIFIED_RECORDS_MAX) return "undecided";
  const unit = hoursHundredths.reduce(greatestCommonDivisor, 0);
  const needs = grouped.map((gap) => Math.ceil(gap.gapHundredths / unit));
  // Largest first, whatever the order they came in: the answer at the bound must not depend on it.
  const amounts = hoursHundredths.map((hours) => hours / unit).sort((left, right) => right - left);
  return searchAssignments(needs, choices, amounts);
}

/** The largest gap of each group, smallest first; a gap over all subjects is closed by any assignment and needs no search. */
function gapsByGroup(gaps: readonly SubjectGap[], subjectCount: number): SubjectGap[] {
  const allSubjects = 2 ** subjectCount - 1;
  const largest = new Map<number, SubjectGap>();
  for (const gap of gaps) {
    if (gap.mask === allSubjects) continue;
    const known = largest.get(gap.mask);
    if (known === undefined || known.gapHundredths < gap.gapHundredths) largest.set(gap.mask, gap);
  }
  return [...largest.values()].sort((left, right) => left.gapHundredths - right.gapHundredths);
}

/** What a subject can serve, as bits over the groups; a subject that serves less than another is never the better choice. */
function usefulChoices(grouped: readonly SubjectGap[], subjectCount: number): number[] {
  const served = Array.from({ length: subjectCount }, (_, subject) =>
    grouped.reduce((bits, gap, index) => bits | (((gap.mask >> subject) & 1) << index), 0),
  );
  const distinct = [...new Set(served)];
  return distinct.filter((bits) => !distinct.some((other) => other !== bits && (other & bits) === bits));
}

/**
 * Dynamic programming over what each group still needs. A state is the needs of all groups but the last as one number
 * (mixed radix); kept with it is the least that the last group can need there, because less need is never worse.
 */
function searchAssignments(
  needs: readonly number[],
  choices: readonly number[],
  amounts: readonly number[],
): "could" | "could_not" | "undecided" {
  const last = needs.length - 1;
  const start = needs.slice(0, last).reduceRight((state, need) => state * (need + 1) + need, 0);
  if (!Number.isSafeInteger(start)) return "undecided";
  let remaining = amounts.reduce((sum, amount) => sum + amount, 0);
  let states = new Map([[start, needs[last] ?? 0]]);
  for (const amount of amounts) {
    remaining -= amount;
    const next = new Map<number, number>();
    for (const [state, lastNeed] of states) {
      for (const bits of choices) {
        const reached = serve(state, needs, bits, amount, remaining);
        const lastLeft = ((bits >> last) & 1) === 1 ? Math.max(0, lastNeed - amount) : lastNeed;
        if (reached === 0 && lastLeft === 0) return "could";
        if (reached < 0 || lastLeft > remaining) continue;
        const best = next.get(reached);
        if (best === undefined || lastLeft < best) next.set(reached, lastLeft);
      }
    }
    if (next.size > UNCLASSIFIED_STATES_MAX) return "undecided";
    states = next;
  }
  return "could_not";
}

/**
 * The state after one record of `amount` units served the groups in `bits`; a need never falls below 0. Negative when
 * some group then needs more than all that `remaining` holds, so that nothing can come of it.
 */
function serve(state: number, needs: readonly number[], bits: number, amount: number, remaining: number): number {
  let rest = state;
  let stride = 1;
  let reached = 0;
  for (let index = 0; index < needs.length - 1; index += 1) {
    const radix = (needs[index] ?? 0) + 1;
    const digit = rest % radix;
    rest = (rest - digit) / radix;
    const left = ((bits >> index) & 1) === 1 ? Math.max(0, digit - amount) : digit;
    if (left > remaining) return -1;
    reached += left * stride;
    stride *= radix;
  }
  return reached;
}

function greatestCommonDivisor(left: number, right: number): number {
  let [a, b] = [left, right];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
