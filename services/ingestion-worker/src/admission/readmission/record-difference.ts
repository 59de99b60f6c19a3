import type { ReadmissionChange, RowDecisionRow, RowOrigin, RowOrigins } from "@xueshi/database";
import type { RecordVersion, RefusedRow } from "@xueshi/domain";

/** Everything that is stored of one record. */
export interface StoredRecord {
  readonly recordKey: string;
  readonly versions: readonly RecordVersion[];
  readonly refusals: readonly RefusedRow[];
  readonly decided: readonly RowDecisionRow[];
  readonly origins: RowOrigins;
}

/** What becomes of operators' decisions about rows that read otherwise. */
export interface MendedDecisions {
  /** The same decision about the row that took the place of the one decided of. */
  readonly moved: readonly MovedDecision[];
  /** Decisions about rows of which nothing says which row took their place: an operator has to look. */
  readonly left: number;
}

export type MovedDecision = Omit<RowDecisionRow, "recordKey" | "decidedAtMs" | "decisionId" | "undoes">;

export interface NewVersion {
  readonly version: RecordVersion;
  readonly id: string;
  readonly name: string;
  readonly place: Place;
}

export interface NewRefusal {
  readonly row: RefusedRow;
  readonly place: Place;
}

interface Place extends RowOrigin {
  readonly batchIndex: number;
}

/** What makes the rows of a record read as the mappings of today read them. Empty lists: they do. */
export interface RecordDifference {
  readonly recordKey: string;
  readonly added: readonly NewVersion[];
  readonly refused: readonly NewRefusal[];
  /** Versions with their new values; `voidedBy` null where they take part again. */
  readonly changed: readonly RecordVersion[];
  /** Versions that no row says any more. */
  readonly leftOut: readonly RecordVersion[];
  /** Refused rows that nothing refuses any more. */
  readonly settled: readonly RefusedRow[];
  /** Refused rows that are refused again. */
  readonly reinstated: readonly RefusedRow[];
  readonly decisions: MendedDecisions;
  readonly changes: readonly ReadmissionChange[];
}
