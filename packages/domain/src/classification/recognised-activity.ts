import type { Cited } from "../values/citation.ts";
import type { LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import type { ActivityUnit, RecognitionCap } from "./recognition-rule-set.ts";

/** Something that a person did and claims hours for. */
export interface Activity {
  readonly id: string;
  /** Code of the conversion that it claims. */
  readonly conversion: string;
  /** In the unit of that conversion: a day and a half is 150. */
  readonly quantityHundredths: number;
  /** How many days it took; only a cap per day asks, and only where the unit does not tell. */
  readonly daysHundredths: number | null;
  /** Such as `national` or `core`. */
  readonly level: string | null;
  /** 1: first author, or first of the project. */
  readonly rank: number | null;
  readonly title: string;
  /** The same for the same achievement; null: like no other. */
  readonly achievementKey: string | null;
  readonly completedOn: LocalDate;
  readonly attributedYear: number;
  readonly subject: Subject | null;
}

/** Why an activity gives no hours at all. */
const RECOGNITION_REFUSALS = [
  /** The rule set is not for the attributed year. */
  "year_outside_rules",
  /** The rule set has no such conversion. */
  "conversion_unknown",
  /** Not a whole number of hundredths above 0, or beyond what hours can be. */
  "quantity_invalid",
  /** One activity is one item; what is more would count one achievement more than once. */
  "quantity_not_one",
  /** Of this unit only whole ones are converted: no source says what a part of one gives. */
  "quantity_not_whole",
  /** The result is no whole number of hundredths of an hour. */
  "quantity_needs_rounding",
  /** The level decides and is not given. */
  "level_missing",
  /** The level decides, and the rule set does not name this one. */
  "level_unknown",
  /** The rank decides and is not given. */
  "rank_missing",
  /** The rank decides, and the rule set does not say what this one gets. */
  "rank_unknown",
  /** A cap per day is about it, and how many days it took is not known. */
  "days_missing",
  /** A cap per day is about it, and its days are no whole number of hundredths above 0. */
  "days_invalid",
] as const;
export type RecognitionRefusal = (typeof RECOGNITION_REFUSALS)[number];

/** Why an activity does not count, or not wholly. */
export const RECOGNITION_CODES = [
  ...RECOGNITION_REFUSALS,
  /** Another activity of the same achievement counts in its place. */
  "duplicate_achievement",
  /** A cap left less than the value. */
  "over_cap",
] as const;
type RecognitionCode = (typeof RECOGNITION_CODES)[number];

/** A rule that was applied, with its number. */
type AppliedRule =
  | {
      readonly step: "conversion";
      readonly unit: ActivityUnit;
      /** Null where the hours are those stated. */
      readonly givesHundredths: number | null;
      readonly forUnits: number;
      readonly level: string | null;
    }
  | { readonly step: "rank_share"; readonly rank: number; readonly numerator: number; readonly denominator: number }
  | { readonly step: "first_author_extra"; readonly extraHundredths: number }
  | { readonly step: "same_achievement"; readonly countsInstead: string }
  | {
      readonly step: "cap";
      readonly capId: string;
      readonly per: RecognitionCap["per"];
      readonly mostHundredths: number;
      /** What of that, times the days where it is per day, earlier activities had not used up. */
      readonly leftHundredths: number;
    };

/** A rule, where it stands in the law, and the hours after it. */
export type RecognitionStep = AppliedRule &
  Pick<Cited, "citation" | "provenance"> & {
    /** Null where they would be no whole number of hundredths. */
    readonly hoursHundredths: number | null;
  };

/** What a rule set makes of one activity. */
export interface RecognisedActivity {
  readonly ruleSetId: string;
  readonly ruleSetVersion: string;
  readonly activity: Activity;
  /** Before duplicates and caps; 0 for what is refused. */
  readonly valueHundredths: number;
  readonly recognisedHundredths: number;
  /** That of the conversion, or as claimed; null where neither says one. */
  readonly subject: Subject | null;
  readonly year: number;
  /** Null where the conversion is not known. */
  readonly pathway: string | null;
  /** Null where the whole value is recognised. */
  readonly code: RecognitionCode | null;
  readonly trace: readonly RecognitionStep[];
}
