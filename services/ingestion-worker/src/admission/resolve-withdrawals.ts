import { readDecisionsInForce, readKnownNames, readVersions, type Transaction } from "@xueshi/database";
import { decisionOfContent, type NameVariantPolicy, type RecordVersion, standingVersion } from "@xueshi/domain";
import { contentKeyOf, type JudgedRow } from "./judge-rows.ts";
import { createVersionJudge } from "./judge-stored.ts";
import { withdrawnVersion } from "./withdrawn-version.ts";

/**
 * Lets a source take back what an operator corrected: it knows of no correction and says the wrong id or name again, so by
 * itself the row would be refused or held, and the hours would stand. Such a row becomes the withdrawal of the correction;
 * all other rows stay what they are. Source: platforms.md, rule 12.
 */
export async function resolveWithdrawals(
  tx: Transaction,
  judged: readonly JudgedRow[],
  nameVariants: NameVariantPolicy | undefined,
): Promise<readonly JudgedRow[]> {
  const withdrawals = judged.filter(saysWithdrawn).map(said);
  if (withdrawals.length === 0) return judged;
  const decisions = await readDecisionsInForce(tx, [...new Set(withdrawals.map((row) => row.recordKey))]);
  const corrections = new Set(
    [...decisions.values()].flat().flatMap((one) => (one.kind === "correct" ? (one.standingDigest ?? []) : [])),
  );
  if (corrections.size === 0) return judged;
  const versions = await readVersions(tx, [...decisions.keys()]);
  const people = [...versions, ...withdrawals].flatMap((row) => row.practitionerId ?? []);
  const knownNames = await readKnownNames(tx, [...new Set(people)]);
  const { judge } = createVersionJudge({ knownNames, decisions, nameVariants });
  const corrected = versions.filter((one) => corrections.has(one.contentDigest) && judge(one) === "admitted");
  return judged.map((row) => {
    const { recordKey, updateTimeMs, contentDigest } = said(row);
    if (!saysWithdrawn(row) || updateTimeMs === null) return row;
    if (row.kind === "version" && judge(row.version) !== "identity_conflict") return row;
    if (decisionOfContent(contentDigest, decisions.get(recordKey) ?? [])?.kind === "refuse") return row;
    const earlier = corrected.filter((one) => one.recordKey === recordKey && one.updateTimeMs < updateTimeMs);
    const current = standingVersion(earlier);
    return current === null ? row : withdrawalOf(row, withdrawnVersion(current, "", updateTimeMs));
  });
}

function said(row: JudgedRow) {
  return row.kind === "refused" ? row.row : row.version;
}

/** Whether a source says by a row that a record is withdrawn. */
export function saysWithdrawn(row: JudgedRow): boolean {
  return row.kind === "refused" ? row.isWithdrawn : row.version.status === "withdrawn" && row.id !== "";
}

/** The person exists, so the row needs no id or name of its own. */
function withdrawalOf({ index, ordinal }: JudgedRow, version: RecordVersion): JudgedRow {
  const contentKey = contentKeyOf(version.recordKey, version);
  return { kind: "version", version, id: "", name: "", index, ordinal, contentKey };
}
