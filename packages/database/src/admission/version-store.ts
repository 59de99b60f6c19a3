import type { RecordVersion, RefusedRow } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Transaction } from "../connection/connect.ts";

/** A version to store: how many rows said it (`occurrences`), and where it stood in its batch. */
export interface VersionRow {
  readonly version: RecordVersion;
  readonly occurrences: number;
  readonly batchIndex: number;
}

export interface RefusalRow {
  readonly row: RefusedRow;
  readonly occurrences: number;
  readonly batchIndex: number;
}

/** The part of a stored version by which receipts are decided. */
export interface StoredVersionOrder {
  readonly recordKey: string;
  readonly updateTimeMs: number;
  readonly contentDigest: string;
  readonly hoursHundredths: number | null;
  readonly practitionerId: string;
  readonly nameDigest: string;
  readonly occurrences: number;
}

/**
 * How the occurrences of a row that is stored again are counted: `ordinal` keeps the highest ordinal (a re-read has the
 * same ordinals again), `count` adds (every row that arrives is a new one).
 */
export type OccurrenceMode = "ordinal" | "count";

/** An unknown update time is kept as the epoch: a key column takes no null. */
const UNKNOWN_TIME_MS = 0;

export async function readVersionOrders(tx: Transaction, recordKeys: readonly string[]): Promise<StoredVersionOrder[]> {
  return tx<StoredVersionOrder[]>`
    SELECT record_key AS "recordKey", update_time AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest",
      hours_hundredths AS "hoursHundredths", practitioner_id AS "practitionerId",
      encode(name_digest, 'hex') AS "nameDigest", occurrences
    FROM admission.version WHERE record_key = ANY(${recordKeys as string[]}::uuid[])`;
}

/** Occurrences of refused rows already stored, keyed `recordKey/updateTimeMs/contentDigest`. */
export async function readRefusalOccurrences(
  tx: Transaction,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx<{ recordKey: string; updateTimeMs: number; contentDigest: string; occurrences: number }[]>`
    SELECT record_key AS "recordKey", update_time AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest",
      occurrences
    FROM admission.refusal WHERE record_key = ANY(${recordKeys as string[]}::uuid[])`;
  return new Map(rows.map((row) => [`${row.recordKey}/${row.updateTimeMs}/${row.contentDigest}`, row.occurrences]));
}

/** All versions of a list of records, in a form the pure core takes. */
export async function readVersions(tx: Transaction, recordKeys: readonly string[]): Promise<RecordVersion[]> {
  return tx<RecordVersion[]>`
    SELECT record_key AS "recordKey", source, record_id AS "recordId", practitioner_id AS "practitionerId",
      encode(name_digest, 'hex') AS "nameDigest", update_time AS "updateTimeMs",
      encode(content_digest, 'hex') AS "contentDigest", status, hours_hundredths AS "hoursHundredths",
      subject_code AS "subjectCode", subject_basis AS "subjectBasis", title, provider, obtained_on AS "obtainedOn", studied_from AS "studiedFrom",
      studied_until AS "studiedUntil", attributed_year AS "attributedYear", year_basis AS "yearBasis", pathway, flags,
      note
    FROM admission.version WHERE record_key = ANY(${recordKeys as string[]}::uuid[])`;
}

/** All refused rows of a list of records. */
export async function readRefusals(tx: Transaction, recordKeys: readonly string[]): Promise<RefusedRow[]> {
  const rows = await tx<RefusedRow[]>`
    SELECT record_key AS "recordKey", source, record_id AS "recordId", practitioner_id AS "practitionerId",
      encode(content_digest, 'hex') AS "contentDigest", update_time AS "updateTimeMs", code, title,
      obtained_on AS "obtainedOn", attributed_year AS "attributedYear"
    FROM admission.refusal WHERE record_key = ANY(${recordKeys as string[]}::uuid[])`;
  return rows.map((row) => (row.updateTimeMs === UNKNOWN_TIME_MS ? { ...row, updateTimeMs: null } : row));
}

/** The records of a list of people, whatever their state: what a changed identity makes the ledger look at again. */
export async function readRecordKeysOf(tx: Transaction, practitionerIds: readonly string[]): Promise<string[]> {
  const rows = await tx<{ key: string }[]>`
    SELECT DISTINCT record_key AS key FROM admission.version
    WHERE practitioner_id = ANY(${practitionerIds as string[]}::uuid[])`;
  return rows.map((row) => row.key);
}

