import type { Cited } from "../values/citation.ts";
import type { Subject } from "../values/subject.ts";

/** What the quantity of an activity counts. `hour`: hours (学时) that a certificate or courseware states itself. */
export const ACTIVITY_UNITS = [
  "item",
  "day",
  "half-day",
  "hour",
  "minute",
  "ten-thousand-words",
  "subject",
  "study-year",
] as const;
export type ActivityUnit = (typeof ACTIVITY_UNITS)[number];

/** Hours that belong to one level of an activity, such as `national` or `core`. */
export interface LevelHours extends Cited {
  readonly level: string;
  readonly givesHundredths: number;
}

/** How many hours a quantity gives. `per_units`: so many hours for so many whole units, 1 for 45 minutes. */
export type ConversionHours =
  | { readonly kind: "per_units"; readonly givesHundredths: number; readonly forUnits: number }
  | { readonly kind: "by_level"; readonly levels: readonly LevelHours[] }
  | { readonly kind: "as_stated" };

/** The share of those whose rank is in a range, both ends included; no end: every rank from there on. */
export interface RankShare extends Cited {
  readonly fromRank: number;
  readonly untilRank: number | null;
  readonly numerator: number;
  readonly denominator: number;
}

/** What the rank decides: a share of the hours, or hours that the first author (rank 1) gets besides, by level. */
export type RankRule =
  | { readonly kind: "share"; readonly shares: readonly RankShare[] }
  | { readonly kind: "first_author_extra"; readonly levels: readonly LevelHours[] };

/** How one kind of activity becomes hours. */
export interface Conversion extends Cited {
  readonly code: string;
  readonly title: string;
  /** The route (途径) that its hours are on; caps look at it. */
  readonly pathway: string;
  /** The subject that it gives; null: as claimed. */
  readonly subject: Subject | null;
  readonly unit: ActivityUnit;
  readonly hours: ConversionHours;
  readonly rank: RankRule | null;
}

/** For what a cap is one sum. `day`: an item, times its days. */
export const RECOGNITION_CAP_PERIODS = ["item", "day", "pathway-year", "year"] as const;

/** At most so many hours are recognised. Every list that is given narrows what the cap is about. */
export interface RecognitionCap extends Cited {
  readonly id: string;
  readonly per: (typeof RECOGNITION_CAP_PERIODS)[number];
  readonly mostHundredths: number;
  readonly pathways?: readonly string[];
  readonly conversions?: readonly string[];
}

/** Under what rules activities become hours: hours are recognised under a named rule set, never as such. */
export interface RecognitionRuleSet extends Cited {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly place: string;
  /** Attributed years that it is for, both included; null where its source does not say. */
  readonly years: { readonly from: number; readonly until: number } | null;
  readonly conversions: readonly Conversion[];
  readonly caps: readonly RecognitionCap[];
  /** Where it is said that the same achievement counts once, at its highest value. */
  readonly sameAchievement: Cited;
}
