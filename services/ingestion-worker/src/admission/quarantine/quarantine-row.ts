import type { QuarantineKind } from "@xueshi/contracts";
import {
  decisionOfRow,
  isHeldAsImplausible,
  isLikelySameName,
  type JudgingContext,
  judgeVersion,
  type KnownNames,
  type RecordVersion,
  type RowDecision,
  standingVersion,
  type VersionJudgement,
  withoutHold,
} from "@xueshi/domain";
import type { RecordFile } from "./record-file.ts";
import { compareRowKeys, type RowKey } from "./row-id.ts";
import { voidingIn } from "./settle-voiding.ts";

/** A row that an operator may look at: why it is kept apart, and what was decided of it. */
export interface QuarantineRow extends RowKey {
  readonly kind: QuarantineKind;
  /** Why: a refusal's or a hold's code; null for a conflict and for a row that only carries flags. */
  readonly code: string | null;
  readonly source: string;
  readonly recordId: string;
  readonly practitionerId: string | null;
  readonly title: string;
  readonly hoursHundredths: number | null;
  readonly obtainedOn: string | null;
  readonly attributedYear: number | null;
  readonly flags: readonly string[];
  /** Whether it is held for a name that is likely another spelling of the known one. */
  readonly likelySameName: boolean;
  /** Whether a later version of the record is admitted, so that the row changes nothing any more. */
  readonly isSettled: boolean;
  /** Whether another admitted content has the same update time. */
  readonly competes: boolean;
  /** What was decided of just this row, in force. */
  readonly decision: RowDecision | null;
  /** The version; null: the row was refused. */
  readonly version: RecordVersion | null;
}

/**
 * The rows of a record that are kept apart: refused, held, in conflict or flagged. A row that was decided of is what it
 * would be without that decision, so that it is found where it was. Content that a correction made is no row.
 */
export function quarantineRowsOf(file: RecordFile): QuarantineRow[] {
  const corrections = new Set(
    file.decided.flatMap((one) => (one.kind === "correct" ? (one.standingDigest ?? []) : [])),
  );
  const currentMs = standingOf(file)?.updateTimeMs ?? null;
  const rows: QuarantineRow[] = file.refusals.map((row) => ({
    ...row,
    ...{ kind: "refused", hoursHundredths: null, flags: [], likelySameName: false, competes: false, version: null },
    isSettled: isSettled(row, currentMs),
    decision: decisionOfRow(row, file.inForce),
  }));
  for (const version of file.versions) {
    if (corrections.has(version.contentDigest)) continue;
    const row = rowOfVersion(version, file, currentMs);
    if (row !== null) rows.push(row);
  }
  return rows.sort(compareRowKeys);
}

function isSettled(row: { readonly updateTimeMs: number | null }, currentMs: number | null): boolean {
  return row.updateTimeMs !== null && currentMs !== null && currentMs > row.updateTimeMs;
}

/** The version that stands now, by what admission knows. */
export function standingOf(file: RecordFile): RecordVersion | null {
  const context = judgingOf(file, null);
  return standingVersion(file.versions.filter((version) => judgeVersion(version, context) === "admitted"));
}

function rowOfVersion(version: RecordVersion, file: RecordFile, currentMs: number | null): QuarantineRow | null {
  const decision = decisionOfRow(version, file.inForce);
  const context = judgingOf(file, decision);
  const judge = (one: RecordVersion): VersionJudgement =>
    judgeVersion(decision === null ? one : { ...one, voidedBy: voidingIn(one, file.decided, decision) }, context);
  const judgement = judge(version);
  if (judgement === "voided") return null;
  const besides = file.versions.filter((one) => one.updateTimeMs === version.updateTimeMs && one !== version);
  const rivals = besides.filter((one) => judge(one) === "admitted");
  const apart = apartness(version, judgement, rivals, file);
  if (apart === null) return null;
  const { source, recordId, recordKey, updateTimeMs, contentDigest, practitionerId, title } = version;
  return {
    ...{ recordKey, updateTimeMs, contentDigest, source, recordId, practitionerId, title },
    ...apart,
    hoursHundredths: version.hoursHundredths,
    obtainedOn: version.obtainedOn,
    attributedYear: version.attributedYear,
    flags: flagsOf(version, file),
    likelySameName:
      judgement === "identity_conflict" && isLikelySameName(version, file.names.known.get(version.practitionerId)),
    isSettled: isSettled(version, currentMs),
    competes: rivals.length > 0,
    decision,
    version,
  };
}

/** Why a version is kept apart; null: it is not. */
function apartness(
  version: RecordVersion,
  judgement: Exclude<VersionJudgement, "voided">,
  rivals: readonly RecordVersion[],
  file: RecordFile,
): Pick<QuarantineRow, "kind" | "code"> | null {
  if (judgement !== "admitted") return { kind: "held", code: judgement };
  if (standingVersion([version, ...rivals]) !== version) return { kind: "conflict", code: null };
  return flagsOf(version, file).length > 0 ? { kind: "flagged", code: null } : null;
}

/** What is odd about a version, without what its rule then does. */
function flagsOf(version: RecordVersion, file: RecordFile): readonly string[] {
  const own = isHeldAsImplausible(version) ? withoutHold(version.flags) : version.flags;
  const found = [...new Set(file.findings.map((finding) => finding.code))];
  return [...(own === "" ? [] : own.split(",")), ...found];
}

/** What is known of a record's people and decisions, but for one decision. */
function judgingOf({ names, inForce }: RecordFile, without: RowDecision | null): JudgingContext {
  if (without === null) {
    return { knownNames: (id) => names.known.get(id), nameVariants: names.policy, decisions: inForce };
  }
  const acceptedOf = (practitionerId: string) =>
    [...names.aliases.values()]
      .filter((alias) => alias.practitionerId === practitionerId && alias.decisionId !== without.decisionId)
      .map((alias) => alias.nameDigest);
  const knownNames = (practitionerId: string): KnownNames | undefined => {
    const known = names.known.get(practitionerId);
    return known === undefined ? undefined : { ...known, accepted: acceptedOf(practitionerId) };
  };
  return { knownNames, nameVariants: names.policy, decisions: inForce.filter((one) => one !== without) };
}
