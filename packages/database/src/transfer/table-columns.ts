import type { Sql, Transaction } from "../connection/connect.ts";
import { TRANSFERRED_TABLES, type TransferredTable } from "./transferred-tables.ts";

/** Types that columns of transferred tables have, as PostgreSQL writes them. */
const VALUE_TYPES = [
  "bigint",
  "boolean",
  "bytea",
  "date",
  "integer",
  "json",
  "jsonb",
  "smallint",
  "text",
  "timestamp with time zone",
  "uuid",
] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

export interface TransferredColumn {
  /** In the database: `hours_hundredths`. */
  readonly name: string;
  /** In a line: `hoursHundredths`. */
  readonly field: string;
  readonly type: ValueType;
  readonly isArray: boolean;
  readonly isNullable: boolean;
}

export interface TableColumns {
  readonly table: TransferredTable;
  readonly columns: readonly TransferredColumn[];
  /** Columns of the primary key: the order of the lines. */
  readonly key: readonly string[];
}

/** The columns of all transferred tables, as the connected database has them, in the order of an export's lines. */
export async function readTransferredColumns(tx: Sql | Transaction): Promise<TableColumns[]> {
  const rows = await (tx as Sql)<{ table: string; name: string; type: string; isNullable: boolean; place: number }[]>`
    SELECT format('%s.%s', n.nspname, c.relname) AS table, a.attname AS name, format_type(a.atttypid, -1) AS type,
      NOT a.attnotnull AS "isNullable", coalesce(array_position(i.indkey::int[], a.attnum::int), -1) AS place
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      AND format('%s.%s', n.nspname, c.relname) = ANY (${Object.keys(TRANSFERRED_TABLES)})
    ORDER BY a.attnum`;
  return (Object.keys(TRANSFERRED_TABLES) as TransferredTable[]).map((table) => {
    const own = rows.filter((row) => row.table === table);
    if (own.length === 0) throw new Error(`the database has no table ${table}; migrate it first`);
    const key = own.filter(({ place }) => place >= 0).sort((left, right) => left.place - right.place);
    return { table, columns: own.map(toColumn), key: key.map(({ name }) => name) };
  });
}

function toColumn({ name, type, isNullable }: { name: string; type: string; isNullable: boolean }): TransferredColumn {
  const isArray = type.endsWith("[]");
  const element = isArray ? type.slice(0, -2) : type;
  const known = VALUE_TYPES.find((one) => one === element);
  if (known === undefined) throw new TypeError(`a line has no form for ${type} (column ${name})`);
  const field = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { name, field, type: known, isArray, isNullable };
}

/** Which migrations made the schema, as one digest (hex): equal ones have equal columns. */
export async function readSchemaDigest(tx: Sql | Transaction): Promise<{ migrations: number; digest: string }> {
  const [row] = await (tx as Sql)<{ migrations: number; digest: string }[]>`
    SELECT count(*)::int AS migrations,
      encode(sha256(convert_to(coalesce(string_agg(hash, ' ' ORDER BY created_at), ''), 'UTF8')), 'hex') AS digest
    FROM migration.applied`;
  return row ?? { migrations: 0, digest: "" };
}
