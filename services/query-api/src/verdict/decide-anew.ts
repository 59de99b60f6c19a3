import {
  type ActivatedRuleSet,
  decideVerdict,
  type PlatformFreshness,
  type ProjectableEntry,
  projectPerson,
  type Verdict,
} from "@xueshi/domain";
import { z } from "zod";
import type { Knowledge } from "../requirement/knowledge.ts";
import { freshnessAt } from "./freshness-at.ts";
import type { KeptDecision } from "./kept-decision.ts";

const keptFreshness = z.object({
  freshness: z.array(z.object({ platform: z.string(), completeUntilMs: z.int().nullable(), state: z.string() })),
  reasons: z.array(z.object({ code: z.string(), detail: z.record(z.string(), z.string()) })),
});

/**
 * What the question of a kept verdict comes to by the entries and the rules of today, for the same `asOf`. How complete the
 * platforms were is left as it was known then: a pull that came or did not come since is no change of what was answered.
 * @param nowMs rules count that are active by now
 */
export function decideAnew(
  decision: KeptDecision,
  entries: readonly ProjectableEntry[],
  knowledge: Knowledge,
  nowMs: number,
): Verdict {
  const { declaration, asOf, knownAtMs, declaredNameDigest } = decision;
  return decideVerdict({
    ...{ declaration, asOf, knownAtMs, nowMs: knownAtMs, declaredNameDigest },
    person: projectPerson(entries),
    freshness: freshnessAsKept(decision, knowledge, nowMs),
    ruleSets: rulesOfToday(knowledge, knownAtMs, nowMs),
  });
}

/** Rule sets as if each had been active at the known time; their order still says which one is the newer. */
export function rulesOfToday({ ruleSets }: Knowledge, knownAtMs: number, nowMs: number): ActivatedRuleSet[] {
  return ruleSets
    .filter(({ activatedAtMs }) => activatedAtMs <= nowMs)
    .map((one) => (one.activatedAtMs <= knownAtMs ? one : { ...one, activatedAtMs: knownAtMs }));
}

/** Of platforms that the verdict does not speak of, what is known today. */
function freshnessAsKept({ whole }: KeptDecision, knowledge: Knowledge, nowMs: number): PlatformFreshness[] {
  const kept = keptFreshness.safeParse(whole);
  if (!kept.success) return freshnessAt(knowledge, nowMs);
  const { freshness, reasons } = kept.data;
  const isPartial = (platform: string, state: string) =>
    state === "partial" ||
    reasons.some(({ code, detail }) => code === "source_partial" && detail.platform === platform);
  const spokenOf = new Set(freshness.map(({ platform }) => platform));
  return [
    ...freshness.map(({ platform, completeUntilMs, state }) => ({
      ...{ platform, completeUntilMs },
      partialSince: isPartial(platform, state),
    })),
    ...freshnessAt(knowledge, nowMs).filter(({ platform }) => !spokenOf.has(platform)),
  ];
}
