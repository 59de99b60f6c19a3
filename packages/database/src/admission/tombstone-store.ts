import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** That a person was erased. */
export interface Tombstone {
  readonly practitionerId: string;
  readonly erasureId: string;
  readonly erasedAtMs: number;
  /** The reason of the law, by its code. */
  readonly reason: string;
  /** The document that the erasure rests on. */
  readonly document: string;
  /** Under which provision the entries stay. */
  readonly basis: string;
  readonly actor: string;
}

/**
 * Until the transaction ends: rows are stored `beside` one another, and people are erased `alone`. Whoever stores rows after
 * this call, in the same turn, sees every tombstone; whoever erases knows that no row is stored that did not.
 */
export async function lockErasures(tx: Transaction, how: "beside" | "alone"): Promise<void> {
  if (how === "alone") await tx`SELECT pg_advisory_xact_lock(hashtextextended('erasures', 0))`;
  else await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended('erasures', 0))`;
}

/** Those of a list of people who were erased. */
export async function readErased(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (practitionerIds.length === 0) return new Set();
  const rows = await (tx as Sql)`
    SELECT practitioner_id FROM admission.tombstone
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])`.values();
  return new Set(rows.map(([practitionerId]) => practitionerId as string));
}

/** Everybody who was erased. */
export async function readBuried(tx: Transaction): Promise<string[]> {
  const rows = await tx`SELECT practitioner_id FROM admission.tombstone ORDER BY practitioner_id`.values();
  return rows.map(([practitionerId]) => practitionerId as string);
}

/** The tombstones of a list of people, for those who were erased. */
export async function readTombstones(tx: Sql | Transaction, practitionerIds: readonly string[]): Promise<Tombstone[]> {
  return (tx as Sql)<Tombstone[]>`
    SELECT practitioner_id AS "practitionerId", erasure_id AS "erasureId", erased_at AS "erasedAtMs", reason, document, basis,
      actor
    FROM admission.tombstone WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])
    ORDER BY practitioner_id`;
}

/** Says that people are erased from now on; whoever was before stays as it was said. */
export async function writeTombstones(tx: Transaction, tombstones: readonly Tombstone[]): Promise<void> {
  for (const { practitionerId, erasureId, erasedAtMs, reason, document, basis, actor } of tombstones) {
    await tx`
      INSERT INTO admission.tombstone (practitioner_id, erasure_id, erased_at, reason, document, basis, actor)
      VALUES (${practitionerId}, ${erasureId}, ${instantText(erasedAtMs)}::timestamptz, ${reason}, ${document}, ${basis}, ${actor})
      ON CONFLICT (practitioner_id) DO NOTHING`;
  }
}
