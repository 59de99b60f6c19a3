/** Why a row was refused; codes are stable and each is documented in the error catalogue. */
export const REFUSAL_CODES = [
  "record_invalid",
  "id_invalid",
  "hours_invalid",
  "date_invalid",
  "year_invalid",
  "status_invalid",
  "update_time_invalid",
  "erased",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** The outcome of one received row, as its receipt says it. */
export const RECEIPT_OUTCOMES = [
  "accepted",
  "unchanged",
  "superseded",
  "conflict",
  "history",
  "held",
  "refused",
] as const;
export type ReceiptOutcome = (typeof RECEIPT_OUTCOMES)[number];

/** Why a row is held: it counts in nothing until the reason is gone or an operator accepts it. */
export const HOLD_CODES = ["identity_conflict", "implausible"] as const;
export type HoldCode = (typeof HOLD_CODES)[number];

/** A row that an operator refused, though it would have been admitted or held. */
export const REFUSED_BY_OPERATOR = "refused_by_operator";

/** What a plausibility rule can find; an installation says for each source what then happens. */
export const PLAUSIBILITY_FLAGS = [
  "more_hours_than_days_hold",
  "updated_before_obtained",
  "training_in_future",
  "registered_long_after_end",
  "title_names_other_year",
] as const;
export type PlausibilityFlag = (typeof PLAUSIBILITY_FLAGS)[number];

/**
 * Observations that remove nothing (platforms.md, rule 9), in the order in which they are written. `overlapping_sessions`
 * is of two records and kept beside them, never in an entry. `held_as_implausible`: a rule of the source holds rows with
 * these flags. `settled_later` stands on a refused or held row only: a later version of its record was admitted.
 */
export const FLAGS = [...PLAUSIBILITY_FLAGS, "overlapping_sessions", "held_as_implausible", "settled_later"] as const;
export type Flag = (typeof FLAGS)[number];
