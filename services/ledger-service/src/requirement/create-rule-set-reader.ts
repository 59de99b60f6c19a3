import { readActivations, type Sql } from "@xueshi/database";
import type { RuleSet } from "@xueshi/domain";
import { parseRuleSet } from "@xueshi/rulebook";
import type { ReadRules, RulesInForce } from "../classification/rules-in-force.ts";

const REMEMBERED_MS = 1_000;

/**
 * The rule sets in force now: the newest activation of each. Read again at most once a second, unless those of another number
 * of activations are asked for; texts are parsed once. Who posts looks under its locks whether there are more by then.
 * Rejects with RulebookError while a text in force cannot be read.
 */
export function createRuleSetReader(sql: Sql, clock: () => number): ReadRules {
  const parsed = new Map<string, RuleSet>();
  let read: { atMs: number; rules: Promise<RulesInForce> } | null = null;
  const readNow = async (): Promise<RulesInForce> => {
    const activations = await readActivations(sql);
    // Only these: a text that this version cannot read any more is in nobody's way once another one took its place.
    const newest = new Map(activations.map((activation) => [activation.ruleSetId, activation]));
    const ruleSets = [...newest.values()].map(({ digest, fullText }) => {
      const ruleSet = parsed.get(digest) ?? parseRuleSet(fullText);
      parsed.set(digest, ruleSet);
      return ruleSet;
    });
    return { ruleSets, activations: activations.length };
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
