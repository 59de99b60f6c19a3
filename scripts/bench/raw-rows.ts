import type { Sql } from "@xueshi/database";
import { TILE_WIDTH } from "@xueshi/domain";

/** One table's part of a batch: the statement, and its arrays, one for each column. */
export interface TableBatch {
  readonly insert: string;
  readonly literals: readonly string[];
  /** The same rows for COPY, as text. */
  readonly copy: string;
  readonly lines: string;
}

export interface RawTable {
  readonly name: string;
  /** The order in which the product came to write the rows; digests stand in where it left none. */
  readonly order: string;
  readonly join?: string;
  /** Which rows some batches left behind: those of their people, of themselves, of their postings, of their positions in the feed. */
  readonly of?: "people" | "batches" | "postings" | "positions";
}

/** What one record leaves behind for good. The first table's rows are the records that are counted. */
export const RAW_TABLES: readonly RawTable[] = [
  { name: "admission.version", order: "t.batch_id, t.batch_index" },
  { name: "admission.identity", order: "md5(t.practitioner_id::text)" },
  { name: "ledger.entry", order: "t.posting_id, md5(t.practitioner_id::text), t.sequence" },
  { name: "ledger.head", order: "md5(t.practitioner_id::text)" },
  {
    name: "projection.record_state",
    order: "entry.posting_id, md5(t.practitioner_id::text), t.sequence",
    join: "JOIN ledger.entry USING (practitioner_id, sequence)",
  },
  { name: "projection.balance", order: "md5(t.practitioner_id::text)" },
  { name: "acquisition.batch", order: "t.batch_id", of: "batches" },
  { name: "acquisition.raw_page", order: "t.batch_id", of: "batches" },
  { name: "ledger.posting", order: "t.posting_id", of: "batches" },
  { name: "ledger.feed", order: "t.position", of: "postings" },
  { name: "ledger.tree_tile", order: "t.level, t.index", of: "positions" },
];

/** What posting alone writes for good, once batches are stored; the records that are counted come first. */
export const POSTED_TABLES: readonly RawTable[] = [
  "projection.record_state",
  "ledger.entry",
  "ledger.head",
  "projection.balance",
  "ledger.posting",
  "ledger.feed",
  "ledger.tree_tile",
].flatMap((name) => RAW_TABLES.filter((table) => table.name === name));

interface Column {
  readonly name: string;
  readonly type: string;
}

/**
 * Reads the product's rows as texts, in batches: each holds `batchRows` records and the same share of the other tables.
 */
export async function openTableRows(
  reader: Sql,
  tables: readonly RawTable[],
  batchRows: number,
  sinceMs: number | null,
): Promise<{ readonly rowCount: number; readonly batches: AsyncGenerator<readonly TableBatch[]> }> {
  const counts = await Promise.all(tables.map((table) => countRows(reader, table, sinceMs)));
  const [rowCount = 0] = counts;
  const batchCount = Math.max(1, Math.ceil(rowCount / batchRows));
  const parts = await Promise.all(
    tables.map((table, index) => openTable(reader, table, sinceMs, Math.ceil((counts[index] ?? 0) / batchCount))),
  );
  return { rowCount, batches: inStep(parts) };
}

/** Takes one part of every table at a time, until all have run out. */
async function* inStep(parts: readonly AsyncGenerator<TableBatch>[]): AsyncGenerator<readonly TableBatch[]> {
  for (;;) {
    const steps = await Promise.all(parts.map((part) => part.next()));
    const batch = steps.flatMap((step) => (step.done === true ? [] : [step.value]));
    if (batch.length === 0) return;
    yield batch;
  }
}

function chosen({ of }: RawTable, sinceMs: number | null): string {
  if (sinceMs === null) return "";
  const batches = `SELECT batch_id FROM acquisition.batch WHERE received_at >= to_timestamp(${sinceMs} / 1000.0)`;
  if (of === "batches") return `WHERE t.batch_id IN (${batches})`;
  const postings = `SELECT posting_id FROM ledger.posting WHERE batch_id IN (${batches})`;
  if (of === "postings") return `WHERE t.posting_id IN (${postings})`;
  const first = `SELECT min(position) FROM ledger.feed WHERE posting_id IN (${postings})`;
  // A tile that was begun by earlier positions is theirs.
  if (of === "positions") return `WHERE t.level = 0 AND t.index * ${TILE_WIDTH} >= (${first})`;
  return `WHERE t.practitioner_id IN (SELECT practitioner_id FROM admission.version WHERE batch_id IN (${batches}))`;
}

async function countRows(reader: Sql, table: RawTable, sinceMs: number | null): Promise<number> {
  const [row] = await reader.unsafe<{ count: number }[]>(
    `SELECT count(*) FROM ${table.name} AS t ${chosen(table, sinceMs)}`,
  );
  return row?.count ?? 0;
}

async function openTable(
  reader: Sql,
  table: RawTable,
  sinceMs: number | null,
  partRows: number,
): Promise<AsyncGenerator<TableBatch>> {
  const columns = await reader<Column[]>`
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = ${table.name}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  // An array of arrays would be taken apart wholly, so arrays travel as texts.
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type.endsWith("[]") ? "text" : type}[]`).join(", ");
  const values = columns.map(({ name, type }) => (type.endsWith("[]") ? `"${name}"::${type}` : `"${name}"`)).join(", ");
  const insert = `INSERT INTO ${table.name} (${names}) SELECT ${values} FROM unnest(${arrays}) AS row (${names})`;
  const texts = columns.map(({ name }) => `t."${name}"::text`).join(", ");
  const from = `${table.name} AS t ${table.join ?? ""} ${chosen(table, sinceMs)}`;
  const read = reader.unsafe<(string | null)[][]>(`SELECT ${texts} FROM ${from} ORDER BY ${table.order}`).values();
  return partsOf(
    read.cursor(Math.max(1, partRows)),
    { insert, copy: `COPY ${table.name} (${names}) FROM STDIN` },
    columns,
  );
}

async function* partsOf(
  pages: AsyncIterable<readonly unknown[]>,
  statements: Pick<TableBatch, "insert" | "copy">,
  columns: readonly Column[],
): AsyncGenerator<TableBatch> {
  for await (const page of pages) {
    const rows = page as readonly (readonly (string | null)[])[];
    const literals = columns.map((_, index) => arrayLiteral(rows.map((row) => row[index] ?? null)));
    yield { ...statements, literals, lines: rows.map(copyLine).join("") };
  }
}

/** An array as PostgreSQL reads it, so that the writer has nothing left to do but send it. */
function arrayLiteral(values: readonly (string | null)[]): string {
  const items = values.map((value) => (value === null ? "NULL" : `"${value.replace(/["\\]/g, "\\$&")}"`));
  return `{${items.join(",")}}`;
}

const COPY_ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function copyLine(row: readonly (string | null)[]): string {
  const texts = row.map(
    (value) => value?.replace(/[\\\t\n\r]/g, (character) => COPY_ESCAPES[character] ?? "") ?? "\\N",
  );
  return `${texts.join("\t")}\n`;
}
