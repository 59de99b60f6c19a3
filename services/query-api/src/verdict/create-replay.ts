import type { KeptVerdict, Sql } from "@xueshi/database";
import type { Vault } from "@xueshi/vault";
import { readDecision } from "./kept-decision.ts";
import { readEvidence } from "./read-evidence.ts";
import type { Replay } from "./replay.ts";
import { replayDecision } from "./replay-decision.ts";
import { RuleTexts } from "./rule-texts.ts";

/** Decides kept verdicts again, each at its cut, in the order in which they are given. */
export type ReplayVerdicts = (verdicts: readonly KeptVerdict[]) => Promise<Replay[]>;

/**
 * Makes what replays verdicts; it remembers nothing but parsed rule texts, by their digests. Everything else is read anew,
 * in five statements for all verdicts that are given at once. Rejects only when the database does not answer: what is wrong
 * with a verdict is in its replay.
 */
export function createReplay(sql: Sql, vault: Pick<Vault, "sealTexts">): ReplayVerdicts {
  const ruleTexts = new RuleTexts();
  return async (verdicts) => {
    const read = verdicts.map((kept) => ({ kept, decision: readDecision(kept.decision) }));
    const readable = read.flatMap(({ kept, decision }) => (typeof decision === "string" ? [] : [{ kept, decision }]));
    const evidence = await readEvidence(sql, ruleTexts, readable);
    return read.map(({ kept, decision }): Replay => {
      if (decision === "format_unknown") return { outcome: "not_replayable", code: decision, differences: [] };
      if (decision === "decision_unreadable") {
        const difference = { code: decision, path: "", kept: null, replayed: null };
        return { outcome: "different", code: decision, differences: [difference] };
      }
      return replayDecision(kept, decision, evidence, { ruleTexts, vault });
    });
  };
}
