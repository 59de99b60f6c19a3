import type { ClosingBasis } from "@xueshi/contracts";
import type { ReconciliationRow } from "@xueshi/database";
import type { DaySum, DifferenceKind, LocalDate } from "@xueshi/domain";
import type { ComparedDay } from "./compare-days.ts";

/** A pull that was queued to read days again. */
export interface Repair {
  readonly pullId: string;
  readonly fromDay: LocalDate;
  readonly untilDay: LocalDate;
}

export type CountedSum = Pick<DaySum, "records" | "hoursHundredths">;

/** What a platform that sends totals only said of a period. */
export interface StatedTotal extends CountedSum {
  readonly fromDay: LocalDate;
  readonly untilDay: LocalDate;
}

/** The same beside what arrived here, by what became of it. */
export interface ReportedTotal extends StatedTotal {
  readonly byState: Readonly<Record<string, CountedSum>>;
}

/** What is kept of a reconciliation beside its columns. */
export interface ReconciliationDetail {
  /** Present: totals alone are compared. */
  readonly totals?: {
    readonly by: "update_time" | "obtained_on";
    readonly stated: readonly StatedTotal[];
    readonly reported: readonly ReportedTotal[];
  };
  readonly progress: { readonly done: number; readonly total: number } | null;
  /** The last comparison; its differences are kept under its id. Null: there was none yet. */
  readonly comparison: {
    readonly comparisonId: string;
    readonly comparedAtMs: number;
    readonly completeUntilMs: number | null;
    readonly comparedUntil: LocalDate | null;
    readonly counts: Readonly<Record<DifferenceKind, number>>;
    readonly notDue: number;
    /** Days that reading again may mend. */
    readonly repairDays: readonly LocalDate[];
  } | null;
  readonly days: readonly ComparedDay[];
  readonly repairs: readonly Repair[];
}

/** How a reconciliation was closed. */
export interface ReconciliationProof {
  readonly basis: ClosingBasis;
  readonly closedAtMs: number;
  /** Public name of the key; null: this service. */
  readonly closedBy: string | null;
  readonly reason: string | null;
  readonly document: string | null;
  /** As they were then: both sides of each day, what differed, the pulls that repaired. */
  readonly days: readonly ComparedDay[];
  readonly comparison: ReconciliationDetail["comparison"];
  readonly repairs: readonly Repair[];
}

export const NO_DIFFERENCES: Readonly<Record<DifferenceKind, number>> = {
  missing_here: 0,
  missing_there: 0,
  differs: 0,
};

export const NEW_DETAIL: ReconciliationDetail = { progress: null, comparison: null, days: [], repairs: [] };

/** The JSON that this service wrote itself. */
export function detailOf(row: ReconciliationRow): ReconciliationDetail {
  return row.detail as ReconciliationDetail;
}

/** What shows that a reconciliation is closed, as things are when it is. */
export function proofOf(
  detail: ReconciliationDetail,
  closing: Pick<ReconciliationProof, "basis" | "closedAtMs" | "closedBy" | "reason" | "document">,
): ReconciliationProof {
  const { days, comparison, repairs } = detail;
  return { ...closing, days, comparison, repairs };
}
