import { type CompiledRuleSet, maxAgeMsOf } from "../requirement/compile-rule-set.ts";
import { endOfDayMs } from "../values/local-date.ts";
import type { FreshnessResult, ReasonResult } from "./verdict.ts";
import type { VerdictInput } from "./verdict-input.ts";

export interface FreshnessJudgement {
  readonly states: readonly FreshnessResult[];
  /** Why the answer cannot be definite; empty when every platform is fresh, or partial but recent enough. */
  readonly reasons: readonly ReasonResult[];
}

/**
 * Judges how complete the platforms of record are for a question about `asOf`, as of the earlier of
 * `knownAtMs` and `nowMs`.
 * Stale: the last complete pull is earlier than the end of `asOf` (Asia/Shanghai) and earlier than now minus the
 * platform's maximal age. Reasons: source_not_yet_known, source_stale, or source_partial where the newest pull of a
 * stale platform was cut off.
 */
export function judgeFreshness(
  input: Pick<VerdictInput, "asOf" | "knownAtMs" | "nowMs" | "freshness">,
  platforms: readonly string[],
  compiled: CompiledRuleSet,
): FreshnessJudgement {
  const nowMs = Math.min(input.knownAtMs, input.nowMs);
  const states: FreshnessResult[] = [];
  const reasons: ReasonResult[] = [];
  for (const platform of platforms) {
    const known = input.freshness.find((candidate) => candidate.platform === platform);
    const completeUntilMs = known?.completeUntilMs ?? null;
    if (known === undefined || completeUntilMs === null) {
      states.push({ platform, completeUntilMs: null, state: "not_yet_known" });
      reasons.push({ code: "source_not_yet_known", detail: { platform } });
      continue;
    }
    if (completeUntilMs < nowMs - maxAgeMsOf(compiled, platform) && completeUntilMs < endOfDayMs(input.asOf)) {
      states.push({ platform, completeUntilMs, state: "stale" });
      reasons.push({ code: known.partialSince ? "source_partial" : "source_stale", detail: { platform } });
      continue;
    }
    states.push({ platform, completeUntilMs, state: known.partialSince ? "partial" : "fresh" });
  }
  return { states, reasons };
}
