import { type LocalDate, localDateAt } from "../values/local-date.ts";
import { type LineStatus, lineHours, type RecordLine } from "./record-line.ts";

/** A record as it last arrived here; of several rows with one update time, each is one of these. */
export interface ArrivedLine {
  readonly recordId: string;
  /** Milliseconds since 1970 UTC; null: it could not be read. */
  readonly updateTimeMs: number | null;
  /** Null: the row was refused, and what it said is kept no more. */
  readonly content: { readonly hoursHundredths: number | null; readonly status: LineStatus | null } | null;
}

export const DIFFERENCE_KINDS = ["missing_here", "missing_there", "differs"] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** `equal`: both sides say the same by now; `not_due`: one of them has changed it since the last pull. */
export type Settlement =
  | { readonly kind: "equal" | "not_due" }
  | { readonly kind: DifferenceKind; readonly day: LocalDate; readonly here: ArrivedLine | null };

/** True when a row that arrived says what the other side says; what is not known of it contradicts nothing. */
function fitsLine(arrived: ArrivedLine, line: RecordLine): boolean {
  if (arrived.updateTimeMs !== null && arrived.updateTimeMs !== line.updateTimeMs) return false;
  if (arrived.content === null) return true;
  return arrived.content.status === line.status && lineHours(arrived.content) === lineHours(line);
}

/**
 * Settles a record that the two sides did not say alike: both are looked at once more, whole, so that a record that went
 * from one day to another, here or there, while they were read is no difference, and one on two days is one.
 * @param here all rows of its newest update time here; empty: it never arrived
 * @param there how the other side has it; null: it does not
 * @param dueBeforeMs records that changed at this instant or later are not due yet
 */
export function settleDifference(
  here: readonly ArrivedLine[],
  there: RecordLine | null,
  dueBeforeMs: number,
): Settlement {
  const [first = null] = here;
  if (there !== null && here.some((arrived) => fitsLine(arrived, there))) return { kind: "equal" };
  const hereMs = first?.updateTimeMs ?? null;
  if ((there?.updateTimeMs ?? 0) >= dueBeforeMs || (hereMs ?? 0) >= dueBeforeMs) return { kind: "not_due" };
  if (there !== null) {
    const day = localDateAt(there.updateTimeMs);
    return first === null ? { kind: "missing_here", day, here: null } : { kind: "differs", day, here: first };
  }
  return { kind: "missing_there", day: localDateAt(hereMs ?? 0), here: first };
}

/** True when reading the other side's day again may mend it: what it has not cannot come, nor what we have later. */
export function isMendedByPull(here: ArrivedLine | null, there: RecordLine | null): boolean {
  if (there === null) return false;
  return here === null || here.updateTimeMs === null || here.updateTimeMs <= there.updateTimeMs;
}
