import { GENESIS_HASH, type Head } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Transaction } from "../connection/connect.ts";

/**
 * Locks the chain heads of a list of people in one sorted statement, making those that are missing, until the
 * transaction ends. Two postings that share a person wait for each other here and nowhere else, so they cannot deadlock.
 */
export async function lockHeads(
  tx: Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, Head>> {
  const sorted = [...practitionerIds].sort();
  const rows = await tx<
    { id: string; sequence: number; hash: string; recordedAtMs: number; nameDigest: string | null }[]
  >`
    INSERT INTO ledger.head AS held (practitioner_id, sequence, hash, recorded_at)
    SELECT id, 0, decode(${GENESIS_HASH}, 'hex'), to_timestamp(0) FROM unnest(${sorted}::uuid[]) AS id ORDER BY id
    ON CONFLICT (practitioner_id) DO UPDATE SET sequence = held.sequence
    RETURNING practitioner_id AS id, sequence, encode(hash, 'hex') AS hash, recorded_at AS "recordedAtMs",
      encode(name_digest, 'hex') AS "nameDigest"`;
  return new Map(rows.map(({ id, ...row }) => [id, { practitionerId: id, ...row }]));
}

/** Moves heads that `lockHeads` holds to the end of what was appended. */
export async function writeHeads(tx: Transaction, heads: readonly Head[]): Promise<void> {
  if (heads.length === 0) return;
  await tx`
    UPDATE ledger.head SET sequence = moved.sequence, hash = decode(moved.hash, 'hex'), recorded_at = moved.at,
      name_digest = decode(moved.name, 'hex')
    FROM unnest(
      ${plainArray(heads.map((head) => head.practitionerId))}::uuid[],
      ${plainArray(heads.map((head) => head.sequence))}::bigint[],
      ${textArray(heads.map((head) => head.hash))}::text[],
      ${instantArray(heads.map((head) => head.recordedAtMs))}::timestamptz[],
      ${textArray(heads.map((head) => head.nameDigest))}::text[]
    ) AS moved (id, sequence, hash, at, name)
    WHERE head.practitioner_id = moved.id`;
}
