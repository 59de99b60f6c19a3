import { ledgerExportJsonSchema } from "@xueshi/contracts";
import { LEFT_OUT_TABLES, readTransferredColumns, rowSchema, type Sql } from "@xueshi/database";

/** The JSON Schema of a ledger export's lines, as the columns of the connected database make it. */
export async function exportSchema(sql: Sql): Promise<string> {
  const tables = await readTransferredColumns(sql);
  const rows = Object.fromEntries(tables.map((table) => [table.table, rowSchema(table)]));
  return ledgerExportJsonSchema(rows, LEFT_OUT_TABLES);
}
