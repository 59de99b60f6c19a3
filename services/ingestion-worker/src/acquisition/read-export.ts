import { hash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { FileConnection } from "@xueshi/platforms";
import { parse } from "csv-parse";
import type { PulledRow, PullReason } from "./pull-event.ts";

/** Enough for a row count and a digest; whatever is longer is no such line. */
const READY_BYTES_MAX = 256;
const READY_PATTERN = /^([0-9]{1,9}) ([0-9a-f]{64})\r?\n?$/i;
const RECORD_CHARACTERS_MAX = 1_000_000;
const CHUNK_BYTES = 262_144;

export type ExportFile =
  | { readonly kind: "whole"; readonly sha256: string; readonly rows: readonly PulledRow[] }
  | { readonly kind: "taken_before"; readonly sha256: string }
  | { readonly kind: "refused"; readonly reason: PullReason };

/**
 * Reads one export file as a whole, so that nothing of a file that does not match its ready line is taken.
 * Reasons: `file_incomplete` (no ready line, or rows or SHA-256 differ from it), `file_too_large`, `file_undecodable`
 * (a byte that the encoding does not know), `file_header`, `file_malformed` (a quote that is never closed).
 * A row with another number of columns than the header is kept as the array of its texts.
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
  const parsed = await parseRecords(bytes, connection);
  if (typeof parsed === "string") return { kind: "refused", reason: parsed };
  const [header = [], ...records] = parsed;
  if (!isHeader(header, connection.columns)) return { kind: "refused", reason: "file_header" };
  if (records.length !== Number(line[1])) return { kind: "refused", reason: "file_incomplete" };
  return { kind: "whole", sha256, rows: toRows(header, records) };
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

/** The records with the header first, parsed by pieces so that other work of the process goes on. */
async function parseRecords(bytes: Buffer, connection: FileConnection): Promise<string[][] | PullReason> {
  const decoder = new TextDecoder(connection.encoding, { fatal: true });
  async function* pieces(): AsyncGenerator<string> {
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      yield decoder.decode(bytes.subarray(start, start + CHUNK_BYTES), { stream: true });
      await setImmediate();
    }
    yield decoder.decode();
  }
  const parser = parse({
    bom: true,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: RECORD_CHARACTERS_MAX,
  });
  const source = Readable.from(pieces());
  // pipe() leaves the parser open when its source fails, and the loop below would wait for ever.
  source.on("error", (error) => parser.destroy(error));
  const records: string[][] = [];
  try {
    for await (const record of source.pipe(parser)) records.push(record as string[]);
    return records;
  } catch (error) {
    return error instanceof TypeError ? "file_undecodable" : "file_malformed";
  }
}

/** Every expected column once, in any order; further columns are kept with the row. */
function isHeader(header: readonly string[], columns: readonly string[]): boolean {
  return new Set(header).size === header.length && columns.every((column) => header.includes(column));
}

function toRows(header: readonly string[], records: readonly string[][]): PulledRow[] {
  const met = new Map<string, number>();
  return records.map((record, index) => {
    const key = record.join("\u001f");
    const occurrence = (met.get(key) ?? 0) + 1;
    met.set(key, occurrence);
    if (record.length !== header.length) return { raw: record, index, occurrence };
    const raw: Record<string, string> = {};
    for (const [column, name] of header.entries()) raw[name] = record[column] ?? "";
    return { raw, index, occurrence };
  });
}
