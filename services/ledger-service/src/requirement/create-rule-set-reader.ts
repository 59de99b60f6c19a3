import { readActivations, type Sql } from "@xueshi/database";
import type { RuleSet } from "@xueshi/domain";
import { parseRuleSet } from "@xueshi/rulebook";

const REMEMBERED_MS = 1_000;

/**
 * The rule sets in force now: the newest activation of each. Read again at most once a second; texts are parsed once.
 * A posting rests on whatever was activated when it began, and a later one sees the change.
 */
export function createRuleSetReader(sql: Sql, clock: () => number): () => Promise<readonly RuleSet[]> {
  const parsed = new Map<string, RuleSet>();
  let read: { atMs: number; ruleSets: Promise<readonly RuleSet[]> } | null = null;
  const readNow = async (): Promise<readonly RuleSet[]> => {
    const newest = new Map<string, RuleSet>();
    for (const { ruleSetId, digest, fullText } of await readActivations(sql)) {
      const ruleSet = parsed.get(digest) ?? parseRuleSet(fullText);
      parsed.set(digest, ruleSet);
      newest.set(ruleSetId, ruleSet);
    }
    return [...newest.values()];
  };
  return () => {
    const nowMs = clock();
    if (read === null || nowMs - read.atMs >= REMEMBERED_MS || nowMs < read.atMs) {
      const ruleSets = readNow();
      read = { atMs: nowMs, ruleSets };
      ruleSets.catch(() => {
        read = null;
      });
    }
    return read.ruleSets;
  };
}
