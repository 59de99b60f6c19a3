import type { KnownNames } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";

/** What is known of one person: the name's digest and the claim it rests on. */
export interface StoredIdentity {
  readonly practitionerId: string;
  /** Hex. */
  readonly nameDigest: string;
  readonly claimedAtMs: number;
  readonly claimSource: string;
  readonly claimRecordId: string;
  /** False: it was stored without its id and name, by a process that took the person for known. */
  readonly isSealed: boolean;
}

/** A claim of a name; `seal` is null where the person is known to exist already. */
export interface IdentityClaim {
  readonly practitionerId: string;
  readonly nameDigest: string;
  /** Of the folded name; null: the name is its own folded form. */
  readonly nameVariantDigest: string | null;
  readonly claimedAtMs: number;
  readonly claimSource: string;
  readonly claimRecordId: string;
  readonly seal: { readonly wrappedKey: Uint8Array; readonly sealed: Uint8Array } | null;
}

/**
 * Inserts the people who are new and locks every row of the list, in order of id, until the transaction ends.
 * A conflicting row is locked though nothing is updated (PostgreSQL, INSERT: "all rows will be locked"). Statements that
 * are sent after this call, in the same turn, run after the locks.
 */
export async function lockIdentities(tx: Transaction, claims: readonly IdentityClaim[]): Promise<void> {
  const sorted = [...claims].sort((left, right) => (left.practitionerId < right.practitionerId ? -1 : 1));
  const locked = tx`
    INSERT INTO admission.identity AS known
      (practitioner_id, name_digest, name_variant_digest, claimed_at, claim_source, claim_record_id, wrapped_key, sealed)
    SELECT id, decode(name, 'hex'), decode(variant, 'hex'), at, source, record, decode(key, 'hex'), decode(sealed, 'hex')
    FROM unnest(
      ${plainArray(sorted.map((claim) => claim.practitionerId))}::uuid[],
      ${plainArray(sorted.map((claim) => claim.nameDigest))}::text[],
      ${plainArray(sorted.map((claim) => claim.nameVariantDigest))}::text[],
      ${instantArray(sorted.map((claim) => claim.claimedAtMs))}::timestamptz[],
      ${textArray(sorted.map((claim) => claim.claimSource))}::text[],
      ${textArray(sorted.map((claim) => claim.claimRecordId))}::text[],
      ${textArray(sorted.map((claim) => hexOf(claim.seal?.wrappedKey)))}::text[],
      ${textArray(sorted.map((claim) => hexOf(claim.seal?.sealed)))}::text[]
    ) AS claim (id, name, variant, at, source, record, key, sealed)
    ORDER BY id
    ON CONFLICT (practitioner_id) DO UPDATE SET name_digest = known.name_digest WHERE false`;
  await locked.execute();
}

/** The identities of a list of people; those without one are missing from the answer. */
export async function readIdentities(tx: Transaction, practitionerIds: readonly string[]): Promise<StoredIdentity[]> {
  return tx<StoredIdentity[]>`
    SELECT practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest", claimed_at AS "claimedAtMs",
      claim_source AS "claimSource", claim_record_id AS "claimRecordId", sealed <> '' AS "isSealed"
    FROM admission.identity WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])`;
}

/** Whether a version that takes part, and is not a withdrawal, carries the name by which a person is known. */
export async function isNameInForce(
  tx: Transaction,
  { practitionerId, nameDigest }: Pick<StoredIdentity, "practitionerId" | "nameDigest">,
): Promise<boolean> {
  const rows = await tx`
    SELECT 1 FROM admission.version
    WHERE practitioner_id = ${practitionerId} AND name_digest = decode(${nameDigest}, 'hex') AND voided_by IS NULL
      AND status <> 'withdrawn'
    LIMIT 1`;
  return rows.length > 0;
}