export async function writeVersions(
  tx: Transaction,
  batchId: string,
  rows: readonly VersionRow[],
  mode: OccurrenceMode,
): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(read: (version: RecordVersion) => T): T[] => rows.map((row) => read(row.version));
  await tx`
    INSERT INTO admission.version AS stored
      (record_key, update_time, content_digest, source, record_id, practitioner_id, name_digest, status,
       hours_hundredths, subject_code, subject_basis, title, provider, obtained_on, studied_from, studied_until, attributed_year,
       year_basis, pathway, flags, note, occurrences, batch_index, batch_id)
    SELECT key, at, decode(content, 'hex'), source, record_id, person, decode(name, 'hex'), status, hours, subject_code,
      subject_basis,
      title, provider, obtained, studied_from, studied_until, year, basis, pathway, flags, note, occurrences,
      position, ${batchId}::uuid
    FROM unnest(
      ${plainArray(column((version) => version.recordKey))}::uuid[],
      ${instantArray(column((version) => version.updateTimeMs))}::timestamptz[],
      ${textArray(column((version) => version.contentDigest))}::text[],
      ${textArray(column((version) => version.source))}::text[],
      ${textArray(column((version) => version.recordId))}::text[],
      ${plainArray(column((version) => version.practitionerId))}::uuid[],
      ${textArray(column((version) => version.nameDigest))}::text[],
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
      ${textArray(column((version) => version.flags))}::text[],
      ${textArray(column((version) => version.note))}::text[],
      ${plainArray(rows.map((row) => row.occurrences))}::int[],
      ${plainArray(rows.map((row) => row.batchIndex))}::int[]
    ) AS row (key, at, content, source, record_id, person, name, status, hours, subject_code, subject_basis, title, provider, obtained,
      studied_from, studied_until, year, basis, pathway, flags, note, occurrences, position)
    ON CONFLICT (record_key, update_time, content_digest) DO UPDATE SET occurrences =
      CASE WHEN ${mode} = 'count' THEN stored.occurrences + excluded.occurrences
      ELSE greatest(stored.occurrences, excluded.occurrences) END
    WHERE ${mode} = 'count' OR excluded.occurrences > stored.occurrences`;
}

export async function writeRefusals(
  tx: Transaction,
  batchId: string,
  rows: readonly RefusalRow[],
  mode: OccurrenceMode,
): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(read: (row: RefusedRow) => T): T[] => rows.map((row) => read(row.row));
  await tx`
    INSERT INTO admission.refusal AS stored
      (record_key, update_time, content_digest, source, record_id, practitioner_id, code, title, obtained_on,
       attributed_year, occurrences, batch_index, batch_id)
    SELECT key, at, decode(content, 'hex'), source, record_id, person, code, title, obtained, year, occurrences,
      position, ${batchId}::uuid
    FROM unnest(
      ${plainArray(column((row) => row.recordKey))}::uuid[],
      ${instantArray(column((row) => row.updateTimeMs ?? UNKNOWN_TIME_MS))}::timestamptz[],
      ${textArray(column((row) => row.contentDigest))}::text[],
      ${textArray(column((row) => row.source))}::text[],
      ${textArray(column((row) => row.recordId))}::text[],
      ${plainArray(column((row) => row.practitionerId))}::uuid[],
      ${textArray(column((row) => row.code))}::text[],
      ${textArray(column((row) => row.title))}::text[],
      ${plainArray(column((row) => row.obtainedOn))}::date[],
      ${plainArray(column((row) => row.attributedYear))}::smallint[],
      ${plainArray(rows.map((row) => row.occurrences))}::int[],
      ${plainArray(rows.map((row) => row.batchIndex))}::int[]
    ) AS row (key, at, content, source, record_id, person, code, title, obtained, year, occurrences, position)
    ON CONFLICT (record_key, update_time, content_digest) DO UPDATE SET occurrences =
      CASE WHEN ${mode} = 'count' THEN stored.occurrences + excluded.occurrences
      ELSE greatest(stored.occurrences, excluded.occurrences) END
    WHERE ${mode} = 'count' OR excluded.occurrences > stored.occurrences`;
}

/** Key of a refused row in {@link readRefusalOccurrences}. */
export function refusalKey(row: RefusedRow): string {
  return `${row.recordKey}/${row.updateTimeMs ?? UNKNOWN_TIME_MS}/${row.contentDigest}`;
}
