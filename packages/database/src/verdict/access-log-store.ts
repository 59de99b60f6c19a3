import { instantText, type Sql } from "../connection/connect.ts";

/** One read of one person's data by another party. */
export interface AccessRow {
  readonly practitionerId: string;
  readonly accessedAtMs: number;
  readonly accessId: string;
  /** The API key that read; its holder's name is kept with the key. */
  readonly keyId: string;
  /** What for: `check`, `verdict`, `entries` … */
  readonly purpose: string;
  readonly requestId: string;
}

/** Writes many reads in one statement. The same rows again change nothing, so an unanswered write may be repeated. */
export async function writeAccessRows(sql: Sql, rows: readonly AccessRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO verdict.access_log (practitioner_id, accessed_at, access_id, key_id, purpose, request_id)
    SELECT * FROM unnest(
      ${rows.map((row) => row.practitionerId)}::uuid[],
      ${rows.map((row) => instantText(row.accessedAtMs))}::timestamptz[],
      ${rows.map((row) => row.accessId)}::uuid[],
      ${rows.map((row) => row.keyId)}::uuid[],
      ${rows.map((row) => row.purpose)}::text[],
      ${rows.map((row) => row.requestId)}::text[]
    )
    ORDER BY 1, 2, 3
    ON CONFLICT (practitioner_id, accessed_at, access_id) DO NOTHING`;
}

/** Where a page of the access log ended. */
export type AccessPosition = Pick<AccessRow, "accessedAtMs" | "accessId">;

/** A page of who read a person's data, oldest first, after one of them, up to an instant. */
export async function readAccessPage(
  sql: Sql,
  query: {
    readonly practitionerId: string;
    readonly after: AccessPosition | null;
    readonly untilMs: number;
    readonly limit: number;
  },
): Promise<AccessRow[]> {
  const { practitionerId, after, untilMs, limit } = query;
  return sql<AccessRow[]>`
    SELECT practitioner_id AS "practitionerId", accessed_at AS "accessedAtMs", access_id AS "accessId",
      key_id AS "keyId", purpose, request_id AS "requestId"
    FROM verdict.access_log
    WHERE practitioner_id = ${practitionerId} AND accessed_at <= ${instantText(untilMs)}::timestamptz
      AND (${after === null} OR (accessed_at, access_id) > (${instantText(after?.accessedAtMs ?? 0)}::timestamptz,
        ${after?.accessId ?? null}::uuid))
    ORDER BY accessed_at, access_id LIMIT ${limit}`;
}

/** Who read a person's data, newest first. */
export async function readAccessRows(sql: Sql, practitionerId: string, limit: number): Promise<AccessRow[]> {
  return sql<AccessRow[]>`
    SELECT practitioner_id AS "practitionerId", accessed_at AS "accessedAtMs", access_id AS "accessId",
      key_id AS "keyId", purpose, request_id AS "requestId"
    FROM verdict.access_log WHERE practitioner_id = ${practitionerId}
    ORDER BY accessed_at DESC, access_id DESC LIMIT ${limit}`;
}
