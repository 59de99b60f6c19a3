import { compareText } from "../values/text.ts";
import { MAIN_SLOT, type RecordState } from "./entry.ts";
import type { Standing } from "./standing.ts";

type Ranked = Pick<Standing, "hoursHundredths" | "recordId" | "source">;

/** What the rule looks at, and what it changes. */
type Settled = Ranked & {
  readonly state: RecordState | null;
  readonly code: string | null;
};

/** Whether a record counts, or would if no other were the same achievement. */
export function isCompeting({ slot, state }: { readonly slot: string; readonly state: string | null }): boolean {
  return slot === MAIN_SLOT && (state === "registered" || state === "duplicate");
}

/**
 * Settles the same-achievement rule among the standings of one group (`groupAchievements`): the highest
 * hours count, ties go to the lowest record id, then the lowest source; the others are `duplicate`.
 * Returns the standings in the order given, changed where their state changes. Source: platforms.md, rule 3.
 */
export function settleAchievements<S extends Settled>(group: readonly S[]): S[] {
  let best: S | null = null;
  for (const standing of group) if (best === null || compareRank(standing, best) < 0) best = standing;
  return group.map((standing) => {
    const state = standing === best ? "registered" : "duplicate";
    return standing.state === state ? standing : { ...standing, state, code: state === "registered" ? null : state };
  });
}

/** Which of two records counts before the other, were they one achievement: more hours, then the lower id, then the source. */
export function compareRank(left: Ranked, right: Ranked): number {
  const difference = (right.hoursHundredths ?? 0) - (left.hoursHundredths ?? 0);
  if (difference !== 0) return difference;
  return compareText(left.recordId, right.recordId) || compareText(left.source, right.source);
}
