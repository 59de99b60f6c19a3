/**
 * What can be found wrong with a ledger: each code names the thing whose stored form is not what the log says. Closed list;
 * each has its text in the catalogue of the contracts.
 */
export const LEDGER_FINDING_CODES = [
  "entry_hash_differs",
  "entry_out_of_sequence",
  "entry_time_runs_back",
  "reversal_wrong",
  "entry_after_erasure",
  "record_posted_twice",
  "head_differs",
  "posting_differs",
  "mark_differs",
  "feed_differs",
  "tree_differs",
  "checkpoint_not_signed",
  "checkpoint_differs",
  "balance_differs",
  "record_state_differs",
  "duplicate_differs",
  "duplicate_decision_differs",
  "standing_differs",
  "name_differs",
  "alias_differs",
  "erasure_differs",
  "activation_differs",
  "verdict_differs",
] as const;
export type LedgerFindingCode = (typeof LEDGER_FINDING_CODES)[number];

/** A row of the ledger that is not what the log says, as far as it can be told without personal data. */
export interface LedgerFinding {
  readonly code: LedgerFindingCode;
  /** `ledger.entry`. */
  readonly table: string;
  /** The parts of the row's key, joined by slashes. */
  readonly key: string;
  /** The column; null: the row as a whole. */
  readonly field: string | null;
  /** What the log says; null: no such row or value. */
  readonly expected: string | null;
  readonly found: string | null;
}

/** A value as findings show it. */
export function shownValue(value: string | number | boolean | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
