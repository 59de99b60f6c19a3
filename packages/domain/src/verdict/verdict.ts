import type { Citation, Declaration } from "../requirement/rule-set.ts";
import type { LocalDate } from "../values/local-date.ts";

export const VERDICT_REASONS = [
  "requirement_not_met",
  "unclassified_hours",
  "delegated",
  "no_rule_in_force",
  "authority_not_connected",
  "identity_conflict",
  "source_stale",
  "source_partial",
  "source_not_yet_known",
] as const;
export type VerdictReason = (typeof VERDICT_REASONS)[number];

/** Codes under `uncounted`, beside the record states and the refusal codes (design.md 5). */
export const UNCOUNTED_CODES = ["registered_elsewhere", "outside_window", "after_as_of"] as const;

export type FreshnessState = "fresh" | "stale" | "partial" | "not_yet_known";

/** What is known of one platform's completeness at the cut. */
export interface PlatformFreshness {
  readonly platform: string;
  /** Start of the last pull that reached its end, ms since 1970 UTC; null before the first. */
  readonly completeUntilMs: number | null;
  /** Whether the newest pull after it ended partial. */
  readonly partialSince: boolean;
}

export interface RequirementResult {
  readonly id: string;
  readonly kind: "floor";
  readonly subjects: "all" | readonly string[];
  readonly haveHundredths: number;
  readonly needHundredths: number;
  readonly gapHundredths: number;
  readonly outcome: "met" | "not_met";
  readonly citation: Citation;
}

export interface YearResult {
  readonly year: number;
  readonly professionalHundredths: number;
  readonly industryCommonHundredths: number;
  readonly generalCommonHundredths: number;
  readonly totalHundredths: number;
}

export interface UncountedRecord {
  readonly recordId: string;
  readonly platform: string;
  readonly source: string;
  readonly hoursHundredths: number | null;
  readonly subject: string | null;
  readonly attributedYear: number | null;
  /** record state, refusal code, or one of UNCOUNTED_CODES. */
  readonly code: string;
}

export interface CountedRecord {
  readonly recordId: string;
  readonly platform: string;
  readonly source: string;
  readonly hoursHundredths: number;
  readonly subject: string;
  readonly attributedYear: number;
  readonly flags: string;
}

/** The decision: everything but id, language and request time, so that it can be recomputed and compared. */
export interface Verdict {
  readonly verdict: "met" | "not_met" | "unknown";
  /** What it would be, when the verdict is unknown and requirements could be evaluated; else null. */
  readonly provisional: "met" | "not_met" | null;
  readonly reasons: readonly { readonly code: VerdictReason; readonly detail: Readonly<Record<string, string>> }[];
  readonly declaration: Declaration;
  readonly ruleSet: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly citation: Citation;
  } | null;
  readonly window: { readonly years: readonly number[] } | null;
  readonly authority: { readonly mode: string; readonly platforms: readonly string[] } | null;
  readonly requirements: readonly RequirementResult[];
  readonly notices: readonly {
    readonly code: string;
    readonly year: number;
    readonly haveHundredths: number;
    readonly needHundredths: number;
  }[];
  readonly years: readonly YearResult[];
  /** Every record that counts toward the window. Their hours add up exactly to the `total` of `years`. */
  readonly counted: readonly CountedRecord[];
  readonly uncounted: readonly UncountedRecord[];
  readonly freshness: readonly {
    readonly platform: string;
    readonly completeUntilMs: number | null;
    readonly state: FreshnessState;
  }[];
  readonly asOf: LocalDate;
  readonly knownAtMs: number;
  readonly cut: {
    readonly sequence: number;
    readonly head: string;
    readonly ruleSetDigest: string | null;
    readonly format: number;
  };
}
