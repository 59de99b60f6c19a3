import { hash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { FileConnection } from "@xueshi/platforms";
import { parseCsv, UndecodableError } from "./parse-csv.ts";
import type { PullReason } from "./pull-event.ts";

/** Enough for a row count and a digest; whatever is longer is no such line. */
const READY_BYTES_MAX = 256;
const READY_PATTERN = /^([0-9]{1,9}) ([0-9a-f]{64})\r?\n?$/i;

export type ExportFile =
  | { readonly kind: "whole"; readonly sha256: string; readonly bytes: Buffer; readonly rowCount: number }
  | { readonly kind: "taken_before"; readonly sha256: string }
  | { readonly kind: "refused"; readonly reason: PullReason };

/**
 * Reads one export file into memory and checks it to its end, so that nothing of a file that does not match its ready
 * line is taken, and what is taken are the bytes that were checked.
 * Reasons: `file_incomplete` (no ready line, or rows or SHA-256 differ from it), `file_too_large`, `file_undecodable`
 * (a byte that the encoding does not know), `file_header`, `file_malformed` (a quote that is never closed).
 * @param sha256Taken the digest under which the file was taken before, or null
 */
export async function readExport(
  folder: string,
  name: string,
  connection: FileConnection,
  sha256Taken: string | null,
): Promise<ExportFile> {
  const ready = await readBytes(join(folder, name + connection.readySuffix), READY_BYTES_MAX);
  const bytes = await readBytes(join(folder, name), connection.fileBytesMax);
  if (bytes === "too_large") return { kind: "refused", reason: "file_too_large" };
  const line = ready === "too_large" || ready === null ? null : READY_PATTERN.exec(ready.toString("latin1"));
  const sha256 = bytes === null ? "" : hash("sha256", bytes);
  if (line === null || bytes === null || sha256 !== line[2]?.toLowerCase()) {
    return { kind: "refused", reason: "file_incomplete" };
  }
  if (sha256 === sha256Taken) return { kind: "taken_before", sha256 };
  const counted = await countRows(bytes, connection);
  if (typeof counted === "string") return { kind: "refused", reason: counted };
  if (counted !== Number(line[1])) return { kind: "refused", reason: "file_incomplete" };
  return { kind: "whole", sha256, bytes, rowCount: counted };
}

async function readBytes(path: string, bytesMax: number): Promise<Buffer | "too_large" | null> {
  const handle = await open(path, "r").catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    return size > bytesMax ? "too_large" : await handle.readFile();
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

/** Rows without the header; a reason when the file cannot be read to its end. */
async function countRows(bytes: Buffer, connection: FileConnection): Promise<number | PullReason> {
  let records = 0;
  try {
    for await (const record of parseCsv(bytes, connection.encoding)) {
      if (records === 0 && !isHeader(record, connection.columns)) return "file_header";
      records += 1;
    }
  } catch (error) {
    return error instanceof UndecodableError ? "file_undecodable" : "file_malformed";
  }
  return records === 0 ? "file_header" : records - 1;
}

/** Every expected column once, in any order; further columns are kept with the row. */
function isHeader(header: readonly string[], columns: readonly string[]): boolean {
  return new Set(header).size === header.length && columns.every((column) => header.includes(column));
}
