import type { IdentifiedMark } from "@xueshi/database";
import type { ActivatedRuleSet } from "@xueshi/domain";

/** How complete a platform was known to be from `recordedAtMs` on, until the next step. */
export interface CompletenessStep {
  readonly recordedAtMs: number;
  /** Of the last complete pull so far, ms since 1970 UTC; null before the first. */
  readonly completeUntilMs: number | null;
  /** Whether the newest pull was cut off. */
  readonly partial: boolean;
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
export function completenessSteps(
  marks: readonly Omit<IdentifiedMark, "pullId">[],
): Map<string, readonly CompletenessStep[]> {
  const steps = new Map<string, CompletenessStep[]>();
  for (const { platform, recordedAtMs, completeUntilMs } of marks) {
    const known = steps.get(platform) ?? [];
    steps.set(platform, known);
    const before = known.at(-1)?.completeUntilMs ?? null;
    known.push({ recordedAtMs, completeUntilMs: completeUntilMs ?? before, partial: completeUntilMs === null });
  }
  return steps;
}
