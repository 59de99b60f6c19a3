import { hash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FileConnection } from "@xueshi/platforms";
import { UndecodableError } from "./parse-csv.ts";
import type { PullReason } from "./pull-event.ts";
import type { ArrivalNote } from "./read-arrivals.ts";
import { readFileBytes } from "./read-file-bytes.ts";
import { readTables } from "./read-tables.ts";
import { SpreadsheetFault } from "./spreadsheet/spreadsheet-fault.ts";

export type ExportFile =
  | { readonly kind: "whole"; readonly sha256: string; readonly bytes: Buffer; readonly rowCount: number }
  | { readonly kind: "taken_before"; readonly sha256: string }
  | { readonly kind: "refused"; readonly reason: PullReason };

export interface ExportToRead {
  readonly folder: string;
  readonly name: string;
  readonly note: ArrivalNote | "settled" | null;
  /** The digest under which the file was taken before, or null. */
  readonly sha256Taken: string | null;
}

/**
 * Reads one export file into memory and checks it to its end, so that nothing of a file that does not match what is said
 * of it is taken, and what is taken are the bytes that were checked.
 * Reasons: `file_incomplete` (nothing is said of it, rows or SHA-256 differ, or it was written to a moment ago),
 * `file_too_large`, `file_undecodable` (a byte that the encoding does not know), `file_header`, `file_encrypted`,
 * `file_malformed` (a quote that is never closed, no zip, no workbook).
 */
export async function readExport(
  connection: FileConnection,
  { folder, name, note, sha256Taken }: ExportToRead,
  nowMs: number,
): Promise<ExportFile> {
  // A list may name anything; what is not in the folder itself belongs to somebody else.
  if (basename(name) !== name) return { kind: "refused", reason: "file_incomplete" };
  const path = join(folder, name);
  const bytes = await readFileBytes(path, connection.fileBytesMax);
  if (bytes === "too_large") return { kind: "refused", reason: "file_too_large" };
  if (note === null || bytes === null) return { kind: "refused", reason: "file_incomplete" };
  const sha256 = hash("sha256", bytes);
  const isWhole = note === "settled" ? await isSettled(path, bytes.length, connection, nowMs) : sha256 === note.sha256;
  if (!isWhole) return { kind: "refused", reason: "file_incomplete" };
  if (sha256 === sha256Taken) return { kind: "taken_before", sha256 };
  const counted = await countRows(bytes, connection);
  if (typeof counted === "string") return { kind: "refused", reason: counted };
  const announced = note === "settled" ? null : note.rows;
  if (announced !== null && counted !== announced) return { kind: "refused", reason: "file_incomplete" };
  return { kind: "whole", sha256, bytes, rowCount: counted };
}

/** Nobody has written to the file for long enough, and it is as long as what was read. */
async function isSettled(path: string, bytes: number, { arrival }: FileConnection, nowMs: number): Promise<boolean> {
  const now = await stat(path).catch(() => null);
  const seconds = arrival.kind === "settled" ? arrival.seconds : 0;
  return now !== null && now.size === bytes && nowMs - now.mtimeMs >= seconds * 1_000;
}

/** Rows without the header; a reason when the file cannot be read to its end. */
async function countRows(bytes: Buffer, connection: FileConnection): Promise<number | PullReason> {
  let rows = 0;
  let headers = 0;
  try {
    for await (const { isHeader, cells } of readTables(bytes, connection)) {
      if (isHeader && !isExpectedHeader(cells, connection.columns)) return "file_header";
      if (isHeader) headers += 1;
      else rows += 1;
    }
  } catch (error) {
    if (error instanceof UndecodableError) return "file_undecodable";
    if (!(error instanceof SpreadsheetFault)) return "file_malformed";
    if (error.code === "too_large") return "file_too_large";
    return error.code === "encrypted" ? "file_encrypted" : "file_malformed";
  }
  return headers === 0 ? "file_header" : rows;
}

/** Every expected column once, in any order; further columns are kept with the row. */
function isExpectedHeader(header: readonly string[], columns: readonly string[]): boolean {
  return new Set(header).size === header.length && columns.every((column) => header.includes(column));
}
