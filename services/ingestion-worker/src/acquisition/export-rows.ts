import { hash } from "node:crypto";
import { parseCsv } from "./parse-csv.ts";
import type { PulledRow } from "./pull-event.ts";

/**
 * The rows of a checked export file, by page, with each row's number among the rows of the file that are equal to it.
 * A row with another number of columns than the header is kept as the array of its texts, so that it is not lost.
 * A file without rows is one empty page.
 */
export async function* exportRows(
  bytes: Buffer,
  encoding: string,
  rowsPerPage: number,
): AsyncGenerator<PulledRow[], void, undefined> {
  const met = new Map<string, number>();
  let header: readonly string[] | null = null;
  let page: PulledRow[] = [];
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
    // A digest in place of the row: what is remembered of a file stays small.
    const key = hash("sha256", record.join("\u001f"), "base64");
    const occurrence = (met.get(key) ?? 0) + 1;
    met.set(key, occurrence);
    page.push({ raw: toRaw(header, record), index: page.length, occurrence });
  }
  if (page.length > 0 || pages === 0) yield page;
}

function toRaw(header: readonly string[], record: readonly string[]): unknown {
  if (record.length !== header.length) return record;
  const raw: Record<string, string> = {};
  for (let column = 0; column < header.length; column += 1) raw[header[column] ?? ""] = record[column] ?? "";
  return raw;
}
