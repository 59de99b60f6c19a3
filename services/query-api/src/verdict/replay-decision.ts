import type { KeptVerdict } from "@xueshi/database";
import { decideVerdict, projectPerson, type Verdict } from "@xueshi/domain";
import { sha256Hex, type Vault } from "@xueshi/vault";
import { LATE_COMMIT_MS_MAX } from "../requirement/read-knowledge.ts";
import { canonicalDecision } from "./canonical-decision.ts";
import { checkChain } from "./check-chain.ts";
import { compareAnswers } from "./compare-answers.ts";
import { compareJson } from "./compare-json.ts";
import type { KeptDecision } from "./kept-decision.ts";
import type { Evidence } from "./read-evidence.ts";
import { marksAddedLater, recallMarks } from "./recall-marks.ts";
import { recallRules } from "./recall-rules.ts";
import type { Replay, ReplayDifference } from "./replay.ts";
import type { RuleTexts } from "./rule-texts.ts";
import { sealVerdict } from "./seal-verdict.ts";

/**
 * Decides a kept verdict again from what it names, and compares all that must be as it was: its seal, the chain up to its
 * cut, the texts of its rules, the marks of its platforms, the decision and the answer. Pure.
 */
export function replayDecision(
  kept: KeptVerdict,
  decision: KeptDecision,
  evidence: Evidence,
  { ruleTexts, vault }: { readonly ruleTexts: RuleTexts; readonly vault: Pick<Vault, "sealTexts"> },
): Replay {
  const chain = evidence.chainOf(kept.practitionerId, decision.cut.sequence);
  const rules = recallRules(kept, decision, evidence, ruleTexts);
  const marks = recallMarks(decision, evidence);
  const differences: ReplayDifference[] = [
    ...checkChain(chain, decision.cut),
    ...rules.differences,
    ...marks.differences,
    ...marksAddedLater(kept, decision, evidence),
    ...checkSeal(kept, decision, vault),
  ];
  if (rules.ruleSets === null || marks.freshness === null) return different(differences);
  const { declaration, asOf, knownAtMs, declaredNameDigest, known } = decision;
  const verdict = decideVerdict({
    ...{ declaration, asOf, knownAtMs, nowMs: knownAtMs, declaredNameDigest },
    person: projectPerson(chain),
    freshness: marks.freshness,
    ruleSets: rules.ruleSets,
  });
  const changed = compareDecisions(kept, decision, verdict);
  if (known === null && differences.length === 0 && changed.length > 0 && isUncertain(decision, evidence)) {
    return { outcome: "not_replayable", code: "knowledge_not_recorded", differences: [] };
  }
  return different([...differences, ...changed]);
}

function different(differences: readonly ReplayDifference[]): Replay {
  return { outcome: differences.length === 0 ? "same" : "different", code: differences[0]?.code ?? null, differences };
}

/** Seals and `known` are as old as each other: a decision that has the one has the other. */
function checkSeal(kept: KeptVerdict, { known }: KeptDecision, vault: Pick<Vault, "sealTexts">): ReplayDifference[] {
  if (kept.seal === null && known === null) return [];
  const seal = sealVerdict(vault, kept);
  return seal === kept.seal ? [] : [{ code: "seal_broken", path: "seal", kept: kept.seal, replayed: seal }];
}

function compareDecisions(kept: KeptVerdict, decision: KeptDecision, verdict: Verdict): ReplayDifference[] {
  const replayed = canonicalDecision(verdict, decision);
  const differing = replayed === kept.decision ? [] : compareJson(decision.whole, JSON.parse(replayed));
  const differences = differing.map((one): ReplayDifference => ({ code: "decision_differs", ...one }));
  if (replayed !== kept.decision && differing.length === 0) {
    const texts = { kept: sha256Hex(kept.decision), replayed: sha256Hex(replayed) };
    differences.push({ code: "decision_differs", path: "", ...texts });
  }
  const answers = compareAnswers(kept, verdict).map((one): ReplayDifference => ({ code: "answer_altered", ...one }));
  return [...differences, ...(differences.length === 0 ? answers : [])];
}

/** Whether something was stamped so shortly before the answer that the process that gave it may not have known it. */
function isUncertain({ knownAtMs, platforms }: KeptDecision, { ruleSets, marksAt }: Evidence): boolean {
  const isLate = (atMs: number) => atMs <= knownAtMs && atMs > knownAtMs - LATE_COMMIT_MS_MAX;
  return (
    ruleSets.some(({ activatedAtMs }) => isLate(activatedAtMs)) ||
    platforms.some((platform) => isLate(marksAt(platform, knownAtMs).newest?.recordedAtMs ?? Number.NEGATIVE_INFINITY))
  );
}
