import { instantText, type Sql } from "../connection/connect.ts";

export interface ApiKeyRow {
  readonly keyId: string;
  readonly kind: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

/** The live key with this digest (SHA-256 of the key, hex), or null. */
export async function readApiKey(sql: Sql, keyDigest: string): Promise<ApiKeyRow | null> {
  const [row] = await sql<ApiKeyRow[]>`
    SELECT key_id AS "keyId", kind, name, scopes FROM access.api_key
    WHERE key_digest = decode(${keyDigest}, 'hex') AND revoked_at IS NULL`;
  return row ?? null;
}

/** Who holds a key, revoked ones too: a holder may have exchanged it for another since. */
export async function readKeyHolder(sql: Sql, keyId: string): Promise<Pick<ApiKeyRow, "kind" | "name"> | null> {
  const [row] = await sql<Pick<ApiKeyRow, "kind" | "name">[]>`
    SELECT kind, name FROM access.api_key WHERE key_id = ${keyId}`;
  return row ?? null;
}

/** Every key that a holder has or had. */
export async function readKeyIdsOf(sql: Sql, holder: Pick<ApiKeyRow, "kind" | "name">): Promise<string[]> {
  const rows = await sql`
    SELECT key_id FROM access.api_key WHERE kind = ${holder.kind} AND name = ${holder.name}`.values();
  return rows.map(([keyId]) => keyId as string);
}

/** Adds a key; the same digest again only brings its scopes up to date. */
export async function writeApiKey(
  sql: Sql,
  key: ApiKeyRow & { keyDigest: string; createdAtMs: number },
): Promise<void> {
  await sql`
    INSERT INTO access.api_key (key_id, key_digest, kind, name, scopes, created_at)
    VALUES (${key.keyId}, decode(${key.keyDigest}, 'hex'), ${key.kind}, ${key.name}, ${key.scopes as string[]}::text[],
      ${instantText(key.createdAtMs)}::timestamptz)
    ON CONFLICT (key_digest) DO UPDATE SET scopes = excluded.scopes`;
}

export async function revokeApiKey(sql: Sql, keyId: string, revokedAtMs: number): Promise<void> {
  await sql`UPDATE access.api_key SET revoked_at = ${instantText(revokedAtMs)}::timestamptz WHERE key_id = ${keyId}`;
}
