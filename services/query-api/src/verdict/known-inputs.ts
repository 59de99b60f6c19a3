import { type Declaration, rulesAsked } from "@xueshi/domain";
import { type Knowledge, stepAt } from "../requirement/knowledge.ts";

/**
 * By what a verdict was decided besides the person's entries, named so that it can be found again: not what the ledger
 * says of that instant today, but what this process knew of it, which may have been a moment less.
 */
export interface KnownInputs {
  /** Every activation that was asked for a row, oldest first. */
  readonly rules: readonly {
    readonly ruleSetId: string;
    readonly activatedAtMs: number;
    /** SHA-256 of the text, hex. */
    readonly digest: string;
  }[];
  /** Of the platforms of record: the pulls whose marks said how complete each was; none: no mark was known. */
  readonly marks: readonly {
    readonly platform: string;
    readonly newestPullId: string;
    readonly completePullId: string | null;
  }[];
}

/** @param platforms the platforms of record */
export function knownInputs(
  knowledge: Knowledge,
  declaration: Declaration,
  platforms: readonly string[],
  knownAtMs: number,
): KnownInputs {
  return {
    rules: rulesAsked(knowledge.ruleSets, declaration, knownAtMs).map(({ ruleSet, activatedAtMs, digest }) => ({
      ruleSetId: ruleSet.id,
      activatedAtMs,
      digest,
    })),
    marks: platforms.flatMap((platform) => {
      const step = stepAt(knowledge.steps.get(platform) ?? [], knownAtMs);
      if (step === null) return [];
      return [{ platform, newestPullId: step.newestPullId, completePullId: step.completePullId }];
    }),
  };
}
