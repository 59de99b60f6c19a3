import type { IdentifiedMark } from "@xueshi/database";
import type { ActivatedRuleSet } from "@xueshi/domain";

/** How complete a platform was known to be from `recordedAtMs` on, until the next step. */
export interface CompletenessStep {
  readonly recordedAtMs: number;
  /** Of the last complete pull so far, ms since 1970 UTC; null before the first. */
  readonly completeUntilMs: number | null;
  /** Whether the newest pull was cut off. */
  readonly partial: boolean;
  /** The pulls of the marks that say so: the newest one, and the last complete one (null before the first). */
  readonly newestPullId: string;
  readonly completePullId: string | null;
}

/** What answers rest on besides the person: rule sets as activated, and how complete the platforms are. */
export interface Knowledge {
  /** Every activation, oldest first. */
  readonly ruleSets: readonly ActivatedRuleSet[];
  /** Every mark, oldest first. */
  readonly marks: readonly IdentifiedMark[];
  /** By platform, oldest first. */
  readonly steps: ReadonlyMap<string, readonly CompletenessStep[]>;
}

/** The steps of each platform, from marks that are oldest first. */
export function completenessSteps(marks: readonly IdentifiedMark[]): Map<string, readonly CompletenessStep[]> {
  const steps = new Map<string, CompletenessStep[]>();
  for (const { platform, pullId, recordedAtMs, completeUntilMs } of marks) {
    const known = steps.get(platform) ?? [];
    steps.set(platform, known);
    const before = known.at(-1);
    const complete =
      completeUntilMs === null
        ? { completeUntilMs: before?.completeUntilMs ?? null, completePullId: before?.completePullId ?? null }
        : { completeUntilMs, completePullId: pullId };
    known.push({ recordedAtMs, ...complete, partial: completeUntilMs === null, newestPullId: pullId });
  }
  return steps;
}

/** The last step of a platform recorded by an instant. Most questions are about now, so the search begins at the end. */
export function stepAt(steps: readonly CompletenessStep[], knownAtMs: number): CompletenessStep | null {
  const newest = steps.at(-1);
  if (newest === undefined || newest.recordedAtMs <= knownAtMs) return newest ?? null;
  let [from, until] = [0, steps.length];
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((steps[middle]?.recordedAtMs ?? 0) <= knownAtMs) from = middle + 1;
    else until = middle;
  }
  return steps[from - 1] ?? null;
}
