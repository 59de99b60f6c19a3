import type { VersionStatus } from "@xueshi/domain";
import type { Sql } from "../connection/connect.ts";

/** A version of one record with the batch that first brought it. */
export interface ArrivedVersion {
  readonly practitionerId: string;
  /** Hex. */
  readonly nameDigest: string;
  /** Hex. */
  readonly contentDigest: string;
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

/** Everything that came of one record, newest first. */
export async function readArrivals(
  sql: Sql,
  recordKey: string,
): Promise<{ readonly versions: readonly ArrivedVersion[]; readonly refusals: readonly ArrivedRefusal[] }> {
  const [versions, refusals] = await Promise.all([
    sql<ArrivedVersion[]>`
      SELECT practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest",
        encode(content_digest, 'hex') AS "contentDigest", update_time AS "updateTimeMs", status,
        hours_hundredths AS "hoursHundredths", batch_id AS "batchId"
      FROM admission.version WHERE record_key = ${recordKey} ORDER BY update_time DESC, content_digest`,
    sql<ArrivedRefusal[]>`
      SELECT code, nullif(update_time, to_timestamp(0)) AS "updateTimeMs", batch_id AS "batchId"
      FROM admission.refusal WHERE record_key = ${recordKey} ORDER BY update_time DESC, content_digest`,
  ]);
  return { versions, refusals };
}
