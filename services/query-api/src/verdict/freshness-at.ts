import type { PlatformFreshness } from "@xueshi/domain";
import { type Knowledge, stepAt } from "../requirement/knowledge.ts";

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
