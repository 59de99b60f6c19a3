import type { Sql } from "../connection/connect.ts";

/** What a server is set to, and where a database or a role sets it otherwise. */
export interface ServerSetting {
  readonly name: string;
  readonly value: string;
  /** `ALTER ROLE` or `ALTER DATABASE` sets it for this one; null: it is the server's, as this session sees it. */
  readonly setFor: string | null;
}

export async function readSettings(sql: Sql, names: readonly string[]): Promise<ServerSetting[]> {
  return await sql<ServerSetting[]>`
    SELECT name, setting AS value, NULL AS "setFor" FROM pg_settings WHERE name = ANY (${[...names]}::text[])
    UNION ALL
    SELECT split_part(given, '=', 1), substr(given, strpos(given, '=') + 1), coalesce(rolname, datname)
    FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS given
    LEFT JOIN pg_roles ON pg_roles.oid = setrole LEFT JOIN pg_database ON pg_database.oid = setdatabase
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      AND split_part(given, '=', 1) = ANY (${[...names]}::text[])
    ORDER BY 1, 3 NULLS FIRST`;
}

/** Milliseconds since 1970 UTC by the clock of the database's host. */
export async function readDatabaseClock(sql: Sql): Promise<number> {
  const [row] = await sql<{ nowMs: number }[]>`SELECT clock_timestamp() AS "nowMs"`;
  return row?.nowMs ?? Number.NaN;
}

export interface UpkeepState {
  /** Transactions since the oldest row that is not frozen; at two thousand million the server stops. */
  readonly transactionAge: number;
  readonly bytes: number;
  /** Tables that autovacuum leaves alone, `schema.table`. */
  readonly withoutVacuum: readonly string[];
  readonly largest: readonly { readonly table: string; readonly bytes: number }[];
}

const LARGEST = 5;

export async function readUpkeep(sql: Sql): Promise<UpkeepState> {
  const [row] = await sql<Pick<UpkeepState, "transactionAge" | "bytes">[]>`
    SELECT age(datfrozenxid)::bigint AS "transactionAge", pg_database_size(oid) AS bytes
    FROM pg_database WHERE datname = current_database()`;
  const excluded = await sql<{ table: string }[]>`
    SELECT oid::regclass::text AS table FROM pg_class WHERE relkind IN ('r', 'p')
      AND EXISTS (SELECT FROM unnest(reloptions) AS option WHERE option ~* '^autovacuum_enabled=(false|off|no|0|f|n)$') ORDER BY 1`;
  const largest = await sql<{ table: string; bytes: number }[]>`
    SELECT c.oid::regclass::text AS table, pg_total_relation_size(c.oid) AS bytes
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)' ORDER BY bytes DESC, 1 LIMIT ${LARGEST}`;
  return {
    transactionAge: row?.transactionAge ?? Number.NaN,
    bytes: row?.bytes ?? Number.NaN,
    withoutVacuum: excluded.map(({ table }) => table),
    largest,
  };
}
