import type { LocalDate } from "../values/local-date.ts";
import type { ValueOrigin } from "./compile-rule.ts";
import type { CapRule, RequirementRule } from "./requirement-rule.ts";

/** One study year of a requirement that binds each year. */
export interface YearlyResult {
  readonly year: number;
  readonly haveHundredths: number;
  readonly needHundredths: number;
  readonly gapHundredths: number;
}

/** Hours against one requirement: what there is, what is needed, what is missing. */
export interface RequirementResult {
  readonly rule: RequirementRule;
  readonly origin: ValueOrigin;
  readonly haveHundredths: number;
  /** Of a ratio: the least that would do beside the hours there are. */
  readonly needHundredths: number;
  /** What is missing; where each year binds, the sum of what each year lacks. 0 when the requirement is met. */
  readonly gapHundredths: number;
  readonly outcome: "met" | "not_met";
  /** Where each year binds; null for a sum over the window. */
  readonly years: readonly YearlyResult[] | null;
  /** The last day on which hours can still be obtained for it; of several years that lack hours, the earliest one's. */
  readonly until: LocalDate;
}

/** What a cap left of the hours that came to it. */
export interface CapResult {
  readonly rule: CapRule;
  readonly countedHundredths: number;
  readonly cutHundredths: number;
}

/** Counted hours of one study year of the window, by the subjects of the rule set. */
export interface YearResult {
  readonly year: number;
  readonly totalHundredths: number;
  /** In the order of the rule set's subjects. */
  readonly hundredthsBySubject: readonly number[];
}
