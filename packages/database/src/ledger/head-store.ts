import { GENESIS_HASH, type Head } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

/**
 * Locks the chain heads of a list of people in one sorted statement, making those that are missing, until the
 * transaction ends. Two postings that share a person wait for each other here and nowhere else, so they cannot deadlock.
 * A conflicting row is locked though nothing is updated (PostgreSQL, INSERT: "all rows will be locked"), which leaves no
 * dead row behind. Statements that are sent after this call, in the same turn, run after the locks.
 */
export async function lockHeads(
  tx: Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, Head>> {
  const people = plainArray([...practitionerIds].sort());
  const locked = tx`
    INSERT INTO ledger.head AS held (practitioner_id, sequence, hash, recorded_at)
    SELECT id, 0, decode(${GENESIS_HASH}, 'hex'), to_timestamp(0) FROM unnest(${people}::uuid[]) AS id ORDER BY id
    ON CONFLICT (practitioner_id) DO UPDATE SET sequence = held.sequence WHERE false`.execute();
  const held = tx`
    SELECT practitioner_id, sequence, encode(hash, 'hex'), recorded_at, encode(name_digest, 'hex'), turn
    FROM ledger.head WHERE practitioner_id = ANY(${people}::uuid[])`.values();
  const [, rows] = await Promise.all([locked, held]);
  return new Map(rows.map(toHead).map((head) => [head.practitionerId, head]));
}

/** The chain heads of a list of people; who has none is missing. */
export async function readHeads(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, Head>> {
  const rows = await (tx as Sql)`
    SELECT practitioner_id, sequence, encode(hash, 'hex'), recorded_at, encode(name_digest, 'hex'), turn
    FROM ledger.head WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])`.values();
  return new Map(rows.map(toHead).map((head) => [head.practitionerId, head]));
}

function toHead(row: readonly unknown[]): Head {
  const [practitionerId, sequence, hash, recordedAtMs, nameDigest, turn] = row;
  return { practitionerId, sequence, hash, recordedAtMs, nameDigest, turn } as Head;
}

/** Moves heads that `lockHeads` holds to the end of what was appended. */
export async function writeHeads(tx: Transaction, heads: readonly Head[]): Promise<void> {
  if (heads.length === 0) return;
  await tx`
    UPDATE ledger.head SET sequence = moved.sequence, hash = decode(moved.hash, 'hex'), recorded_at = moved.at,
      name_digest = decode(moved.name, 'hex'), turn = moved.turn
    FROM unnest(
      ${plainArray(heads.map((head) => head.practitionerId))}::uuid[],
      ${plainArray(heads.map((head) => head.sequence))}::bigint[],
      ${textArray(heads.map((head) => head.hash))}::text[],
      ${instantArray(heads.map((head) => head.recordedAtMs))}::timestamptz[],
      ${textArray(heads.map((head) => head.nameDigest))}::text[],
      ${plainArray(heads.map((head) => head.turn))}::bigint[]
    ) AS moved (id, sequence, hash, at, name, turn)
    WHERE head.practitioner_id = moved.id`;
}

/** A page of everybody who has a chain, in order, after one of them (null: from the first). */
export async function readPractitionerIds(
  tx: Sql | Transaction,
  afterId: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await (tx as Sql)`
    SELECT practitioner_id FROM ledger.head WHERE ${afterId}::uuid IS NULL OR practitioner_id > ${afterId}::uuid
    ORDER BY practitioner_id LIMIT ${limit}`.values();
  return rows.map(([practitionerId]) => practitionerId as string);
}

/** How many people have a chain. */
export async function readPractitionerCount(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM ledger.head`;
  return row?.count ?? 0;
}

/** A page of the ends of all chains, in order of practitioner id, after one of them (null: from the first). */
export async function readHeadPage(
  tx: Sql | Transaction,
  afterId: string | null,
  limit: number,
): Promise<Pick<Head, "practitionerId" | "sequence" | "hash">[]> {
  const rows = await (tx as Sql)`
    SELECT practitioner_id, sequence, encode(hash, 'hex') FROM ledger.head
    WHERE sequence > 0 AND practitioner_id > ${afterId ?? NO_PRACTITIONER}::uuid
    ORDER BY practitioner_id LIMIT ${limit}`.values();
  return rows.map(([practitionerId, sequence, hash]) => ({ practitionerId, sequence, hash }));
}

/** Smaller than every id, which is a digest. */
const NO_PRACTITIONER = "00000000-0000-0000-0000-000000000000";
