import type { Sql } from "../connection/connect.ts";

interface NeededColumn {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/**
 * Inserts a row into each of the tables, made from what their columns need; their contents prove nothing.
 * @param tables `schema.table`
 */
export async function insertAnyRows(sql: Sql, tables: readonly string[]): Promise<void> {
  const columns = await sql<NeededColumn[]>`
    SELECT attrelid::regclass::text AS table, quote_ident(attname) AS name, format_type(atttypid, atttypmod) AS type
    FROM pg_attribute WHERE attrelid = ANY (${[...tables]}::text[]::regclass[]) AND attnum > 0 AND NOT attisdropped
      AND attnotnull AND NOT atthasdef ORDER BY attrelid, attnum`;
  for (const table of tables) {
    const needed = columns.filter((column) => column.table === table);
    const names = needed.map(({ name }) => name).join(", ");
    await sql.unsafe(`INSERT INTO ${table} (${names}) VALUES (${needed.map(anyValue).join(", ")})`);
  }
}

function anyValue({ name, type }: NeededColumn): string {
  if (name === "kind") return "'posting'";
  if (type === "uuid") return "gen_random_uuid()";
  if (type === "bytea") return "decode(repeat('00', 32), 'hex')";
  if (type.endsWith("[]")) return "'{}'";
  if (type === "boolean") return "false";
  if (type === "json" || type === "jsonb") return "'[]'";
  if (type === "date" || type.startsWith("timestamp")) return "now()";
  return type === "text" ? "'x'" : "1";
}
