import type { Citation } from "./rule-set.ts";

/** A balance against one requirement: what there is, what is needed, what is missing. */
export interface RequirementResult {
  readonly id: string;
  readonly kind: "floor";
  readonly subjects: "all" | readonly string[];
  readonly haveHundredths: number;
  readonly needHundredths: number;
  /** Need minus have, 0 when the requirement is met. */
  readonly gapHundredths: number;
  readonly outcome: "met" | "not_met";
  readonly citation: Citation;
}
