import { join } from "node:path";
import type { RecognitionRuleSet } from "@xueshi/domain";
import { loadRecognitions } from "@xueshi/rulebook";

/** The recognition rule sets on file, and the example beside the cases, which has what none of them has. */
export function readRuleSets(): readonly RecognitionRuleSet[] {
  const examples = loadRecognitions(join(import.meta.dirname, "rule-sets"));
  return [...loadRecognitions(), ...examples].map(({ ruleSet }) => ruleSet);
}
