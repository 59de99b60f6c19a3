import { plainArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

/** What a version says, all of it that is given; titles and providers exactly as they are kept. Dates are inclusive. */
export interface VersionFilter {
  readonly source?: string | undefined;
  /** The platform of record; looked at in the ledger, not in versions. */
  readonly platform?: string | undefined;
  readonly provider?: string | undefined;
  readonly title?: string | undefined;
  readonly obtainedFrom?: string | undefined;
  readonly obtainedUntil?: string | undefined;
  readonly year?: number | undefined;
  /** A batch that brought the record. */
  readonly batchId?: string | undefined;
}

/** A version that fits, by its record, its person and its content (hex). */
export interface FittingVersion {
  readonly recordKey: string;
  readonly practitionerId: string;
  readonly contentDigest: string;
}

/** Versions of a slice of records, or of some records, that say what a filter asks for. */
export async function readFittingVersions(
  tx: Sql | Transaction,
  filter: VersionFilter,
  among: { readonly afterKey: string; readonly lastKey: string | null } | { readonly recordKeys: readonly string[] },
): Promise<FittingVersion[]> {
  const sql = tx as Sql;
  const lastKey = "recordKeys" in among ? null : (among.lastKey ?? "ffffffff-ffff-ffff-ffff-ffffffffffff");
  const place =
    "recordKeys" in among
      ? sql`record_key = ANY(${plainArray(among.recordKeys)}::uuid[])`
      : sql`record_key > ${among.afterKey}::uuid AND record_key <= ${lastKey}::uuid`;
  return sql<FittingVersion[]>`
    SELECT record_key AS "recordKey", practitioner_id AS "practitionerId",
      encode(content_digest, 'hex') AS "contentDigest"
    FROM admission.version
    WHERE ${place}
      AND (${filter.source ?? null}::text IS NULL OR source = ${filter.source ?? null})
      AND (${filter.provider ?? null}::text IS NULL OR provider = ${filter.provider ?? null})
      AND (${filter.title ?? null}::text IS NULL OR title = ${filter.title ?? null})
      AND (${filter.obtainedFrom ?? null}::text IS NULL OR obtained_on >= ${filter.obtainedFrom ?? null}::text::date)
      AND (${filter.obtainedUntil ?? null}::text IS NULL OR obtained_on <= ${filter.obtainedUntil ?? null}::text::date)
      AND (${filter.year ?? null}::int IS NULL OR attributed_year = ${filter.year ?? null}::int)`;
}

/** A record by its name at its source, with the people whom its versions and refused rows name. */
export interface RecordPeople {
  readonly source: string;
  readonly recordId: string;
  readonly people: readonly string[];
}

/** Whom a list of records names, by record; records that nobody sent, or that name nobody, are missing. */
export async function readPeopleOfRecords(
  tx: Transaction,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, RecordPeople>> {
  const keys = plainArray(recordKeys);
  const rows = await tx<{ recordKey: string; source: string; recordId: string; practitionerId: string }[]>`
    SELECT record_key AS "recordKey", source, record_id AS "recordId", practitioner_id AS "practitionerId"
    FROM admission.version WHERE record_key = ANY(${keys}::uuid[])
    UNION SELECT record_key, source, record_id, practitioner_id FROM admission.refusal
    WHERE record_key = ANY(${keys}::uuid[]) AND practitioner_id IS NOT NULL`;
  const records = new Map<string, RecordPeople>();
  for (const { recordKey, source, recordId, practitionerId } of rows) {
    const people = records.get(recordKey)?.people ?? [];
    if (!people.includes(practitionerId)) {
      records.set(recordKey, { source, recordId, people: [...people, practitionerId] });
    }
  }
  return records;
}
