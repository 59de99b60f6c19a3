import type { FileConnection } from "@xueshi/platforms";
import { parseCsv } from "./parse-csv.ts";
import { openArchive } from "./spreadsheet/open-archive.ts";
import { readSpreadsheet } from "./spreadsheet/read-spreadsheet.ts";
import { SpreadsheetFault } from "./spreadsheet/spreadsheet-fault.ts";

const ENTRIES_MAX = 10_000;

/** A record of a table, with the header of its table; the header itself comes first, as a record of its own. */
export interface TableRecord {
  readonly header: readonly string[];
  readonly isHeader: boolean;
  readonly cells: readonly string[];
}

/**
 * The records of a file: of the table it is, or of the tables in it, in the order of their names.
 * Throws UndecodableError, csv-parse's CsvError, and {@link SpreadsheetFault}; a zip without a table is `malformed`.
 */
export async function* readTables(
  bytes: Buffer,
  connection: FileConnection,
): AsyncGenerator<TableRecord, void, undefined> {
  if (connection.entryPattern === null) {
    yield* readTable(bytes, connection);
    return;
  }
  const { unpackedBytesMax: bytesMax } = connection;
  const archive = await openArchive(bytes, { entriesMax: ENTRIES_MAX, bytesMax });
  const pattern = new RegExp(connection.entryPattern, "u");
  const names = archive.names.filter((name) => pattern.test(name)).toSorted();
  if (names.length === 0) throw new SpreadsheetFault("malformed");
  for (const name of names) {
    const chunks = await archive.open(name, connection.fileBytesMax);
    if (chunks !== null) yield* readTable(await collect(chunks), connection);
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return Buffer.concat(pieces);
}

async function* readTable(bytes: Buffer, connection: FileConnection): AsyncGenerator<TableRecord, void, undefined> {
  const { headerRow, headerRows } = connection.format;
  let header: readonly string[] = [];
  let isSeen = false;
  for await (const { position, cells } of recordsOf(bytes, connection)) {
    if (position < headerRow) continue;
    if (header.length === 0 || position < headerRow + headerRows) {
      header = lowerTexts(header, cells);
      continue;
    }
    if (!isSeen) yield { header, isHeader: true, cells: header };
    isSeen = true;
    yield { header, isHeader: false, cells };
  }
  if (!isSeen && header.length > 0) yield { header, isHeader: true, cells: header };
}

/** The names of columns whose header spans rows: the lowest text, so that of merged cells the one that has it counts. */
function lowerTexts(upper: readonly string[], lower: readonly string[]): readonly string[] {
  const names = Array.from({ length: Math.max(upper.length, lower.length) }, (_, place) => lower[place] ?? "");
  return names.map((name, place) => (name === "" ? (upper[place] ?? "") : name));
}

interface Positioned {
  /** From 1. */
  readonly position: number;
  readonly cells: readonly string[];
}

async function* recordsOf(bytes: Buffer, connection: FileConnection): AsyncGenerator<Positioned, void, undefined> {
  const { format, unpackedBytesMax: bytesMax } = connection;
  // Room for the header and the titles above it.
  const rowsMax = connection.rowsMax + format.headerRow + format.headerRows - 1;
  if (format.kind === "xlsx") {
    const limits = { bytesMax, rowsMax };
    for await (const rows of readSpreadsheet(bytes, format.sheet, limits)) {
      for (const { rowNumber, cells } of rows) yield { position: rowNumber, cells };
    }
    return;
  }
  let position = 0;
  for await (const { cells } of parseCsv(bytes, format.encoding, format.delimiter)) {
    position += 1;
    if (position > rowsMax) throw new SpreadsheetFault("too_large");
    yield { position, cells };
  }
}
