import type { KnownNames, RecordVersion, RefusedRow } from "@xueshi/domain";
import { readTombstones, type Tombstone } from "../admission/tombstone-store.ts";
import { plainArray } from "../connection/array-text.ts";
import type { Sql } from "../connection/connect.ts";
import type { CopiedRow } from "../connection/copied-row.ts";
import { copyRows } from "../connection/copy-rows.ts";
import { inScope, type PersonScope } from "./person-range.ts";

/** Admitted versions that name some people, in no order, some at a time. */
export function copyVersions(sql: Sql, scope: PersonScope): AsyncGenerator<RecordVersion[]> {
  const select = `
    SELECT record_key, source, record_id, practitioner_id, name_digest, update_time, content_digest, status,
      hours_hundredths, subject_code, subject_basis, title, provider, obtained_on, studied_from, studied_until,
      attributed_year, year_basis, pathway, flags, note, assessed_on, name_variant_digest, voided_by
    FROM admission.version WHERE ${inScope(scope)}`;
  return copyRows(sql, select, toVersion);
}

function toVersion(row: CopiedRow): RecordVersion {
  return {
    recordKey: row.uuid(0),
    source: row.word(1),
    recordId: row.text(2),
    practitionerId: row.repeatedUuid(3),
    nameDigest: row.hex(4),
    updateTimeMs: row.instantMs(5),
    contentDigest: row.hex(6),
    status: row.word(7),
    hoursHundredths: row.number(8),
    subjectCode: row.word(9),
    subjectBasis: row.word(10),
    title: row.text(11),
    provider: row.word(12),
    obtainedOn: row.date(13),
    studiedFrom: row.date(14),
    studiedUntil: row.date(15),
    attributedYear: row.number(16),
    yearBasis: row.word(17),
    pathway: row.word(18),
    flags: row.word(19),
    note: row.text(20),
    assessedOn: row.date(21),
    nameVariantDigest: row.hex(22),
    voidedBy: row.uuid(23),
  } as RecordVersion;
}

/** Refused rows that name some people, in no order, some at a time. */
export function copyRefusals(sql: Sql, scope: PersonScope): AsyncGenerator<RefusedRow[]> {
  const select = `
    SELECT record_key, source, record_id, practitioner_id, content_digest, nullif(update_time, to_timestamp(0)), code,
      title, obtained_on, attributed_year
    FROM admission.refusal WHERE ${inScope(scope)}`;
  return copyRows(
    sql,
    select,
    (row) =>
      ({
        recordKey: row.uuid(0),
        source: row.word(1),
        recordId: row.text(2),
        practitionerId: row.repeatedUuid(3),
        contentDigest: row.hex(4),
        updateTimeMs: row.instantMs(5),
        code: row.word(6),
        title: row.text(7),
        obtainedOn: row.date(8),
        attributedYear: row.number(9),
      }) as RefusedRow,
  );
}

/** The name by which admission knows each of some people, without other accepted ones. */
export function copyKnownNames(
  sql: Sql,
  scope: PersonScope,
): AsyncGenerator<(Omit<KnownNames, "accepted"> & { readonly practitionerId: string })[]> {
  const select = `SELECT practitioner_id, name_digest, name_variant_digest FROM admission.identity WHERE ${inScope(scope)}`;
  return copyRows(sql, select, (row) => ({
    practitionerId: row.uuid(0) ?? "",
    nameDigest: row.hex(1) ?? "",
    variantDigest: row.hex(2),
  }));
}

/** Records and people of whom more is to be known than their own rows. */
export interface Involved {
  readonly recordKeys: readonly string[];
  readonly practitionerIds: readonly string[];
}

