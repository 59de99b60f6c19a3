import type { RecordVersion } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

/** The batch that first brought a stored row, and how many rows said it. */
export interface RowOrigin {
  readonly batchId: string;
  readonly occurrences: number;
}

/** The batches of stored versions and refusals of a list of records, by `rowOriginKey`. */
export interface RowOrigins {
  readonly versions: ReadonlyMap<string, RowOrigin>;
  readonly refusals: ReadonlyMap<string, RowOrigin>;
}

/** An unknown update time is kept as the epoch. */
export function rowOriginKey(row: { recordKey: string; updateTimeMs: number | null; contentDigest: string }): string {
  return `${row.recordKey}/${row.updateTimeMs ?? 0}/${row.contentDigest}`;
}

interface OriginRow extends RowOrigin {
  readonly recordKey: string;
  readonly updateTimeMs: number;
  readonly contentDigest: string;
}

export async function readRowOrigins(tx: Sql | Transaction, recordKeys: readonly string[]): Promise<RowOrigins> {
  const sql = tx as Sql;
  const keys = plainArray(recordKeys);
  const [versions, refusals] = await Promise.all([
    sql<OriginRow[]>`
      SELECT record_key AS "recordKey", update_time AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest",
        batch_id AS "batchId", occurrences FROM admission.version WHERE record_key = ANY(${keys}::uuid[])`,
    sql<OriginRow[]>`
      SELECT record_key AS "recordKey", update_time AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest",
        batch_id AS "batchId", occurrences FROM admission.refusal WHERE record_key = ANY(${keys}::uuid[])`,
  ]);
  const byKey = (rows: readonly OriginRow[]) => new Map(rows.map((row) => [rowOriginKey(row), row]));
  return { versions: byKey(versions), refusals: byKey(refusals) };
}

/** The records of a source that have a version or a refused row, in order of key, from one key (left out) to another. */
export async function readRecordKeysAfter(
  sql: Sql,
  query: { readonly source: string; readonly afterKey: string; readonly untilKey: string; readonly limit: number },
): Promise<string[]> {
  const { source, afterKey, untilKey, limit } = query;
  const rows = await sql`
    SELECT record_key FROM (
      (SELECT DISTINCT record_key FROM admission.version
        WHERE record_key > ${afterKey}::uuid AND record_key <= ${untilKey}::uuid AND source = ${source}
        ORDER BY record_key LIMIT ${limit})
      UNION
      (SELECT DISTINCT record_key FROM admission.refusal
        WHERE record_key > ${afterKey}::uuid AND record_key <= ${untilKey}::uuid AND source = ${source}
        ORDER BY record_key LIMIT ${limit})
    ) AS known ORDER BY record_key LIMIT ${limit}`.values();
  return rows.map(([recordKey]) => recordKey as string);
}

/** Gives stored versions what a mended mapping reads; whom a version names and what it is called by stay as they are. */
export async function updateMappedValues(tx: Transaction, versions: readonly RecordVersion[]): Promise<void> {
  if (versions.length === 0) return;
  const column = <T>(read: (version: RecordVersion) => T): T[] => versions.map(read);
  await tx`
    UPDATE admission.version SET status = said.status, hours_hundredths = said.hours, subject_code = said.subject_code,
      subject_basis = said.subject_basis, title = said.title, provider = said.provider, obtained_on = said.obtained,
      studied_from = said.studied_from, studied_until = said.studied_until, attributed_year = said.year,
      year_basis = said.basis, pathway = said.pathway, assessed_on = said.assessed, flags = said.flags,
      voided_by = said.voided
    FROM unnest(
      ${plainArray(column((version) => version.recordKey))}::uuid[],
      ${instantArray(column((version) => version.updateTimeMs))}::timestamptz[],
      ${plainArray(column((version) => version.contentDigest))}::text[],
      ${textArray(column((version) => version.status))}::text[],
      ${plainArray(column((version) => version.hoursHundredths))}::int[],
      ${textArray(column((version) => version.subjectCode))}::text[],
      ${textArray(column((version) => version.subjectBasis))}::text[],
      ${textArray(column((version) => version.title))}::text[],
      ${textArray(column((version) => version.provider))}::text[],
      ${plainArray(column((version) => version.obtainedOn))}::date[],
      ${plainArray(column((version) => version.studiedFrom))}::date[],
      ${plainArray(column((version) => version.studiedUntil))}::date[],
      ${plainArray(column((version) => version.attributedYear))}::smallint[],
      ${textArray(column((version) => version.yearBasis))}::text[],
      ${textArray(column((version) => version.pathway))}::text[],
      ${plainArray(column((version) => version.assessedOn))}::date[],
      ${textArray(column((version) => version.flags))}::text[],
      ${plainArray(column((version) => version.voidedBy))}::uuid[]
    ) AS said (key, at, content, status, hours, subject_code, subject_basis, title, provider, obtained, studied_from,
      studied_until, year, basis, pathway, assessed, flags, voided)
    WHERE version.record_key = said.key AND version.update_time = said.at
      AND version.content_digest = decode(said.content, 'hex')`;
}

/** A stored version as the claim of a name. */
export interface StoredClaim {
  readonly practitionerId: string;
  /** Hex. */
  readonly nameDigest: string;
  readonly nameVariantDigest: string | null;
  readonly updateTimeMs: number;
  readonly source: string;
  readonly recordId: string;
  readonly recordKey: string;
  readonly contentDigest: string;
}

/**
 * The oldest claims of the names of a list of people, oldest first for each: those of stored versions that no
 * re-admission left out.
 * @param depth how many of each person
 */
export async function readOldestClaims(
  tx: Transaction,
  practitionerIds: readonly string[],
  leftOutBy: readonly string[],
  depth: number,
): Promise<StoredClaim[]> {
  return tx<StoredClaim[]>`
    SELECT "practitionerId", "nameDigest", "nameVariantDigest", "updateTimeMs", source, "recordId", "recordKey",
      "contentDigest"
    FROM (
      SELECT practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest",
        encode(name_variant_digest, 'hex') AS "nameVariantDigest", update_time AS "updateTimeMs", source,
        record_id AS "recordId", record_key AS "recordKey", encode(content_digest, 'hex') AS "contentDigest",
        row_number() OVER (PARTITION BY practitioner_id
          ORDER BY update_time, source COLLATE "C", record_id COLLATE "C", content_digest) AS place
      FROM admission.version
      WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])
        AND (voided_by IS NULL OR voided_by <> ALL(${plainArray(leftOutBy)}::uuid[]))
    ) AS claim
    WHERE place <= ${depth} ORDER BY "practitionerId", place`;
}
