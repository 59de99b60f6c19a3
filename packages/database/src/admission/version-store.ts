import type { RecordVersion, RefusedRow } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";
import { COPIED_ROWS_MIN, copyIn } from "../connection/copy-in.ts";
import { RowWriter } from "../connection/row-writer.ts";
import { isRefusalSaid } from "./left-out-rows.ts";

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
  readonly nameVariantDigest: string | null;
  readonly flags: string;
  readonly voidedBy: string | null;
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
      encode(name_digest, 'hex') AS "nameDigest", encode(name_variant_digest, 'hex') AS "nameVariantDigest", flags,
      voided_by AS "voidedBy", occurrences
    FROM admission.version WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`;
}

/** The part of a stored refused row by which its rows are counted. */
export interface StoredRefusalOrder {
  readonly recordKey: string;
  readonly updateTimeMs: number;
  readonly contentDigest: string;
  readonly occurrences: number;
  /** Whether it stands; otherwise its row was read anew, and reads otherwise. */
  readonly isSaid: boolean;
}

/** Refused rows already stored of records; an unknown update time is 0. */
export async function readRefusalOrders(tx: Transaction, recordKeys: readonly string[]): Promise<StoredRefusalOrder[]> {
  return tx<StoredRefusalOrder[]>`
    SELECT record_key AS "recordKey", update_time AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest",
      occurrences, ${isRefusalSaid(tx, "refusal")} AS "isSaid"
    FROM admission.refusal WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`;
}

/** All versions of a list of records, in a form the pure core takes. */
export async function readVersions(tx: Transaction, recordKeys: readonly string[]): Promise<RecordVersion[]> {
  const rows = await tx`
    SELECT record_key, source, record_id, practitioner_id, encode(name_digest, 'hex'), update_time,
      encode(content_digest, 'hex'), status, hours_hundredths, subject_code, subject_basis, title, provider, obtained_on,
      studied_from, studied_until, attributed_year, year_basis, pathway, flags, note, assessed_on,
      encode(name_variant_digest, 'hex'), voided_by
    FROM admission.version WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`.values();
  return rows.map(toVersion);
}

/** Arrays turned into objects of one shape cost half of what the driver's objects do, which it makes field by field. */
function toVersion(row: readonly unknown[]): RecordVersion {
  return {
    recordKey: row[0],
    source: row[1],
    recordId: row[2],
    practitionerId: row[3],
    nameDigest: row[4],
    updateTimeMs: row[5],
    contentDigest: row[6],
    status: row[7],
    hoursHundredths: row[8],
    subjectCode: row[9],
    subjectBasis: row[10],
    title: row[11],
    provider: row[12],
    obtainedOn: row[13],
    studiedFrom: row[14],
    studiedUntil: row[15],
    attributedYear: row[16],
    yearBasis: row[17],
    pathway: row[18],
    flags: row[19],
    note: row[20],
    assessedOn: row[21],
    nameVariantDigest: row[22],
    voidedBy: row[23],
  } as RecordVersion;
}

/** The people to whom versions of a list of records belong. */
export async function readOwners(tx: Transaction, recordKeys: readonly string[]): Promise<string[]> {
  const rows = await tx`
    SELECT DISTINCT practitioner_id FROM admission.version
    WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`.values();
  return rows.map((row) => row[0] as string);
}

/** Each record of a list with each person to whom a version of it belongs. */
export async function readRecordOwners(
  sql: Sql,
  recordKeys: readonly string[],
): Promise<{ recordKey: string; practitionerId: string }[]> {
  return sql<{ recordKey: string; practitionerId: string }[]>`
    SELECT DISTINCT record_key AS "recordKey", practitioner_id AS "practitionerId" FROM admission.version
    WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`;
}

/** Records in order of key, from one key (left out) to another. */
export interface RecordSlice {
  readonly afterKey: string;
  /** The last key of the slice; null: there is nothing behind `afterKey` that another slice would hold. */
  readonly lastKey: string | null;
}

/** The slice of the stored records that follows a key and holds about `versions` versions; one index range, whatever is stored. */
export async function readRecordSlice(tx: Transaction, afterKey: string, versions: number): Promise<RecordSlice> {
  const [row] = await tx<{ key: string }[]>`
    SELECT record_key AS key FROM admission.version WHERE record_key > ${afterKey}::uuid
    ORDER BY record_key OFFSET ${versions} LIMIT 1`;
  return { afterKey, lastKey: row?.key ?? null };
}

/** The records of a source in a slice that carry one of some subject codes (null: whatever their code), with their people. */
export async function readRecordsOfCodes(
  tx: Transaction,
  query: { readonly source: string; readonly codes: readonly string[] | null; readonly slice: RecordSlice },
): Promise<{ recordKey: string; practitionerId: string }[]> {
  const { source, codes, slice } = query;
  const lastKey = slice.lastKey ?? "ffffffff-ffff-ffff-ffff-ffffffffffff";
  return tx<{ recordKey: string; practitionerId: string }[]>`
    SELECT DISTINCT record_key AS "recordKey", practitioner_id AS "practitionerId" FROM admission.version
    WHERE record_key > ${slice.afterKey}::uuid AND record_key <= ${lastKey}::uuid AND source = ${source}
      AND (${codes === null}::boolean OR subject_code = ANY(${textArray(codes ?? [])}::text[]))`;
}

/** All refused rows of a list of records. */
export async function readRefusals(tx: Transaction, recordKeys: readonly string[]): Promise<RefusedRow[]> {
  const rows = await tx<RefusedRow[]>`
    SELECT record_key AS "recordKey", source, record_id AS "recordId", practitioner_id AS "practitionerId",
      encode(content_digest, 'hex') AS "contentDigest", update_time AS "updateTimeMs", code, title,
      obtained_on AS "obtainedOn", attributed_year AS "attributedYear"
    FROM admission.refusal WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])`;
  return rows.map((row) => (row.updateTimeMs === UNKNOWN_TIME_MS ? { ...row, updateTimeMs: null } : row));
}

/** The records of a list of people, whatever their state: what a changed identity makes the ledger look at again. */
export async function readRecordKeysOf(tx: Transaction, practitionerIds: readonly string[]): Promise<string[]> {
  const rows = await tx<{ key: string }[]>`
    SELECT DISTINCT record_key AS key FROM admission.version
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])`;
  return rows.map((row) => row.key);
}

const VERSION_COLUMNS = `
  record_key, update_time, content_digest, source, record_id, practitioner_id, name_digest, status, hours_hundredths,
  subject_code, subject_basis, title, provider, obtained_on, studied_from, studied_until, attributed_year, year_basis,
  pathway, assessed_on, flags, note, occurrences, batch_index, name_variant_digest, voided_by, batch_id`;
const VERSION_COLUMN_COUNT = VERSION_COLUMNS.split(",").length;

/**
 * Stores versions that are not stored yet. Whoever calls has locked their people and looked: equal content names the same
 * person, so nobody else can store one meanwhile, and one that is there is refused (unique_violation).
 */
export async function writeVersions(tx: Transaction, batchId: string, rows: readonly VersionRow[]): Promise<void> {
  if (rows.length < COPIED_ROWS_MIN) return insertVersions(tx, batchId, rows);
  const written = new RowWriter();
  for (const row of rows) putVersion(written, batchId, row);
  await copyIn(tx, `admission.version (${VERSION_COLUMNS})`, written);
}

function putVersion(rows: RowWriter, batchId: string, { version, occurrences, batchIndex }: VersionRow): void {
  rows.row(VERSION_COLUMN_COUNT);
  rows.uuid(version.recordKey);
  rows.instant(version.updateTimeMs);
  rows.hex(version.contentDigest);
  rows.text(version.source);
  rows.text(version.recordId);
  rows.uuid(version.practitionerId);
  rows.hex(version.nameDigest);
  rows.text(version.status);
  rows.integer(version.hoursHundredths);
  rows.text(version.subjectCode);
  rows.text(version.subjectBasis);
  rows.text(version.title);
  rows.text(version.provider);
  rows.date(version.obtainedOn);
  rows.date(version.studiedFrom);
  rows.date(version.studiedUntil);
  rows.smallint(version.attributedYear);
  rows.text(version.yearBasis);
  rows.text(version.pathway);
  rows.date(version.assessedOn);
  rows.text(version.flags);
  rows.text(version.note);
  rows.integer(occurrences);
  rows.integer(batchIndex);
  rows.hex(version.nameVariantDigest);
  rows.uuid(version.voidedBy);
  rows.uuid(batchId);
}

async function insertVersions(tx: Transaction, batchId: string, rows: readonly VersionRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(read: (version: RecordVersion) => T): T[] => rows.map((row) => read(row.version));
  await tx`
    INSERT INTO admission.version (${tx.unsafe(VERSION_COLUMNS)})
    SELECT key, at, decode(content, 'hex'), source, record_id, person, decode(name, 'hex'), status, hours, subject_code,
      subject_basis,
      title, provider, obtained, studied_from, studied_until, year, basis, pathway, assessed, flags, note, occurrences,
      position, decode(variant, 'hex'), voided, ${batchId}::uuid
    FROM unnest(
      ${plainArray(column((version) => version.recordKey))}::uuid[],
      ${instantArray(column((version) => version.updateTimeMs))}::timestamptz[],
      ${plainArray(column((version) => version.contentDigest))}::text[],
      ${textArray(column((version) => version.source))}::text[],
      ${textArray(column((version) => version.recordId))}::text[],
      ${plainArray(column((version) => version.practitionerId))}::uuid[],
      ${plainArray(column((version) => version.nameDigest))}::text[],
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
      ${textArray(column((version) => version.note))}::text[],
      ${plainArray(rows.map((row) => row.occurrences))}::int[],
      ${plainArray(rows.map((row) => row.batchIndex))}::int[],
      ${plainArray(column((version) => version.nameVariantDigest))}::text[],
      ${plainArray(column((version) => version.voidedBy))}::uuid[]
    ) AS row (key, at, content, source, record_id, person, name, status, hours, subject_code, subject_basis, title, provider, obtained,
      studied_from, studied_until, year, basis, pathway, assessed, flags, note, occurrences, position, variant, voided)`;
}

/** Sets how many rows said a version that is stored already. */
export async function updateOccurrences(tx: Transaction, rows: readonly VersionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    UPDATE admission.version SET occurrences = said.occurrences
    FROM unnest(
      ${plainArray(rows.map(({ version }) => version.recordKey))}::uuid[],
      ${instantArray(rows.map(({ version }) => version.updateTimeMs))}::timestamptz[],
      ${plainArray(rows.map(({ version }) => version.contentDigest))}::text[],
      ${plainArray(rows.map((row) => row.occurrences))}::int[]
    ) AS said (key, at, content, occurrences)
    WHERE version.record_key = said.key AND version.update_time = said.at
      AND version.content_digest = decode(said.content, 'hex')`;
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
      ${instantArray(column(keptUpdateTimeMs))}::timestamptz[],
      ${plainArray(column((row) => row.contentDigest))}::text[],
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
    ORDER BY key, at, content
    ON CONFLICT (record_key, update_time, content_digest) DO UPDATE SET occurrences =
      CASE WHEN ${mode} = 'count' THEN stored.occurrences + excluded.occurrences
      ELSE greatest(stored.occurrences, excluded.occurrences) END
    WHERE ${mode} = 'count' OR excluded.occurrences > stored.occurrences`;
}

/** The update time under which a refused row is kept, milliseconds since 1970 UTC. */
export function keptUpdateTimeMs(row: Pick<RefusedRow, "updateTimeMs">): number {
  return row.updateTimeMs ?? UNKNOWN_TIME_MS;
}
