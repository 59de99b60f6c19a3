import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A part of a request that carried an Idempotency-Key, as it was answered. */
export interface PushRequestPart {
  /** A digest of source, operation and key, as UUID. */
  readonly requestKey: string;
  /** From 0; a request that is no stream has one. */
  readonly part: number;
  /** SHA-256 of what the part said, hex. */
  readonly bodyDigest: string;
  readonly batchId: string | null;
}

/**
 * Takes a request for this transaction; false when another one has it in hand. The lock goes with the transaction, so a
 * process that dies in the middle blocks nobody.
 */
export async function tryLockRequest(tx: Transaction, requestKey: string): Promise<boolean> {
  const [row] = await tx<{ held: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${requestKey}, 0)) AS held`;
  return row?.held === true;
}

/** A part that was answered before, or null. */
export async function readRequestPart(
  tx: Transaction,
  requestKey: string,
  part: number,
): Promise<PushRequestPart | null> {
  const [row] = await tx<PushRequestPart[]>`
    SELECT request_key AS "requestKey", part, encode(body_digest, 'hex') AS "bodyDigest", batch_id AS "batchId"
    FROM acquisition.push_request WHERE request_key = ${requestKey} AND part = ${part}`;
  return row ?? null;
}

/** Keeps what a part was answered with, in the transaction that stores its batch. */
export async function writeRequestPart(
  tx: Transaction,
  { requestKey, part, bodyDigest, batchId }: PushRequestPart,
  receivedAtMs: number,
): Promise<void> {
  await tx`
    INSERT INTO acquisition.push_request (request_key, part, body_digest, batch_id, received_at)
    VALUES (${requestKey}, ${part}, decode(${bodyDigest}, 'hex'), ${batchId}, ${instantText(receivedAtMs)}::timestamptz)`;
}

/** Forgets requests that came before an instant; returns how many parts. */
export async function deleteExpiredRequests(sql: Sql, beforeMs: number): Promise<number> {
  const rows = await sql`
    DELETE FROM acquisition.push_request WHERE received_at < ${instantText(beforeMs)}::timestamptz RETURNING 1`;
  return rows.length;
}
