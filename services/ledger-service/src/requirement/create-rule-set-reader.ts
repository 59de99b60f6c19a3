import { readActivations, type Sql } from "@xueshi/database";
import type { RuleSet } from "@xueshi/domain";
import { parseRuleSet } from "@xueshi/rulebook";
import type { ReadRules, RulesInForce } from "../classification/rules-in-force.ts";

const REMEMBERED_MS = 1_000;

/**
 * The rule sets in force now: the newest activation of each. Read again at most once a second, unless those of another number
 * of activations are asked for; texts are parsed once. Who posts looks under its locks whether there are more by then.
 */
export function createRuleSetReader(sql: Sql, clock: () => number): ReadRules {
  const parsed = new Map<string, RuleSet>();
  let read: { atMs: number; rules: Promise<RulesInForce> } | null = null;
  const readNow = async (): Promise<RulesInForce> => {
    const newest = new Map<string, RuleSet>();
    const activations = await readActivations(sql);
    for (const { ruleSetId, digest, fullText } of activations) {
      const ruleSet = parsed.get(digest) ?? parseRuleSet(fullText);
      parsed.set(digest, ruleSet);
      newest.set(ruleSetId, ruleSet);
    }
    return { ruleSets: [...newest.values()], activations: activations.length };
  };
  const renew = (atMs: number): Promise<RulesInForce> => {
    const rules = readNow();
    const current = { atMs, rules };
    read = current;
    rules.catch(() => {
      if (read === current) read = null;
    });
    return rules;
  };
  return async (activations) => {
    const nowMs = clock();
    const isFresh = read !== null && nowMs - read.atMs < REMEMBERED_MS && nowMs >= read.atMs;
    const rules = await (isFresh && read !== null ? read.rules : renew(nowMs));
    return activations === undefined || rules.activations === activations ? rules : renew(nowMs);
  };
}
