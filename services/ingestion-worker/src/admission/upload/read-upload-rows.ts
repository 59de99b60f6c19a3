import { isUtf8 } from "node:buffer";
import { CsvError } from "csv-parse";
import { parseCsv, UndecodableError } from "../../acquisition/parse-csv.ts";
import { readSpreadsheet } from "../../acquisition/spreadsheet/read-spreadsheet.ts";
import { SpreadsheetFault } from "../../acquisition/spreadsheet/spreadsheet-fault.ts";

export const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
export const CSV_TYPE = "text/csv";

export interface UploadRow {
  /** As a spreadsheet program shows it, from 1; blank rows counted. */
  readonly rowNumber: number;
  readonly cells: readonly string[];
}

/** Why an upload cannot be read at all. */
export type UploadFaultCode =
  | "content_expired"
  | "file_encrypted"
  | "file_malformed"
  | "file_too_large"
  | "file_undecodable"
  | "header_missing"
  | "header_repeated"
  | "internal_error"
  | "rows_missing";

export class UploadFault extends Error {
  readonly code: UploadFaultCode;
  constructor(code: UploadFaultCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** 200,000 rows of the template come to about a third of it. */
const UNPACKED_BYTES_MAX = 536_870_912;
/** Room for titles and the header. */
const ROWS_ABOVE = 20;
const CHARSETS: ReadonlyMap<string, string> = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["utf-16le", "utf-16le"],
  ["gbk", "gb18030"],
  ["gb2312", "gb18030"],
  ["gb18030", "gb18030"],
]);
/** How a zip begins, as xlsx is one, and an OLE container, as older workbooks are. */
const WORKBOOK_MARKS = [Buffer.from("504b0304", "hex"), Buffer.from("d0cf11e0a1b11ae1", "hex")];

/** The rows of an uploaded file in groups, the header among them. Throws {@link UploadFault}. */
export async function* readUploadRows(
  bytes: Buffer,
  {
    mediaType,
    charset,
    rowsMax,
  }: { readonly mediaType: string; readonly charset: string | null; readonly rowsMax: number },
): AsyncGenerator<readonly UploadRow[], void, undefined> {
  if (mediaType === XLSX_TYPE) yield* readWorkbookRows(bytes, rowsMax);
  else yield* readCsvRows(bytes, charset, rowsMax);
}

async function* readWorkbookRows(
  bytes: Buffer,
  rowsMax: number,
): AsyncGenerator<readonly UploadRow[], void, undefined> {
  try {
    yield* readSpreadsheet(bytes, 0, { bytesMax: UNPACKED_BYTES_MAX, rowsMax: rowsMax + ROWS_ABOVE });
  } catch (error) {
    if (!(error instanceof SpreadsheetFault)) throw error;
    const code =
      error.code === "encrypted" ? "file_encrypted" : error.code === "too_large" ? "file_too_large" : "file_malformed";
    throw new UploadFault(code, { cause: error });
  }
}

const GROUP_ROWS = 500;

async function* readCsvRows(
  bytes: Buffer,
  charset: string | null,
  rowsMax: number,
): AsyncGenerator<readonly UploadRow[], void, undefined> {
  // A workbook that is called a CSV would only be said to have a wrong encoding.
  if (WORKBOOK_MARKS.some((mark) => bytes.subarray(0, mark.length).equals(mark)))
    throw new UploadFault("file_malformed");
  let group: UploadRow[] = [];
  let rows = 0;
  try {
    for await (const row of parseCsv(bytes, encodingOf(bytes, charset))) {
      if (row.cells.every((cell) => cell.trim() === "")) continue;
      rows += 1;
      if (rows > rowsMax + ROWS_ABOVE) throw new UploadFault("file_too_large");
      group.push(row);
      if (group.length < GROUP_ROWS) continue;
      yield group;
      group = [];
    }
  } catch (error) {
    if (error instanceof UndecodableError) throw new UploadFault("file_undecodable", { cause: error });
    throw error instanceof CsvError ? new UploadFault("file_malformed", { cause: error }) : error;
  }
  if (group.length > 0) yield group;
}

/** As it was said, else UTF-8 where the bytes are, else GB18030. */
function encodingOf(bytes: Buffer, charset: string | null): string {
  if (charset === null) return isUtf8(bytes) ? "utf-8" : "gb18030";
  const encoding = CHARSETS.get(charset.toLowerCase());
  if (encoding === undefined) throw new UploadFault("file_undecodable");
  return encoding;
}
