import type { CapResult, RequirementResult, YearResult } from "../requirement/requirement-result.ts";
import type { Citation } from "../requirement/requirement-rule.ts";
import type { Declaration } from "../requirement/rule-set.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";

/** Version of the shape of {@link Verdict}, so that a kept one can be read years later. */
export const VERDICT_FORMAT = 2;

export const VERDICT_REASONS = [
  "requirement_not_met",
  "unclassified_hours",
  "delegated",
  "no_rule_in_force",
  "authority_not_connected",
  "erased",
  "identity_conflict",
  "source_stale",
  "source_partial",
  "source_not_yet_known",
  "fact_not_given",
  "provenance_second_hand",
] as const;
export type VerdictReason = (typeof VERDICT_REASONS)[number];

/** `partial`: complete recently enough, though the newest pull was cut off; the verdict stands. */
export type FreshnessState = "fresh" | "stale" | "partial" | "not_yet_known";

/** What is known of one platform's completeness at the cut. */
export interface PlatformFreshness {
  readonly platform: string;
  /** Start of the last pull that reached its end, ms since 1970 UTC; null before the first. */
  readonly completeUntilMs: number | null;
  /** Whether the newest pull after it ended partial. */
  readonly partialSince: boolean;
}

export interface FreshnessResult {
  readonly platform: string;
  readonly completeUntilMs: number | null;
  readonly state: FreshnessState;
}

export interface ReasonResult {
  readonly code: VerdictReason;
  readonly detail: Readonly<Record<string, string>>;
}

export interface NoticeResult {
  readonly code: string;
  readonly year: number;
  readonly haveHundredths: number;
  readonly needHundredths: number;
}

export interface UncountedRecord {
  readonly recordId: string;
  readonly platform: string;
  readonly source: string;
  readonly hoursHundredths: number | null;
  readonly subject: string | null;
  readonly attributedYear: number | null;
  /** Record state, code of a refusal or hold, or one of UNCOUNTED_CODES of the requirement stage. */
  readonly code: string;
  /** Id of the rule that says so, where it is one of the rule set. */
  readonly byRule: string | null;
}

/** A record that counts, wholly or in part. */
export interface CountedRecord {
  readonly recordId: string;
  readonly platform: string;
  readonly source: string;
  /** The hours that count. */
  readonly hoursHundredths: number;
  /** The hours that are registered. */
  readonly ofHundredths: number;
  readonly subject: string;
  /** The study year that it counts in. */
  readonly attributedYear: number;
  readonly flags: string;
  /** Ids of the requirements that it counts toward. */
  readonly toward: readonly string[];
  /** Why not all of it counts, and by which rule of the rule set; null when all of it does. */
  readonly code: string | null;
  readonly byRule: string | null;
}

/** A study year whose duty is not its own alone. */
export interface ChangedYear {
  readonly year: number;
  /** The years whose needs fall due in it. */
  readonly dueYears: readonly number[];
  /** The grant, `before_start`, or `deferred_before`. */
  readonly because: string;
  /** The document of the grant, as the declaration names it; null where there is none. */
  readonly document: string | null;
}

/** The decision: everything but id, language and request time, so that it can be recomputed and compared. */
export interface Verdict {
  readonly verdict: "met" | "not_met" | "unknown";
  /** What it would be, when the verdict is unknown and requirements could be evaluated; else null. */
  readonly provisional: "met" | "not_met" | null;
  readonly reasons: readonly ReasonResult[];
  readonly declaration: Declaration;
  /** The rule set that answered, with the citation of the row that did. */
  readonly ruleSet: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly citation: Citation;
    /** In the order of the subjects' hours in `years`. */
    readonly subjects: readonly Subject[];
    /** Other rule sets that the answer rests on: those whose values are inherited, and the one whose routes hold. */
    readonly basedOn: readonly { readonly id: string; readonly version: string; readonly digest: string }[];
  } | null;
  readonly window: {
    readonly years: readonly number[];
    readonly from: LocalDate;
    readonly until: LocalDate;
    /** Years in which other needs than their own fall due: before the duty began, and by a grant. */
    readonly changed: readonly ChangedYear[];
  } | null;
  readonly authority: { readonly mode: string; readonly platforms: readonly string[] } | null;
  readonly requirements: readonly RequirementResult[];
  readonly caps: readonly CapResult[];
  readonly notices: readonly NoticeResult[];
  readonly years: readonly YearResult[];
  /** Every record that counts toward the window. Their hours add up exactly to the `total` of `years`. */
  readonly counted: readonly CountedRecord[];
  /** Every other record, each with the one code that says why; the order is that of `counted`. */
  readonly uncounted: readonly UncountedRecord[];
  /** The platforms of record only: what the answer rests on. */
  readonly freshness: readonly FreshnessResult[];
  readonly asOf: LocalDate;
  readonly knownAtMs: number;
  readonly cut: {
    readonly sequence: number;
    readonly head: string;
    readonly ruleSetDigest: string | null;
    readonly format: number;
  };
}
