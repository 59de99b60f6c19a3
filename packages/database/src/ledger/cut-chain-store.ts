import type { Entry } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import type { Sql } from "../connection/connect.ts";

/** How far one person's chain is read: every entry up to this sequence. */
export interface ChainCut {
  readonly practitionerId: string;
  readonly sequence: number;
}

/** The chains of many people up to their cuts, every field, in order of sequence, in one round trip; one cut a person. */
export async function readChains(sql: Sql, cuts: readonly ChainCut[]): Promise<ReadonlyMap<string, readonly Entry[]>> {
  if (cuts.length === 0) return new Map();
  const entries = await sql<Entry[]>`
    SELECT practitioner_id AS "practitionerId", entry.sequence, posting_id AS "postingId", recorded_at AS "recordedAtMs",
      kind, reverses, record_key AS "recordKey", slot, source, record_id AS "recordId", platform, state, code,
      hours_hundredths AS "hoursHundredths", subject, attributed_year AS "attributedYear", obtained_on AS "obtainedOn",
      pathway, assessed_on AS "assessedOn", recognition, title, trace, flags, encode(source_digest, 'hex') AS "sourceDigest",
      update_time AS "updateTimeMs", reason, actor, note, encode(name_digest, 'hex') AS "nameDigest",
      encode(hash, 'hex') AS hash
    FROM unnest(
      ${plainArray(cuts.map((cut) => cut.practitionerId))}::uuid[],
      ${plainArray(cuts.map((cut) => cut.sequence))}::bigint[]
    ) AS cut (id, sequence)
    JOIN ledger.entry ON practitioner_id = cut.id AND entry.sequence <= cut.sequence
    ORDER BY practitioner_id, entry.sequence`;
  return Map.groupBy(entries, (entry) => entry.practitionerId);
}
