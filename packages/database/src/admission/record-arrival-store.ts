import type { VersionStatus } from "@xueshi/domain";
import type { Sql } from "../connection/connect.ts";

/** A version of one record with the batch that first brought it. */
export interface ArrivedVersion {
  readonly practitionerId: string;
  /** Hex. */
  readonly nameDigest: string;
  /** Hex. */
  readonly contentDigest: string;
  readonly nameVariantDigest: string | null;
  readonly flags: string;
  readonly voidedBy: string | null;
  readonly updateTimeMs: number;
  readonly status: VersionStatus;
  readonly hoursHundredths: number | null;
  readonly batchId: string;
}

/** A refused row of one record; an update time that could not be read is null. */
export interface ArrivedRefusal {
  readonly code: string;
  readonly updateTimeMs: number | null;
  readonly batchId: string;
}

/** What came of one record, newest first, at most `limit` versions and as many refused rows. */
export async function readArrivals(
  sql: Sql,
  recordKey: string,
  limit: number,
): Promise<{ readonly versions: readonly ArrivedVersion[]; readonly refusals: readonly ArrivedRefusal[] }> {
  const [versions, refusals] = await Promise.all([
    sql<ArrivedVersion[]>`
      SELECT practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest",
        encode(content_digest, 'hex') AS "contentDigest", update_time AS "updateTimeMs", status,
        hours_hundredths AS "hoursHundredths", batch_id AS "batchId",
        encode(name_variant_digest, 'hex') AS "nameVariantDigest", flags, voided_by AS "voidedBy"
      FROM admission.version WHERE record_key = ${recordKey}
      ORDER BY update_time DESC, content_digest LIMIT ${limit}`,
    sql<ArrivedRefusal[]>`
      SELECT code, nullif(update_time, to_timestamp(0)) AS "updateTimeMs", batch_id AS "batchId"
      FROM admission.refusal WHERE record_key = ${recordKey}
      ORDER BY update_time DESC, content_digest LIMIT ${limit}`,
  ]);
  return { versions, refusals };
}
