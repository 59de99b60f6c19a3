import { buffer } from "node:stream/consumers";
import { writeSpreadsheet } from "../../acquisition/spreadsheet/write-spreadsheet.ts";
import { UPLOAD_COLUMNS } from "./upload-columns.ts";

const HEADERS = UPLOAD_COLUMNS.map(({ header }) => header);

/** The template as an xlsx file: an empty sheet of text cells with its header, and one that explains the columns. */
export async function writeXlsxTemplate(): Promise<Buffer> {
  const widths = UPLOAD_COLUMNS.map(({ widthCharacters }) => widthCharacters);
  const explained = UPLOAD_COLUMNS.map(({ header, isRequired, explanation, example }) => [
    header,
    isRequired ? "必填" : "选填",
    explanation,
    example,
  ]);
  return buffer(
    writeSpreadsheet([
      { name: "学时", widths, rows: [HEADERS] },
      { name: "填写说明", widths: [14, 8, 60, 24], rows: [["列", "是否必填", "说明", "示例"], ...explained] },
    ]),
  );
}

/** The template as CSV, in UTF-8 with its mark, so that spreadsheet programs read it right. */
export function writeCsvTemplate(): Buffer {
  return Buffer.from(`\ufeff${HEADERS.join(",")}\r\n`);
}