/** The sealed id and name of one person, or null. */
export async function readSealedPerson(
  tx: Transaction,
  practitionerId: string,
): Promise<{ wrappedKey: Uint8Array; sealed: Uint8Array } | null> {
  const [row] = await tx<{ wrappedKey: Uint8Array; sealed: Uint8Array }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM admission.identity WHERE practitioner_id = ${practitionerId}`;
  return row ?? null;
}

/**
 * Locks the identities of a list of people, in order of id, until the transaction ends; who is not known is left out. The
 * same locks as `lockIdentities` takes, so a transaction takes either once. Statements sent after it run after the locks.
 */
export async function lockKnownPeople(tx: Transaction, practitionerIds: readonly string[]): Promise<void> {
  await tx`
    INSERT INTO admission.identity AS known
      (practitioner_id, name_digest, claimed_at, claim_source, claim_record_id, wrapped_key, sealed)
    SELECT practitioner_id, name_digest, claimed_at, claim_source, claim_record_id, wrapped_key, sealed
    FROM admission.identity WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])
    ORDER BY practitioner_id
    ON CONFLICT (practitioner_id) DO UPDATE SET name_digest = known.name_digest WHERE false`.execute();
}

/** By which names rows of a list of people are admitted; who is not known is missing from the answer. */
export async function readKnownNames(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, KnownNames>> {
  const people = plainArray(practitionerIds);
  const sql = tx as Sql;
  const [rows, aliases] = await Promise.all([
    sql`
      SELECT practitioner_id, encode(name_digest, 'hex'), encode(name_variant_digest, 'hex')
      FROM admission.identity WHERE practitioner_id = ANY(${people}::uuid[])`.values(),
    sql`
      SELECT DISTINCT practitioner_id, encode(name_digest, 'hex') FROM admission.name_alias
      WHERE practitioner_id = ANY(${people}::uuid[]) AND withdrawn_at IS NULL`.values(),
  ]);
  const accepted = new Map<string, string[]>();
  for (const [practitionerId, digest] of aliases as unknown as [string, string][]) {
    accepted.set(practitionerId, [...(accepted.get(practitionerId) ?? []), digest]);
  }
  return new Map(
    (rows as unknown as [string, string, string | null][]).map(([practitionerId, nameDigest, variantDigest]) => [
      practitionerId,
      { nameDigest, variantDigest, accepted: accepted.get(practitionerId) ?? NONE },
    ]),
  );
}

const NONE: readonly string[] = [];

/** Moves identities to an older claim; the rows must be locked by `lockIdentities` in the same transaction. */
export async function updateIdentities(tx: Transaction, claims: readonly IdentityClaim[]): Promise<void> {
  if (claims.length === 0) return;
  const seals = claims.map(({ seal }) => {
    if (seal === null) throw new TypeError("an identity is only moved with its seal");
    return seal;
  });
  await tx`
    UPDATE admission.identity SET name_digest = decode(claim.name, 'hex'),
      name_variant_digest = decode(claim.variant, 'hex'), claimed_at = claim.at,
      claim_source = claim.source, claim_record_id = claim.record, wrapped_key = decode(claim.key, 'hex'),
      sealed = decode(claim.sealed, 'hex')
    FROM unnest(
      ${plainArray(claims.map((claim) => claim.practitionerId))}::uuid[],
      ${plainArray(claims.map((claim) => claim.nameDigest))}::text[],
      ${plainArray(claims.map((claim) => claim.nameVariantDigest))}::text[],
      ${instantArray(claims.map((claim) => claim.claimedAtMs))}::timestamptz[],
      ${textArray(claims.map((claim) => claim.claimSource))}::text[],
      ${textArray(claims.map((claim) => claim.claimRecordId))}::text[],
      ${plainArray(seals.map((seal) => hexOf(seal.wrappedKey)))}::text[],
      ${plainArray(seals.map((seal) => hexOf(seal.sealed)))}::text[]
    ) AS claim (id, name, variant, at, source, record, key, sealed)
    WHERE identity.practitioner_id = claim.id`;
}

function hexOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Anybody whose id and name are sealed here, or null: by them a key can be tried. */
export async function readSomeone(
  sql: Sql,
): Promise<{ practitionerId: string; wrappedKey: Uint8Array; sealed: Uint8Array } | null> {
  const [row] = await sql<{ practitionerId: string; wrappedKey: Uint8Array; sealed: Uint8Array }[]>`
    SELECT practitioner_id AS "practitionerId", wrapped_key AS "wrappedKey", sealed FROM admission.identity
    WHERE octet_length(sealed) > 0 LIMIT 1`;
  return row ?? null;
}
