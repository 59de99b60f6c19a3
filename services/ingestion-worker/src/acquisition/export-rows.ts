import type { FileConnection } from "@xueshi/platforms";
import { readTables } from "./read-tables.ts";

/**
 * The rows of a checked export file, by page.
 * A row with another number of columns than the header is kept as the array of its texts, so that it is not lost; what a
 * spreadsheet leaves out at the end of a row is empty. A file without rows is one empty page.
 */
export async function* exportRows(
  bytes: Buffer,
  connection: FileConnection,
): AsyncGenerator<unknown[], void, undefined> {
  let page: unknown[] = [];
  let pages = 0;
  for await (const { header, isHeader, cells } of readTables(bytes, connection)) {
    if (isHeader) continue;
    if (page.length === connection.rowsPerPage) {
      yield page;
      pages += 1;
      page = [];
    }
    page.push(toRaw(header, connection.format.kind === "xlsx" ? padded(cells, header.length) : cells));
  }
  if (page.length > 0 || pages === 0) yield page;
}

function padded(cells: readonly string[], length: number): readonly string[] {
  const missing = length - cells.length;
  return missing > 0 ? [...cells, ...Array<string>(missing).fill("")] : cells;
}

function toRaw(header: readonly string[], record: readonly string[]): unknown {
  if (record.length !== header.length) return record;
  const raw: Record<string, string> = {};
  for (let column = 0; column < header.length; column += 1) raw[header[column] ?? ""] = record[column] ?? "";
  return raw;
}
