import type { Sql, Transaction } from "../connection/connect.ts";
import { CHANGEABLE_TABLES } from "./changeable-tables.ts";

const SCHEMAS = [
  ...["access", "acquisition", "admission", "classification", "ledger", "projection", "requirement", "verdict"],
] as const;

/** MD5 of the text and the settings of each function that guards, as the newest migration made it. */
const GUARD_FUNCTIONS: Readonly<Record<string, string>> = {
  "ledger.refuse_change()": "9d57c52d05e828695cd0e1f2e8a51ba9",
  "ledger.guards_in_place()": "e4ffc58248d2b75cad2cf9c70b94aaed",
  "ledger.broken_guards()": "7e3d7a10ff62cd01f9dd719f21637c00",
  "migration.keep_guards()": "92eb3828374e118f08060118d826000a",
};

/** A guard that is not as the list of guards (`ledger.guard`) has it, or a state of its table that goes round it. */
export interface BrokenGuard {
  /** `schema.table`. */
  readonly guarded: string;
  /** The trigger; null: it is the table. */
  readonly guard: string | null;
  readonly problem:
    | "gone"
    | "missing"
    | "altered"
    | "disabled"
    | "rules"
    | "row_security"
    | "not_logged"
    | "unguarded_child";
}

/** Tables that may only be added to, as `schema.table`, in order of name: those with a guard of rows and one of the whole. */
export async function readGuardedTables(sql: Sql | Transaction): Promise<string[]> {
  const rows = await (sql as Sql)<{ name: string }[]>`
    SELECT schema_name || '.' || table_name AS name FROM ledger.guard
    WHERE guard_name IN (table_name || '_append_only', table_name || '_no_truncate')
    GROUP BY schema_name, table_name HAVING count(*) = 2 ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** What is not as it should be; empty: every guard is in its place. Asked as the owner of the tables. */
export async function readBrokenGuards(sql: Sql | Transaction): Promise<BrokenGuard[]> {
  return (sql as Sql)<BrokenGuard[]>`SELECT guarded, guard, problem FROM ledger.broken_guards() ORDER BY 1, 2, 3`;
}

/** Tables that are neither append-only nor known to change, as `schema.table`: nobody decided what they are. */
export async function readUndecidedTables(sql: Sql): Promise<string[]> {
  const decided = [...(await readGuardedTables(sql)), ...Object.keys(CHANGEABLE_TABLES)];
  const rows = await sql<{ name: string }[]>`
    SELECT format('%s.%s', n.nspname, c.relname) AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (${[...SCHEMAS]}::text[])
      AND format('%s.%s', n.nspname, c.relname) <> ALL (${decided}::text[])
      AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid) AND c.relname !~ '^next_' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** Of the functions that guard: names of those whose text or settings are not those of this version, or that are gone. */
export async function readAlteredGuardFunctions(sql: Sql): Promise<string[]> {
  const names = Object.keys(GUARD_FUNCTIONS);
  const rows = await sql<{ name: string; digest: string | null }[]>`
    SELECT name, md5(concat_ws(' ', prosrc, prosecdef, proconfig)) AS digest
    FROM unnest(${names}::text[]) AS name LEFT JOIN pg_proc ON pg_proc.oid = to_regprocedure(name) ORDER BY name`;
  return rows.filter(({ name, digest }) => digest !== GUARD_FUNCTIONS[name]).map(({ name }) => name);
}

/** How the event triggers that keep the guards stand. */
export interface GuardWatch {
  /** Whether the role that owns them, or would, is a superuser: no other one can make event triggers. */
  readonly isPossible: boolean;
  /** Event triggers that are not there, or do not fire always. */
  readonly missing: readonly string[];
  readonly disabled: readonly string[];
}

export async function readGuardWatch(sql: Sql): Promise<GuardWatch> {
  const rows = await sql<{ name: string; enabled: string | null; isPossible: boolean }[]>`
    SELECT watched.name, evtenabled::text AS enabled, (SELECT rolsuper FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner
      WHERE pg_proc.oid = to_regprocedure('migration.keep_guards()')) AS "isPossible"
    FROM (VALUES ('xueshi_guards_altered', 'ddl_command_end'), ('xueshi_guards_dropped', 'sql_drop'),
      ('xueshi_rows_rewritten', 'table_rewrite')) AS watched (name, event)
    LEFT JOIN pg_event_trigger ON evtname = watched.name AND evtevent = watched.event AND evttags IS NULL
      AND evtfoid = to_regprocedure('migration.keep_guards()') ORDER BY 1`;
  return {
    isPossible: rows.some(({ isPossible }) => isPossible === true),
    missing: rows.filter(({ enabled }) => enabled === null).map(({ name }) => name),
    disabled: rows.filter(({ enabled }) => enabled !== null && enabled !== "A").map(({ name }) => name),
  };
}
