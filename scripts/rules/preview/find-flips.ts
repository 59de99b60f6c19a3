import {
  type ActivatedRuleSet,
  type Declaration,
  decideVerdict,
  type LocalDate,
  type PersonProjection,
  type PlatformFreshness,
  type Verdict,
} from "@xueshi/domain";

/** What everybody is asked, before and after. */
export interface PreviewQuestion {
  readonly questions: readonly Declaration[];
  readonly before: readonly ActivatedRuleSet[];
  readonly after: readonly ActivatedRuleSet[];
  readonly asOf: LocalDate;
  readonly nowMs: number;
}

/** One answer that the draft changes, by the index of its question. */
export interface Flip {
  readonly question: number;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

/**
 * What a draft changes for one person. Platforms are taken as complete: a preview shows what the rules change, and how
 * fresh a platform is changes every day. Facts that a rule needs are not known, and such an answer stays unknown.
 */
export function findFlips(person: PersonProjection, preview: PreviewQuestion): Flip[] {
  const flips: Flip[] = [];
  preview.questions.forEach((declaration, question) => {
    const [before, after] = [preview.before, preview.after].map((ruleSets) =>
      decide(person, preview, declaration, ruleSets),
    );
    if (before === undefined || after === undefined || before.verdict === after.verdict) return;
    flips.push({ question, before: before.verdict, after: after.verdict, why: reasonsOf(before, after) });
  });
  return flips;
}

function decide(
  person: PersonProjection,
  { asOf, nowMs }: PreviewQuestion,
  declaration: Declaration,
  ruleSets: readonly ActivatedRuleSet[],
): Verdict {
  return decideVerdict({
    declaration,
    asOf,
    knownAtMs: nowMs,
    nowMs,
    declaredNameDigest: null,
    person,
    freshness: freshPlatforms(ruleSets, nowMs),
    ruleSets,
  });
}

const freshByRuleSets = new WeakMap<readonly ActivatedRuleSet[], readonly PlatformFreshness[]>();

function freshPlatforms(ruleSets: readonly ActivatedRuleSet[], nowMs: number): readonly PlatformFreshness[] {
  const known = freshByRuleSets.get(ruleSets);
  if (known !== undefined) return known;
  const named = ruleSets.flatMap(({ ruleSet }) => ruleSet.authorities.flatMap(({ platforms }) => platforms));
  const fresh = [...new Set(named)].map((platform) => ({ platform, completeUntilMs: nowMs, partialSince: false }));
  freshByRuleSets.set(ruleSets, fresh);
  return fresh;
}

/** The questions that need a fact about the person, which the ledger does not know: their answers stay unknown. */
export function questionsWithoutFact(preview: PreviewQuestion): number {
  const nobody: PersonProjection = { records: [], nameDigest: null, sequence: 0, head: "" };
  return preview.questions.filter((declaration) =>
    decide(nobody, preview, declaration, preview.after).reasons.some(({ code }) => code === "fact_not_given"),
  ).length;
}

/** `reason codes before > after`, then each requirement whose outcome is another, as `id have of need`. */
function reasonsOf(before: Verdict, after: Verdict): string {
  const codes = [before, after].map(({ reasons }) => [...new Set(reasons.map(({ code }) => code))].join("+") || "none");
  const changed = after.requirements.filter(({ rule, outcome }) => {
    return before.requirements.find((each) => each.rule.id === rule.id)?.outcome !== outcome;
  });
  const lines = changed.map(({ rule, haveHundredths, needHundredths, outcome }) => {
    return `${rule.id} ${haveHundredths / 100}/${needHundredths / 100} ${outcome}`;
  });
  return [codes.join(" > "), ...lines].join("; ");
}
