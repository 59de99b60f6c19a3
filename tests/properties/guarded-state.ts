import type { Sql } from "@xueshi/database";
import type { AttackTarget } from "./attack-statements.ts";

/** The tables that may only be added to, with what statements name of them. */
export async function readTargets(owner: Sql, tables: readonly string[]): Promise<AttackTarget[]> {
  return await owner<AttackTarget[]>`
    SELECT format('%s.%s', n.nspname, c.relname) AS table, k.conname AS "primaryKey",
      (SELECT array_agg(quote_ident(attname) ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
      coalesce((SELECT min(attname) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum = ANY (k.conkey) AND atttypid = 'uuid'::regtype), '') AS "uuidColumn"
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p'
    WHERE format('%s.%s', n.nspname, c.relname) = ANY (${[...tables]}::text[]) ORDER BY 1`;
}

/** Digests of the rows of each table. */
export type Contents = ReadonlyMap<string, readonly string[]>;

export async function readContents(owner: Sql, tables: readonly string[]): Promise<Contents> {
  const each = tables.map((table) => `SELECT '${table}' AS t, md5(x::text) AS row FROM ${table} AS x`);
  const rows = await owner.unsafe<{ t: string; row: string }[]>(each.join(" UNION ALL "), [], { prepare: true });
  const contents = new Map<string, string[]>(tables.map((table) => [table, []]));
  for (const { t, row } of rows) contents.get(t)?.push(row);
  return contents;
}

/** Tables that lack a row that was there, and those that have rows that were not. */
export function compareContents(before: Contents, after: Contents): { lost: string[]; grown: string[] } {
  const lost: string[] = [];
  const grown: string[] = [];
  for (const [table, rows] of before) {
    const left = [...(after.get(table) ?? [])];
    for (const row of rows) {
      const at = left.indexOf(row);
      if (at < 0) lost.push(table);
      else left.splice(at, 1);
    }
    if (left.length > 0) grown.push(table);
  }
  return { lost: [...new Set(lost)], grown };
}

const OF_PRODUCT = "relnamespace IN (SELECT oid FROM product)";
/** Of each catalog what makes tables what they are and says who may do what. */
const STRUCTURE: Readonly<Record<string, string>> = {
  schemas: "SELECT nspname, nspowner, nspacl FROM pg_namespace WHERE oid IN (SELECT oid FROM product)",
  tables: `SELECT oid, relname, relnamespace, relkind, relowner, relacl, relpersistence, relrowsecurity, relforcerowsecurity,
    relreplident, reloptions, relfilenode FROM pg_class WHERE ${OF_PRODUCT}`,
  columns: `SELECT attrelid, attnum, attname, atttypid, attnotnull, attacl, attoptions FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE ${OF_PRODUCT}`,
  triggers: `SELECT t.* FROM pg_trigger AS t JOIN pg_class ON pg_class.oid = tgrelid WHERE ${OF_PRODUCT}`,
  rules: `SELECT r.* FROM pg_rewrite AS r JOIN pg_class ON pg_class.oid = ev_class WHERE ${OF_PRODUCT}`,
  policies: "SELECT * FROM pg_policy",
  constraints: "SELECT * FROM pg_constraint WHERE connamespace IN (SELECT oid FROM product)",
  children: "SELECT * FROM pg_inherits",
  functions: "SELECT * FROM pg_proc WHERE pronamespace IN (SELECT oid FROM product)",
  comments: `SELECT d.* FROM pg_description AS d JOIN pg_class ON pg_class.oid = objoid WHERE ${OF_PRODUCT}`,
  "event triggers": "SELECT * FROM pg_event_trigger",
  "default rights": "SELECT * FROM pg_default_acl WHERE defaclrole NOT IN (SELECT oid FROM service)",
  publications: "SELECT * FROM pg_publication",
  casts: "SELECT count(*) FROM pg_cast",
  roles: "SELECT * FROM pg_roles WHERE oid IN (SELECT oid FROM service)",
  memberships: "SELECT * FROM pg_auth_members WHERE member IN (SELECT oid FROM service)",
  "rights on settings": "SELECT * FROM pg_parameter_acl",
  "settings of roles": "SELECT * FROM pg_db_role_setting WHERE setrole IN (SELECT oid FROM service)",
};

/** @param logins whose attributes and memberships are among it, beside those of the group roles */
export async function readStructure(owner: Sql, logins: readonly string[]): Promise<Record<string, string>> {
  const columns = Object.entries(STRUCTURE).map(
    ([name, query]) =>
      `(SELECT concat(count(*), ' ', sum(hashtextextended(x::text, 0))) FROM (${query}) AS x) AS "${name}"`,
  );
  const names = [...logins, "xueshi_ingestion", "xueshi_ledger", "xueshi_query"].map((name) => `'${name}'`).join(", ");
  const query = `
    WITH product AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'),
      service AS (SELECT oid FROM pg_roles WHERE rolname IN (${names}))
    SELECT ${columns.join(", ")}`;
  const [row] = await owner.unsafe<Record<string, string>[]>(query, [], { prepare: true });
  return { ...row };
}
