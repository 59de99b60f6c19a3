import { type ActivatedRuleSet, decideVerdict, type RuleSet, type Verdict } from "@xueshi/domain";
import type { CountedAnswer, Question, SqlAnswer } from "../oracle/sql/evaluate.ts";

const NOW_MS = Date.parse("2045-01-01T00:00:00Z");

/** Asks the product, with every platform of record freshly read. */
export function decide(ruleSets: readonly ActivatedRuleSet[], { declaration, asOf, records }: Question): Verdict {
  const platforms = new Set(ruleSets.flatMap(({ ruleSet }) => ruleSet.authorities.flatMap((route) => route.platforms)));
  return decideVerdict({
    declaration,
    asOf,
    knownAtMs: NOW_MS,
    nowMs: NOW_MS,
    declaredNameDigest: null,
    person: { records, nameDigest: null, sequence: records.length, head: "head" },
    freshness: [...platforms].map((platform) => ({ platform, completeUntilMs: NOW_MS, partialSince: false })),
    ruleSets,
  });
}

export function activated(ruleSets: readonly RuleSet[]): ActivatedRuleSet[] {
  return ruleSets.map((ruleSet) => ({ ruleSet, digest: "0".repeat(64), activatedAtMs: 0 }));
}

/** What both evaluators say in the same words. */
interface Answer {
  readonly ruleSet: string | null;
  readonly outcome: string;
  readonly missingFact: string | null;
  readonly requirements: readonly unknown[];
  readonly caps: readonly unknown[];
  readonly counted: Readonly<Record<string, CountedAnswer>>;
}

export function productAnswer(verdict: Verdict): Answer {
  const isAnswered = verdict.window !== null;
  const missingFact = verdict.reasons.find(({ code }) => code === "fact_not_given")?.detail.fact ?? null;
  return {
    ruleSet: isAnswered || missingFact !== null ? (verdict.ruleSet?.id ?? null) : null,
    outcome: isAnswered
      ? (verdict.provisional ?? verdict.verdict)
      : missingFact === null
        ? "unanswered"
        : "fact_not_given",
    missingFact,
    requirements: verdict.requirements.map((each) => ({
      id: each.rule.id,
      have: each.haveHundredths,
      need: each.needHundredths,
      gap: each.gapHundredths,
      years:
        each.years?.map(({ year, haveHundredths, needHundredths, gapHundredths }) => {
          return { year, have: haveHundredths, need: needHundredths, gap: gapHundredths };
        }) ?? null,
    })),
    caps: verdict.caps
      .filter(({ countedHundredths, cutHundredths }) => countedHundredths > 0 || cutHundredths > 0)
      .map(({ rule, countedHundredths, cutHundredths }) => {
        return { id: rule.id, counted: countedHundredths, cut: cutHundredths };
      }),
    counted: Object.fromEntries(
      verdict.counted.map((each) => [each.recordId, [each.hoursHundredths, each.attributedYear, each.toward]]),
    ),
  };
}

export function sqlAnswer({ ruleSet, outcome, missingFact, requirements, caps, counted }: SqlAnswer): Answer {
  const isAnswered = outcome === "met" || outcome === "not_met";
  return {
    ruleSet: outcome === "unanswered" ? null : ruleSet,
    outcome,
    missingFact: outcome === "fact_not_given" ? missingFact : null,
    requirements: isAnswered
      ? requirements.map(({ id, have, need, gap, years }) => ({ id, have, need, gap, years }))
      : [],
    caps: isAnswered ? caps.filter((cap) => cap.counted > 0 || cap.cut > 0) : [],
    counted: isAnswered ? counted : {},
  };
}
