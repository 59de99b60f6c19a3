import type { PlatformFreshness } from "@xueshi/domain";
import type { CompletenessStep, Knowledge } from "../requirement/knowledge.ts";

/** How complete each platform was known to be at an instant; a platform without a mark by then is left out. */
export function freshnessAt({ steps }: Knowledge, knownAtMs: number): PlatformFreshness[] {
  const freshness: PlatformFreshness[] = [];
  for (const [platform, known] of steps) {
    const step = stepAt(known, knownAtMs);
    if (step === null) continue;
    freshness.push({ platform, completeUntilMs: step.completeUntilMs, partialSince: step.partial });
  }
  return freshness;
}

/** The last step recorded by an instant. Most questions are about now, so the search begins at the end. */
function stepAt(steps: readonly CompletenessStep[], knownAtMs: number): CompletenessStep | null {
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
