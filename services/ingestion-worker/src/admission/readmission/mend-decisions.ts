import { decisionsInForce, type RowDecisionRow } from "@xueshi/database";
import { decisionOfRow, type RecordVersion, type RefusedRow } from "@xueshi/domain";
import type { MendedDecisions, MovedDecision } from "./record-difference.ts";

type Row = Pick<RecordVersion, "contentDigest"> & { readonly updateTimeMs: number | null };

/** A row that no page says any more, with the one that took its place. */
export interface RowPair {
  readonly gone: Row;
  readonly come: Row;
}

/**
 * Whether a refused row stands no more because it was read anew: such a decision puts nothing in the row's place, as a
 * correction does, and an undo takes it back.
 */
export function isReadAnew(row: RefusedRow, decided: readonly RowDecisionRow[]): boolean {
  return readAnewBy(row, decided) !== null;
}

/** The decision by which a refused row stands no more; null: there is none. */
export function readAnewBy(row: RefusedRow, decided: readonly RowDecisionRow[]): string | null {
  if (decided.length === 0) return null;
  const decision = decisionOfRow(row, decisionsInForce(decided).get(row.recordKey) ?? []);
  return decision?.kind === "correct" && decision.standingDigest === null ? decision.decisionId : null;
}

/** Decisions follow the row that they are about to the one that took its place. */
export function mendDecisions(
  decided: readonly RowDecisionRow[],
  gone: readonly Row[],
  come: readonly Row[],
  pairs: readonly RowPair[],
): MendedDecisions {
  if (decided.length === 0 || gone.length === 0) return { moved: [], left: 0 };
  const undone = new Set(decided.flatMap(({ undoes }) => undoes ?? []));
  const inForce = decided.filter((one) => one.kind !== "undo" && !undone.has(one.decisionId) && !isOwn(one));
  const moved: MovedDecision[] = [];
  let left = 0;
  for (const { kind, updateTimeMs, contentDigest, standingDigest, reason, document, actor } of inForce) {
    if (!gone.some((row) => isRow(row, updateTimeMs, contentDigest))) continue;
    // The same content at the same time, refused now or no more: the decision is about it as before.
    if (come.some((row) => isRow(row, updateTimeMs, contentDigest))) continue;
    const pair = pairs.find((one) => isRow(one.gone, updateTimeMs, contentDigest));
    if (pair === undefined || !come.includes(pair.come)) {
      left += 1;
      continue;
    }
    moved.push({
      ...{ kind, reason, document, actor },
      updateTimeMs: pair.come.updateTimeMs,
      contentDigest: pair.come.contentDigest,
      standingDigest: standingDigest === contentDigest ? pair.come.contentDigest : standingDigest,
    });
  }
  return { moved, left };
}

/** What re-admissions decided of rows themselves is not an operator's word. */
function isOwn({ kind, standingDigest }: RowDecisionRow): boolean {
  return kind === "correct" && standingDigest === null;
}

function isRow(row: Row, updateTimeMs: number | null, contentDigest: string): boolean {
  return row.updateTimeMs === updateTimeMs && row.contentDigest === contentDigest;
}
