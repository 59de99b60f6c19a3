import type { Activation, KeptVerdict } from "@xueshi/database";
import { type ActivatedRuleSet, rulesAsked } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { LATE_COMMIT_MS_MAX } from "../requirement/read-knowledge.ts";
import type { KeptDecision } from "./kept-decision.ts";
import type { Evidence } from "./read-evidence.ts";
import type { ReplayDifference } from "./replay.ts";
import type { RuleTexts } from "./rule-texts.ts";

/** The rule sets that a decision was made by, or null where they are not what they were. */
export interface RecalledRules {
  readonly ruleSets: readonly ActivatedRuleSet[] | null;
  readonly differences: readonly ReplayDifference[];
}

/**
 * Finds the recorded activations again, each by its digest, which its text must still have. One that was not known to the
 * answer though it claims to be older than it is reported: nobody can have known it then. In a decision from before they
 * were recorded, whatever is known to have been active then takes their place.
 */
export function recallRules(
  kept: KeptVerdict,
  decision: KeptDecision,
  evidence: Evidence,
  ruleTexts: RuleTexts,
): RecalledRules {
  const { known, cut } = decision;
  if (known === null) {
    const { ruleSetDigest: digest } = cut;
    const isGone = digest !== null && !evidence.ruleSets.some((one) => one.digest === digest);
    if (!isGone) return { ruleSets: evidence.ruleSets, differences: [] };
    return {
      ruleSets: null,
      differences: [{ code: "rules_not_found", path: "cut.ruleSetDigest", kept: digest, replayed: null }],
    };
  }
  const ruleSets: ActivatedRuleSet[] = [];
  const differences: ReplayDifference[] = [];
  for (const rule of known.rules) {
    const recalled = recall(rule, evidence.activationsOf(rule.ruleSetId, rule.activatedAtMs), ruleTexts);
    if ("code" in recalled) differences.push(recalled);
    else ruleSets.push(recalled);
  }
  const isWhole = differences.length === 0;
  return {
    ruleSets: isWhole ? ruleSets : null,
    differences: [...differences, ...addedLater(kept, decision, evidence)],
  };
}

type RecordedRule = NonNullable<KeptDecision["known"]>["rules"][number];

function recall(
  { ruleSetId, activatedAtMs, digest }: RecordedRule,
  found: readonly Activation[],
  ruleTexts: RuleTexts,
): ActivatedRuleSet | ReplayDifference {
  const path = `known.rules[${ruleSetId}].digest`;
  const activation = found.find((one) => one.digest === digest);
  if (activation === undefined) {
    return { code: "rules_not_found", path, kept: digest, replayed: found[0]?.digest ?? null };
  }
  const actual = sha256Hex(activation.fullText);
  if (actual !== digest) return { code: "rules_altered", path, kept: digest, replayed: actual };
  const ruleSet = ruleTexts.parse(activation.fullText, ruleSetId);
  if (ruleSet === null) return { code: "rules_unreadable", path, kept: digest, replayed: null };
  return { ruleSet, digest, activatedAtMs };
}

function addedLater(kept: KeptVerdict, { known, declaration, knownAtMs }: KeptDecision, { ruleSets }: Evidence) {
  const recorded = new Set(known?.rules.map(keyOf));
  return rulesAsked(ruleSets, declaration, knownAtMs)
    .map(({ ruleSet, activatedAtMs, digest }) => ({ ruleSetId: ruleSet.id, activatedAtMs, digest }))
    .filter((rule) => !recorded.has(keyOf(rule)) && rule.activatedAtMs < kept.keptAtMs - LATE_COMMIT_MS_MAX)
    .map((rule): ReplayDifference => {
      const before = known?.rules.find((one) => one.ruleSetId === rule.ruleSetId)?.digest ?? null;
      const path = `known.rules[${rule.ruleSetId}].digest`;
      return { code: "rules_added_later", path, kept: before, replayed: rule.digest };
    });
}

const keyOf = ({ ruleSetId, activatedAtMs, digest }: RecordedRule) => `${activatedAtMs} ${digest} ${ruleSetId}`;
