import type { RecordVersion } from "./record-version.ts";

/** What an operator decides of a row; an undo takes back exactly one of the others. */
export const ROW_DECISION_KINDS = ["accept", "correct", "refuse"] as const;
export type RowDecisionKind = (typeof ROW_DECISION_KINDS)[number];

/** A decision of one row of a record, in force: nobody took it back. */
export interface RowDecision {
  readonly decisionId: string;
  /** Milliseconds since 1970 UTC; of two decisions of a record the newer one has the later time. */
  readonly decidedAtMs: number;
  readonly kind: RowDecisionKind;
  /** The row decided of; a time that could not be read is null. */
  readonly updateTimeMs: number | null;
  readonly contentDigest: string;
  /** The content that stands among those of the row's update time by this decision; null: the decision says nothing of it. */
  readonly standingDigest: string | null;
}

/** A content by the time at which it was sent. */
export type DecidedRow = Pick<RowDecision, "updateTimeMs" | "contentDigest">;

/** The newest decision in force that says what becomes of a content, whenever it is sent: accept or refuse. */
export function decisionOfContent(contentDigest: string, decisions: readonly RowDecision[]): RowDecision | null {
  return newest(decisions, (one) => one.kind !== "correct" && one.contentDigest === contentDigest);
}

/** The decision in force about just this row. */
export function decisionOfRow(row: DecidedRow, decisions: readonly RowDecision[]): RowDecision | null {
  return newest(decisions, (one) => one.updateTimeMs === row.updateTimeMs && one.contentDigest === row.contentDigest);
}

/**
 * The decision by which a version is left out: its content was refused, or another content stands at its update time by
 * the newest decision that says so. Null: it takes part. Does not depend on what came before the decision and what after.
 */
export function voidingDecision(
  version: Pick<RecordVersion, "updateTimeMs" | "contentDigest">,
  decisions: readonly RowDecision[],
): RowDecision | null {
  if (decisions.length === 0) return null;
  const ofContent = decisionOfContent(version.contentDigest, decisions);
  if (ofContent?.kind === "refuse") return ofContent;
  const standing = newest(decisions, (one) => one.standingDigest !== null && one.updateTimeMs === version.updateTimeMs);
  return standing !== null && standing.standingDigest !== version.contentDigest ? standing : null;
}

/** Whether an operator accepted a content that a plausibility rule holds. */
export function isContentAccepted(contentDigest: string, decisions: readonly RowDecision[]): boolean {
  return decisionOfContent(contentDigest, decisions)?.kind === "accept";
}

/** Whether a correction took the place of a refused row. */
export function isCorrected(row: DecidedRow, decisions: readonly RowDecision[]): boolean {
  return decisionOfRow(row, decisions)?.kind === "correct";
}

function newest(decisions: readonly RowDecision[], fits: (decision: RowDecision) => boolean): RowDecision | null {
  let best: RowDecision | null = null;
  for (const one of decisions) if (fits(one) && (best === null || one.decidedAtMs > best.decidedAtMs)) best = one;
  return best;
}
