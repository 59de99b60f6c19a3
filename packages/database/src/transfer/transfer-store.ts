import { plainArray } from "../connection/array-text.ts";
import type { Transaction } from "../connection/connect.ts";
import { limitLockWait } from "../connection/limit-lock-wait.ts";
import type { TableColumns, TransferredColumn } from "./table-columns.ts";
import { REBUILT_TABLES, TRANSFERRED_TABLES, type TransferredTable } from "./transferred-tables.ts";

/** Whose rows are read: of everybody (null), or of one person and those whose records are theirs by a merge. */
export interface ExportScope {
  readonly people: readonly string[];
  readonly recordKeys: readonly string[];
  readonly postingIds: readonly string[];
}

/** Rows that are fetched at a time: a batch with its receipts may come to a hundred kilobytes. */
const ROWS_PER_FETCH = 200;

/** What belongs to a person, read group by group. */
export async function readPersonExportScope(tx: Transaction, practitionerId: string): Promise<ExportScope> {
  const merged = await tx`
    SELECT practitioner_id FROM (
      SELECT DISTINCT ON (practitioner_id) practitioner_id, into_practitioner_id FROM admission.person_merge
      WHERE practitioner_id IN (
        SELECT practitioner_id FROM admission.person_merge WHERE into_practitioner_id = ${practitionerId})
      ORDER BY practitioner_id, decided_at DESC, decision_id DESC
    ) AS newest WHERE into_practitioner_id = ${practitionerId}`.values();
  const people = [practitionerId, ...merged.map(([id]) => id as string)];
  const ids = plainArray(people);
  const [entries, versions, refusals] = await Promise.all([
    tx`SELECT DISTINCT posting_id, record_key FROM ledger.entry WHERE practitioner_id = ANY(${ids}::uuid[])`.values(),
    tx`SELECT DISTINCT record_key FROM admission.version WHERE practitioner_id = ANY(${ids}::uuid[])`.values(),
    tx`SELECT DISTINCT record_key FROM admission.refusal WHERE practitioner_id = ANY(${ids}::uuid[])`.values(),
  ]);
  const keys = [...entries.map(([, key]) => key), ...versions.map(([key]) => key), ...refusals.map(([key]) => key)];
  return {
    people,
    recordKeys: [...new Set(keys.filter((key) => key !== null))],
    postingIds: [...new Set(entries.map(([postingId]) => postingId as string))],
  };
}

/** How many rows of a table are in the scope. */
export async function countRows(tx: Transaction, table: TableColumns, scope: ExportScope | null): Promise<number> {
  const { condition, values } = conditionOf(table.table, scope);
  const [row] = await tx.unsafe(`SELECT count(*) AS count FROM ${table.table} WHERE ${condition}`, values);
  return Number(row?.count ?? 0);
}

/** Rows of a table as JSON texts, in order of its primary key; no more than a few hundred are held at a time. */
export async function* readRowTexts(
  tx: Transaction,
  table: TableColumns,
  scope: ExportScope | null,
): AsyncGenerator<readonly string[], void, undefined> {
  const { condition, values } = conditionOf(table.table, scope);
  const fields = table.columns.map((column) => `${readExpression(column)} AS "${column.field}"`).join(", ");
  const statement = `SELECT row_to_json(line)::text AS text FROM (
    SELECT ${fields} FROM ${table.table} WHERE ${condition} ORDER BY ${table.key.join(", ")}) AS line`;
  for await (const rows of tx.unsafe<{ text: string }[]>(statement, values).cursor(ROWS_PER_FETCH)) {
    yield rows.map(({ text }) => text);
  }
}

function readExpression({ name, type }: TransferredColumn): string {
  return type === "bytea" ? `encode("${name}", 'hex')` : `"${name}"`;
}

function conditionOf(table: TransferredTable, scope: ExportScope | null): { condition: string; values: string[] } {
  const rows = TRANSFERRED_TABLES[table];
  if (scope === null || rows === "whole") return { condition: "true", values: [] };
  switch (rows) {
    case "none":
      return { condition: "false", values: [] };
    case "person":
      return { condition: "practitioner_id = ANY($1::uuid[])", values: [plainArray(scope.people)] };
    case "records":
      return { condition: "record_key = ANY($1::uuid[])", values: [plainArray(scope.recordKeys)] };
    case "postings":
      return { condition: "posting_id = ANY($1::uuid[])", values: [plainArray(scope.postingIds)] };
  }
}

/** Writes rows of a table, given as objects of its fields; every column must be there. */
export async function writeRows(tx: Transaction, table: TableColumns, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  const names = table.columns.map(({ name }) => `"${name}"`).join(", ");
  const values = table.columns.map(({ field, type }) =>
    type === "bytea" ? `decode(line."${field}", 'hex')` : `line."${field}"`,
  );
  const fields = table.columns.map(({ field, type, isArray }) => {
    const written = type === "bytea" ? "text" : type;
    return `"${field}" ${written}${isArray ? "[]" : ""}`;
  });
  const statement = `INSERT INTO ${table.table} (${names})
    SELECT ${values.join(", ")} FROM json_to_recordset($1::text::json) AS line (${fields.join(", ")})`;
  await tx.unsafe(statement, [JSON.stringify(rows)], { prepare: true });
}

const LOCK_WAIT_MS_MAX = 4_000;

/**
 * Keeps everybody else from writing to the tables of an export until the transaction ends, and says which of them hold
 * rows. Fails (SQLSTATE 55P03) where somebody is writing; autovacuum, whose lock is in the way, too, goes on its way once
 * somebody has waited for a second (deadlock_timeout).
 */
export async function lockEmptyTables(tx: Transaction): Promise<string[]> {
  const filled = Object.keys(TRANSFERRED_TABLES);
  const rebuilt = REBUILT_TABLES.filter((table) => table !== "ledger.feed_head");
  const tables = [...filled, ...rebuilt];
  await limitLockWait(tx, LOCK_WAIT_MS_MAX);
  await tx.unsafe(`LOCK TABLE ${tables.join(", ")} IN SHARE ROW EXCLUSIVE MODE`);
  const looks = tables.map((table) => `SELECT '${table}' AS name WHERE EXISTS (SELECT FROM ${table})`);
  const rows = await tx.unsafe<{ name: string }[]>(looks.join(" UNION ALL "));
  return rows.map(({ name }) => name);
}

/** Says how long the feed is, where its rows were written by an import. */
export async function writeFeedSize(tx: Transaction, size: number): Promise<void> {
  await tx`UPDATE ledger.feed_head SET size = ${size}`;
}
