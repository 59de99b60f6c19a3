import { decisionsInForce, readKnownNames, rowOriginKey, type Transaction } from "@xueshi/database";
import type { NameVariantPolicy, RecordVersion } from "@xueshi/domain";
import { contentKeyOf, type JudgedRow } from "../judge-rows.ts";
import { createVersionJudge } from "../judge-stored.ts";
import { resolveWithdrawals, saysWithdrawn } from "../resolve-withdrawals.ts";
import { withdrawnDigest } from "../withdrawn-version.ts";
import type { StoredRecord } from "./record-difference.ts";
import type { WantedRow, WantedRows } from "./wanted-rows.ts";

/**
 * The rows that would be stored of a group of records. A row that takes back what an operator corrected, under the id or name
 * that was wrong, is kept as the withdrawal of the correction, and beside it as it came where it had come before the
 * correction. What was withdrawn so stays withdrawn, whether the correction is still in force or not.
 * Source: platforms.md, rule 12.
 */
export async function resolveWanted(
  tx: Transaction,
  records: readonly StoredRecord[],
  wanted: WantedRows,
  nameVariants: NameVariantPolicy | undefined,
): Promise<(recordKey: string) => readonly WantedRow[]> {
  const takesBack = records.filter(({ recordKey, decided }) => {
    return decided.length > 0 && wanted.of(recordKey).some(({ judged }) => saysWithdrawn(judged));
  });
  if (takesBack.length === 0) return (recordKey) => wanted.of(recordKey);
  const rows = takesBack.flatMap(({ recordKey }) => wanted.of(recordKey));
  const judged = rows.map((row) => row.judged);
  const resolved = await resolveWithdrawals(tx, judged, nameVariants);
  const isHeld = await readHolds(tx, takesBack, judged, nameVariants);
  const withdrawalOf = new Map(judged.map((row, index) => [row, resolved[index] ?? row]));
  const byRecord = new Map(
    takesBack.map((record) => {
      const kept = storedWithdrawals(record);
      const isStored = storedRows(record);
      const own = wanted.of(record.recordKey).flatMap((row): WantedRow[] => {
        if (!saysWithdrawn(row.judged) || !isHeld(row.judged)) return [row];
        const stored = kept.get(said(row.judged).updateTimeMs ?? 0);
        const withdrawal = stored === undefined ? withdrawalOf.get(row.judged) : asJudged(stored, row.judged);
        if (withdrawal === undefined || withdrawal === row.judged) return [row];
        const taking = { ...row, judged: withdrawal };
        return isStored.has(rowOriginKey(said(row.judged))) ? [row, taking] : [taking];
      });
      return [record.recordKey, own] as const;
    }),
  );
  return (recordKey) => byRecord.get(recordKey) ?? wanted.of(recordKey);
}

function said(row: JudgedRow) {
  return row.kind === "refused" ? row.row : row.version;
}

/** Whether a row is no version of its record by the names and decisions that hold now. */
async function readHolds(
  tx: Transaction,
  records: readonly StoredRecord[],
  judged: readonly JudgedRow[],
  nameVariants: NameVariantPolicy | undefined,
): Promise<(row: JudgedRow) => boolean> {
  const people = judged.flatMap((row) => (row.kind === "version" ? [row.version.practitionerId] : []));
  const knownNames = await readKnownNames(tx, [...new Set(people)]);
  const decisions = decisionsInForce(records.flatMap(({ decided }) => decided));
  const { judge } = createVersionJudge({ knownNames, decisions, nameVariants });
  return (row) => row.kind === "refused" || judge(row.version) === "identity_conflict";
}

/** The withdrawals of corrections that are stored, by update time. */
function storedWithdrawals({ versions, decided }: StoredRecord): ReadonlyMap<number, RecordVersion> {
  const corrections = decided.flatMap(({ kind, standingDigest }) => {
    return kind === "correct" && standingDigest !== null ? [withdrawnDigest(standingDigest, "")] : [];
  });
  const made = versions.filter(({ contentDigest }) => corrections.includes(contentDigest));
  return new Map(made.map((version) => [version.updateTimeMs, version]));
}

function storedRows({ versions, refusals }: StoredRecord): ReadonlySet<string> {
  return new Set([...versions, ...refusals].map(rowOriginKey));
}

function asJudged(version: RecordVersion, { index, ordinal }: JudgedRow): JudgedRow {
  const contentKey = contentKeyOf(version.recordKey, version);
  return { kind: "version", version, id: "", name: "", index, ordinal, contentKey };
}
