import type { Sql } from "@xueshi/database";

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** The default or generation expression as SQL, or null. */
  readonly value: string | null;
}

export interface Index {
  readonly name: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** Column names in order; an expression as `null`. */
  readonly columns: readonly (string | null)[];
  readonly definition: string;
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  /** Each as one line: constraints, then triggers. */
  readonly constraints: readonly string[];
  readonly triggers: readonly string[];
}

/** A right on an object of a schema, or on one column of it. */
export interface Grant {
  readonly schema: string;
  /** `schema ledger`, `table entry`, `table batch (posted_at)`, `function refuse_change()`. */
  readonly object: string;
  readonly grantee: string;
  readonly privileges: string;
}

/** What a migrated database consists of, in an order of its own and in words that every version of PostgreSQL shares. */
export interface Catalog {
  readonly schemas: readonly string[];
  readonly tables: readonly Table[];
  /** Sequences, views and types; each as `kind schema.name`. */
  readonly others: readonly string[];
  readonly functions: readonly { readonly schema: string; readonly name: string; readonly definition: string }[];
  readonly grants: readonly Grant[];
}

/** Not of the product: PostgreSQL's own schemas and the list of migrations. */
const FOREIGN = ["information_schema", "migration", "public"];

/** Reads the catalog of the connected database. It needs no rights beyond connecting. */
export async function readCatalog(sql: Sql): Promise<Catalog> {
  const schemas = await sql<{ name: string }[]>`
    SELECT nspname AS name FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> ALL (${FOREIGN}) ORDER BY nspname COLLATE "C"`;
  const names = schemas.map(({ name }) => name);
  const tables = await sql<{ id: number; schema: string; name: string }[]>`
    SELECT c.oid::int AS id, n.nspname AS schema, c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (${names}) AND c.relkind IN ('r', 'p') ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;
  const read: Table[] = [];
  for (const { id, schema, name } of tables) {
    read.push({
      schema,
      name,
      columns: await readColumns(sql, id),
      indexes: await readIndexes(sql, id),
      constraints: await readLines(sql, "constraints", id),
      triggers: await readLines(sql, "triggers", id),
    });
  }
  return {
    schemas: names,
    tables: read,
    others: await readOthers(sql, names),
    functions: await readFunctions(sql, names),
    grants: await readGrants(sql, names),
  };
}

function readColumns(sql: Sql, table: number): Promise<Column[]> {
  return sql<Column[]>`
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
      CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(d.adbin, d.adrelid) END AS value
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ${table} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;
}

function readIndexes(sql: Sql, table: number): Promise<Index[]> {
  return sql<Index[]>`
    SELECT c.relname AS name, i.indisunique AS unique, i.indisprimary AS primary, pg_get_indexdef(i.indexrelid) AS definition,
      array(SELECT a.attname FROM generate_series(0, i.indnkeyatts - 1) AS position
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[position] ORDER BY position) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ${table} ORDER BY c.relname COLLATE "C"`;
}

/** PostgreSQL 18 lists NOT NULL among the constraints; the columns say it already. */
async function readLines(sql: Sql, kind: "constraints" | "triggers", table: number): Promise<string[]> {
  const rows =
    kind === "constraints"
      ? await sql<{ line: string }[]>`
          SELECT conname || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
          WHERE conrelid = ${table} AND contype <> 'n' ORDER BY conname COLLATE "C"`
      : await sql<{ line: string }[]>`
          SELECT pg_get_triggerdef(oid) || CASE tgenabled WHEN 'O' THEN '' ELSE ' -- enabled: ' || tgenabled::text END AS line
          FROM pg_trigger WHERE tgrelid = ${table} AND NOT tgisinternal ORDER BY tgname COLLATE "C"`;
  return rows.map(({ line }) => line);
}

async function readOthers(sql: Sql, schemas: readonly string[]): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    SELECT line FROM (
      SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view '
        ELSE 'foreign table ' END || n.nspname || '.' || c.relname AS line
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY (${schemas}) AND c.relkind IN ('S', 'v', 'm', 'f')
      UNION ALL
      SELECT 'type ' || n.nspname || '.' || t.typname
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = ANY (${schemas}) AND t.typtype IN ('d', 'e', 'r')
    ) AS found ORDER BY line COLLATE "C"`;
  return rows.map(({ line }) => line);
}

async function readFunctions(sql: Sql, schemas: readonly string[]): Promise<Catalog["functions"]> {
  return await sql<{ schema: string; name: string; definition: string }[]>`
    SELECT n.nspname AS schema, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
      pg_get_functiondef(p.oid) AS definition
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY (${schemas}) AND p.prokind IN ('f', 'p') ORDER BY n.nspname COLLATE "C", p.proname COLLATE "C", p.oid`;
}

/** What others than the owner may do. What is not listed is what PostgreSQL gives by default: nothing, but EXECUTE. */
async function readGrants(sql: Sql, schemas: readonly string[]): Promise<Grant[]> {
  return await sql<Grant[]>`
    SELECT schema, object, coalesce(r.rolname, 'PUBLIC') AS grantee,
      string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") AS privileges
    FROM (
      SELECT nspname AS schema, 'schema ' || nspname AS object, nspowner AS owner, (aclexplode(nspacl)).*
      FROM pg_namespace WHERE nspname = ANY (${schemas})
      UNION ALL
      SELECT n.nspname, CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || c.relname, c.relowner,
        (aclexplode(c.relacl)).*
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (${schemas})
      UNION ALL
      SELECT n.nspname, 'table ' || c.relname || ' (' || a.attname || ')', c.relowner, (aclexplode(a.attacl)).*
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY (${schemas})
      UNION ALL
      SELECT n.nspname, 'function ' || p.proname || '()', p.proowner, (aclexplode(p.proacl)).*
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY (${schemas})
    ) AS acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
    WHERE acl.grantee <> acl.owner
    GROUP BY schema, object, r.rolname
    ORDER BY schema COLLATE "C", object COLLATE "C", r.rolname COLLATE "C"`;
}
