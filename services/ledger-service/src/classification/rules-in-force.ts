import type { RuleSet } from "@xueshi/domain";

/** The rule sets in force, the newest activation of each, as far as records are classified by them. */
export interface RulesInForce {
  readonly ruleSets: readonly RuleSet[];
  /** How many activations there were: they are only ever added, so another number is another state of the rules. */
  readonly activations: number;
}

/** Reads the rules in force; again where it remembers those of another number of activations than is seen. */
export type ReadRules = (activations?: number) => Promise<RulesInForce>;
