/** Why a row was refused; codes are stable and each is documented in the error catalogue. */
export const REFUSAL_CODES = [
  "record_invalid",
  "id_invalid",
  "hours_invalid",
  "date_invalid",
  "year_invalid",
  "status_invalid",
  "update_time_invalid",
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

/**
 * Observations that remove nothing (platforms.md, rule 9). `settled_later` stands on a refused or held row only: a later
 * version of its record was admitted, so the row is history.
 */
export const FLAGS = ["more_hours_than_days_hold", "updated_before_obtained", "settled_later"] as const;
export type Flag = (typeof FLAGS)[number];
