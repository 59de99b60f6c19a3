import { compareText } from "../values/text.ts";
import type { RecordState } from "./entry.ts";
import type { Standing } from "./standing.ts";

/** What the rule looks at, and what it changes. */
type Settled = Pick<Standing, "hoursHundredths" | "recordId" | "source"> & {
  readonly state: RecordState | null;
  readonly code: string | null;
};

/**
 * Settles the same-achievement rule among the standings of one group (same person and achievement key): the highest
 * hours count, ties go to the lowest record id, then the lowest source; the others are `duplicate`.
 * Returns the standings in the order given, changed where their state changes. Source: platforms.md, rule 3.
 */
export function settleAchievements<S extends Settled>(group: readonly S[]): S[] {
  let best: S | null = null;
  for (const standing of group) if (best === null || outranks(standing, best)) best = standing;
  return group.map((standing) => {
    const state = standing === best ? "registered" : "duplicate";
    return standing.state === state ? standing : { ...standing, state, code: state === "registered" ? null : state };
  });
}

function outranks(challenger: Settled, holder: Settled): boolean {
  const difference = (challenger.hoursHundredths ?? 0) - (holder.hoursHundredths ?? 0);
  if (difference !== 0) return difference > 0;
  const byId = compareText(challenger.recordId, holder.recordId);
  return byId !== 0 ? byId < 0 : compareText(challenger.source, holder.source) < 0;
}