/** Records that operators decided of, or whose rows name several people; people who were merged, erased or given a name. */
export async function readInvolved(sql: Sql): Promise<Involved> {
  const records = `
    SELECT record_key FROM classification.decision
    UNION SELECT record_key FROM classification.correction_decision
    UNION SELECT record_key FROM admission.row_decision
    UNION SELECT unnest(record_keys || record_key) FROM ledger.duplicate_decision
    UNION ${OF_SEVERAL_PEOPLE}`;
  const people = `
    SELECT practitioner_id FROM admission.person_merge
    UNION SELECT into_practitioner_id FROM admission.person_merge WHERE into_practitioner_id IS NOT NULL
    UNION SELECT practitioner_id FROM admission.name_alias
    UNION SELECT practitioner_id FROM admission.tombstone`;
  const read = async (select: string) => {
    const keys: string[] = [];
    for await (const some of copyRows(sql, select, (row) => row.uuid(0) ?? "")) keys.push(...some);
    return keys;
  };
  return { recordKeys: await read(records), practitionerIds: await read(people) };
}

/** Records with several rows are found in their index alone; only of those the people are looked up. */
const OF_SEVERAL_PEOPLE = `(
  WITH several AS (
    SELECT record_key FROM admission.version GROUP BY record_key HAVING count(*) > 1
    UNION SELECT record_key FROM admission.refusal GROUP BY record_key HAVING count(*) > 1
    UNION SELECT record_key FROM admission.refusal WHERE EXISTS (
      SELECT FROM admission.version WHERE version.record_key = refusal.record_key)
  )
  SELECT record_key FROM (
    SELECT record_key, practitioner_id FROM admission.version WHERE record_key IN (SELECT record_key FROM several)
    UNION SELECT record_key, practitioner_id FROM admission.refusal WHERE record_key IN (SELECT record_key FROM several)
  ) AS row_of_person
  GROUP BY record_key HAVING count(*) > 1)`;

/** The tombstones of some people, and who of them can still be told though no erasure is clearing that away. */
export async function readErasuresOfPeople(
  sql: Sql,
  scope: PersonScope,
): Promise<{ readonly tombstones: readonly Tombstone[]; readonly identified: readonly string[] }> {
  const ids = `SELECT practitioner_id FROM admission.tombstone WHERE ${inScope(scope)}`;
  const people: string[] = [];
  for await (const some of copyRows(sql, ids, (row) => row.uuid(0) ?? "")) people.push(...some);
  if (people.length === 0) return { tombstones: [], identified: [] };
  const rows = await sql`
    SELECT practitioner_id FROM admission.identity
    WHERE practitioner_id = ANY(${plainArray(people)}::uuid[])
      AND (name_digest <> '' OR name_variant_digest IS NOT NULL OR wrapped_key <> '' OR sealed <> '')
      AND NOT EXISTS (SELECT FROM admission.erasure AS clearing
        WHERE clearing.state = 'running' AND identity.practitioner_id = ANY(clearing.practitioner_ids))`.values();
  const identified = rows.map(([practitionerId]) => practitionerId as string);
  return { tombstones: await readTombstones(sql, people), identified };
}

/** What is stored and not posted yet: records, people and sources that may stand otherwise until it is. */
export interface Unposted {
  readonly batches: number;
  readonly recordKeys: readonly string[];
  readonly practitionerIds: readonly string[];
  /** Platforms of whose course catalogue the ledger has not been told to the end. */
  readonly platforms: readonly string[];
}

export async function readUnposted(sql: Sql): Promise<Unposted> {
  const batches = await sql<{ keys: string[]; people: string[] }[]>`
    SELECT record_keys AS keys, practitioner_ids AS people FROM acquisition.batch WHERE posted_at IS NULL`;
  const catalogues = await sql<{ platform: string }[]>`
    SELECT platform FROM (
      SELECT DISTINCT ON (platform) platform, unsettled_codes FROM acquisition.catalogue ORDER BY platform, fetched_at DESC
    ) AS in_force
    WHERE unsettled_codes IS DISTINCT FROM '{}'::text[]`;
  return {
    batches: batches.length,
    recordKeys: [...new Set(batches.flatMap(({ keys }) => keys))],
    practitionerIds: [...new Set(batches.flatMap(({ people }) => people))],
    platforms: catalogues.map(({ platform }) => platform),
  };
}
