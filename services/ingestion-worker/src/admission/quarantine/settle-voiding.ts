import { decisionsInForce, type RowDecisionRow, type Voiding } from "@xueshi/database";
import { type RecordVersion, type RowDecision, voidingDecision } from "@xueshi/domain";

/**
 * By which decision a version of a record is left out, given everything decided of the record and perhaps without one
 * decision; null: it takes part. A correction that was taken back leaves its content out. What something else than a
 * decision left out, such as a re-admission, stays out.
 */
export function voidingIn(
  version: RecordVersion,
  decided: readonly RowDecisionRow[],
  without: Pick<RowDecision, "decisionId"> | null = null,
): string | null {
  if (version.voidedBy !== null && !decided.some((one) => one.decisionId === version.voidedBy)) return version.voidedBy;
  const inForce = (decisionsInForce(decided).get(version.recordKey) ?? []).filter(
    (one) => one.decisionId !== without?.decisionId,
  );
  const made = decided.find((one) => one.kind === "correct" && one.standingDigest === version.contentDigest);
  if (made !== undefined && !inForce.some((one) => one.decisionId === made.decisionId)) return made.decisionId;
  return voidingDecision(version, inForce)?.decisionId ?? null;
}

/** The versions of a record of which it changes by which decision they are left out. */
export function changedVoidings(versions: readonly RecordVersion[], decided: readonly RowDecisionRow[]): Voiding[] {
  return versions.flatMap((version) => {
    const voidedBy = voidingIn(version, decided);
    if (voidedBy === version.voidedBy) return [];
    const { recordKey, updateTimeMs, contentDigest } = version;
    return [{ recordKey, updateTimeMs, contentDigest, voidedBy }];
  });
}
