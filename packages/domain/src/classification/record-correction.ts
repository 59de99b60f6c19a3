import type { RecordVersion } from "../admission/record-version.ts";
import { yearOf } from "../values/local-date.ts";

/** Why an operator corrects records of a source; the kind is the stable reason code of everything that follows from it. */
export const CORRECTION_KINDS = [
  "withdrawal",
  "fraud_revocation",
  "administrative_error",
  "correction",
  "reclassification",
] as const;
export type CorrectionKind = (typeof CORRECTION_KINDS)[number];

/** Codes of a record whose hours an operator took back, the one that stands first where there are several. */
export const REVOCATION_CODES = ["revoked_for_fraud", "administrative_error", "withdrawn_by_operator"] as const;
export type RevocationCode = (typeof REVOCATION_CODES)[number];

/** The code that a record gets by a kind of correction; null: the kind takes nothing back. */
export const REVOCATION_OF: Readonly<Record<CorrectionKind, RevocationCode | null>> = {
  withdrawal: "withdrawn_by_operator",
  fraud_revocation: "revoked_for_fraud",
  administrative_error: "administrative_error",
  correction: null,
  reclassification: null,
};

/** What an operator can put right in a record, in the order in which it is told. */
export const CORRECTABLE_FIELDS = [
  "hoursHundredths",
  "attributedYear",
  "obtainedOn",
  "title",
  "pathway",
  "assessedOn",
] as const;
export type CorrectableField = (typeof CORRECTABLE_FIELDS)[number];
export type CorrectableValue = string | number | null;

/** A value put right: it takes the place of what the source said, for as long as the source says just that. */
export interface FieldChange {
  readonly field: CorrectableField;
  readonly was: CorrectableValue;
  readonly becomes: CorrectableValue;
}

/** A correction of one record, in force: nobody took it back. */
export interface RecordCorrection {
  readonly correctionId: string;
  /** Milliseconds since 1970 UTC; of two corrections of a record the newer one has the later time. */
  readonly decidedAtMs: number;
  /** Null: it takes nothing back. */
  readonly revokes: RevocationCode | null;
  readonly changes: readonly FieldChange[];
  /** The reason in words and the document. */
  readonly note: string;
}

/** A version as corrections in force put it right. */
export interface CorrectedVersion {
  readonly version: RecordVersion;
  /** Why its hours are taken back; null: they are not. */
  readonly revokedFor: RevocationCode | null;
  /** The fields that say something else than the source does, in the order of `CORRECTABLE_FIELDS`. */
  readonly corrected: readonly CorrectableField[];
  /** What was said of the correction that decides; null: none does. */
  readonly note: string | null;
}

/**
 * Puts a version right by the corrections in force of its record. A revocation holds whatever the source sends later. A
 * change of a value holds against the value that it found: where the source itself says another one by now, the source
 * stands, and where two changes found the same value, the newer one. Does not depend on what came first, the version or
 * the correction; without corrections the version is as it came.
 */
export function correctVersion(version: RecordVersion, corrections: readonly RecordCorrection[]): CorrectedVersion {
  if (corrections.length === 0) return { version, revokedFor: null, corrected: [], note: null };
  const newestFirst = corrections.toSorted(compareNewest);
  const values = new Map<CorrectableField, CorrectableValue>();
  let note: string | null = null;
  for (const { changes, note: said } of newestFirst) {
    for (const { field, was, becomes } of changes) {
      if (values.has(field) || version[field] !== was) continue;
      values.set(field, becomes);
      note ??= said;
    }
  }
  const revoking = strongest(newestFirst);
  return {
    version: values.size === 0 ? version : withValues(version, values),
    revokedFor: revoking?.revokes ?? null,
    corrected: CORRECTABLE_FIELDS.filter((field) => values.has(field) && values.get(field) !== version[field]),
    note: revoking?.note ?? note,
  };
}

function compareNewest(left: RecordCorrection, right: RecordCorrection): number {
  if (left.decidedAtMs !== right.decidedAtMs) return right.decidedAtMs - left.decidedAtMs;
  return left.correctionId < right.correctionId ? 1 : -1;
}

function strongest(newestFirst: readonly RecordCorrection[]): RecordCorrection | null {
  for (const code of REVOCATION_CODES) {
    const found = newestFirst.find(({ revokes }) => revokes === code);
    if (found !== undefined) return found;
  }
  return null;
}

/** A year that followed from the date obtained follows from the right one, unless it was put right itself. */
function withValues(version: RecordVersion, values: ReadonlyMap<CorrectableField, CorrectableValue>): RecordVersion {
  const corrected = { ...version, ...Object.fromEntries(values) } as RecordVersion;
  const isYearDerived = version.yearBasis === "obtained_on" && !values.has("attributedYear");
  if (!isYearDerived || corrected.obtainedOn === null || !values.has("obtainedOn")) return corrected;
  return { ...corrected, attributedYear: yearOf(corrected.obtainedOn) };
}
