import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** What is known of one person: the name's digest and the claim it rests on. */
export interface StoredIdentity {
  readonly practitionerId: string;
  /** Hex. */
  readonly nameDigest: string;
  readonly claimedAtMs: number;
  readonly claimSource: string;
  readonly claimRecordId: string;
}

/** A claim of a name; `seal` is null where the person is known to exist already. */
export interface IdentityClaim {
  readonly practitionerId: string;
  readonly nameDigest: string;
  readonly claimedAtMs: number;
  readonly claimSource: string;
  readonly claimRecordId: string;
  readonly seal: { readonly wrappedKey: Uint8Array; readonly sealed: Uint8Array } | null;
}

/**
 * Inserts the people who are new and locks every row of the list, in order of id, until the transaction ends.
 * A conflicting row is locked though nothing is updated (PostgreSQL, INSERT: "all rows will be locked").
 */
export async function lockIdentities(tx: Transaction, claims: readonly IdentityClaim[]): Promise<void> {
  const sorted = [...claims].sort((left, right) => (left.practitionerId < right.practitionerId ? -1 : 1));
  const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? "" : Buffer.from(bytes).toString("hex"));
  await tx`
    INSERT INTO admission.identity AS known
      (practitioner_id, name_digest, claimed_at, claim_source, claim_record_id, wrapped_key, sealed)
    SELECT id, decode(name, 'hex'), at, source, record, decode(key, 'hex'), decode(sealed, 'hex')
    FROM unnest(
      ${plainArray(sorted.map((claim) => claim.practitionerId))}::uuid[],
      ${textArray(sorted.map((claim) => claim.nameDigest))}::text[],
      ${instantArray(sorted.map((claim) => claim.claimedAtMs))}::timestamptz[],
      ${textArray(sorted.map((claim) => claim.claimSource))}::text[],
      ${textArray(sorted.map((claim) => claim.claimRecordId))}::text[],
      ${textArray(sorted.map((claim) => hex(claim.seal?.wrappedKey)))}::text[],
      ${textArray(sorted.map((claim) => hex(claim.seal?.sealed)))}::text[]
    ) AS claim (id, name, at, source, record, key, sealed)
    ORDER BY id
    ON CONFLICT (practitioner_id) DO UPDATE SET name_digest = known.name_digest WHERE false`;
}

/** The identities of a list of people; those without one are missing from the answer. */
export async function readIdentities(tx: Transaction, practitionerIds: readonly string[]): Promise<StoredIdentity[]> {
  return tx<StoredIdentity[]>`
    SELECT practitioner_id AS "practitionerId", encode(name_digest, 'hex') AS "nameDigest", claimed_at AS "claimedAtMs",
      claim_source AS "claimSource", claim_record_id AS "claimRecordId"
    FROM admission.identity WHERE practitioner_id = ANY(${practitionerIds as string[]}::uuid[])`;
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

/** Only the known names' digests, for the ledger: practitioner id → hex. */
export async function readNameDigests(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await (tx as Sql)<{ id: string; digest: string }[]>`
    SELECT practitioner_id AS id, encode(name_digest, 'hex') AS digest
    FROM admission.identity WHERE practitioner_id = ANY(${practitionerIds as string[]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.digest]));
}

/** Moves identities to an older claim; the rows must be locked by `lockIdentities` in the same transaction. */
export async function updateIdentities(tx: Transaction, claims: readonly IdentityClaim[]): Promise<void> {
  for (const claim of claims) {
    if (claim.seal === null) throw new TypeError("an identity is only moved with its seal");
    await tx`
      UPDATE admission.identity SET
        name_digest = decode(${claim.nameDigest}, 'hex'), claimed_at = ${instantText(claim.claimedAtMs)}::timestamptz,
        claim_source = ${claim.claimSource}, claim_record_id = ${claim.claimRecordId},
        wrapped_key = ${claim.seal.wrappedKey as Buffer}, sealed = ${claim.seal.sealed as Buffer}
      WHERE practitioner_id = ${claim.practitionerId}`;
  }
}
