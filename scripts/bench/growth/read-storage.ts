import type { Sql } from "@xueshi/database";

/** What a table or an index takes on disk. */
export interface StorageFigure {
  readonly name: string;
  /** Of an index; null: the table itself, with what is stored out of line. */
  readonly of: string | null;
  readonly bytes: number;
  readonly rows: number;
}

/** Every table of the product that has rows, the largest first, each with its indexes behind it. */
export async function readStorage(sql: Sql): Promise<StorageFigure[]> {
  return sql<StorageFigure[]>`
    WITH filled AS (
      SELECT c.oid, n.nspname || '.' || c.relname AS name, c.reltuples::bigint AS rows
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.reltuples > 0
        AND n.nspname IN ('acquisition', 'admission', 'classification', 'ledger', 'projection', 'requirement', 'verdict')
    )
    SELECT name, NULL AS of, pg_table_size(oid) AS bytes, rows, pg_total_relation_size(oid) AS total, 0 AS place FROM filled
    UNION ALL
    SELECT i.indexrelid::regclass::text, f.name, pg_relation_size(i.indexrelid), f.rows, pg_total_relation_size(f.oid), 1
    FROM filled AS f JOIN pg_index AS i ON i.indrelid = f.oid
    ORDER BY total DESC, place, bytes DESC`;
}

/** What the whole ledger takes for an entry: every table and index of the list. */
export function bytesPerEntry(storage: readonly StorageFigure[], entries: number): number {
  return storage.reduce((sum, { bytes }) => sum + bytes, 0) / entries;
}
