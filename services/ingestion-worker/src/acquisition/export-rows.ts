import { parseCsv } from "./parse-csv.ts";

/**
 * The rows of a checked export file, by page.
 * A row with another number of columns than the header is kept as the array of its texts, so that it is not lost.
 * A file without rows is one empty page.
 */
export async function* exportRows(
  bytes: Buffer,
  encoding: string,
  rowsPerPage: number,
): AsyncGenerator<unknown[], void, undefined> {
  let header: readonly string[] | null = null;
  let page: unknown[] = [];
  let pages = 0;
  for await (const record of parseCsv(bytes, encoding)) {
    if (header === null) {
      header = record;
      continue;
    }
    if (page.length === rowsPerPage) {
      yield page;
      pages += 1;
      page = [];
    }
    page.push(toRaw(header, record));
  }
  if (page.length > 0 || pages === 0) yield page;
}

function toRaw(header: readonly string[], record: readonly string[]): unknown {
  if (record.length !== header.length) return record;
  const raw: Record<string, string> = {};
  for (let column = 0; column < header.length; column += 1) raw[header[column] ?? ""] = record[column] ?? "";
  return raw;
}
