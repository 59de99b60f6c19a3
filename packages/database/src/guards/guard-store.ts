import type { Sql, Transaction } from "../connection/connect.ts";

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
