import type { ProjectedRecord } from "../projection/projected-record.ts";

/**
 * Why a registered record does not count in one check, in the order in which they are looked at; a record that is not
 * registered has its own state, or the code of its refusal or hold. The last three stand where nothing was evaluated.
 */
export const UNCOUNTED_CODES = [
  "registered_elsewhere",
  "recognised_elsewhere",
  "outside_window",
  "after_as_of",
  "subject_not_in_rules",
  "hours_expired",
  "below_item_minimum",
  "not_assessed",
  "over_cap",
  "not_carried_over",
  "delegated",
  "no_rule_in_force",
  "fact_not_given",
] as const;
export type UncountedCode = (typeof UNCOUNTED_CODES)[number];

/** What one record does in one check. The counted parts of all records add up to every number that is shown. */
export interface RecordPart {
  readonly record: ProjectedRecord;
  /** The hundredths that count, at most the record's hours; 0 when it does not count. */
  readonly countedHundredths: number;
  /** Ids of the requirements that it counts toward. */
  readonly toward: readonly string[];
  /** The study year that it counts in; null when it does not. */
  readonly year: number | null;
  /** Why it does not count, or not wholly; null when it counts wholly. */
  readonly code: string | null;
  /** Id of the cap, gate or carry-over rule that said so, or by which it counts; null where none did. */
  readonly byRule: string | null;
}
