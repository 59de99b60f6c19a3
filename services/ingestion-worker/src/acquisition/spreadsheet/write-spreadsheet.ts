import { Readable } from "node:stream";
import { ZipFile } from "yazl";

/** A sheet to write: every cell is a text, so that ids keep their zeros and nothing is a formula. */
export interface SheetToWrite {
  readonly name: string;
  /** Widths of the columns from A on, in characters. */
  readonly widths: readonly number[];
  readonly rows: Iterable<readonly string[]>;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const PART_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
/** The same bytes for the same content, whenever it is written. */
const WRITTEN_AT = new Date(Date.UTC(2020, 0, 1));

/** An xlsx file (ECMA-376) as a stream; rows are asked for as they are written. */
export function writeSpreadsheet(sheets: readonly SheetToWrite[]): Readable {
  const zip = new ZipFile();
  const add = (name: string, text: string) =>
    zip.addBuffer(Buffer.from(DECLARATION + text), name, { mtime: WRITTEN_AT });
  add("[Content_Types].xml", contentTypes(sheets.length));
  add("_rels/.rels", relations([{ id: "rId1", type: "officeDocument", target: "xl/workbook.xml" }]));
  add("xl/workbook.xml", workbook(sheets));
  const parts = sheets.map((_, index) => ({
    id: `rId${index + 1}`,
    type: "worksheet",
    target: `worksheets/sheet${index + 1}.xml`,
  }));
  const styles = { id: `rId${sheets.length + 1}`, type: "styles", target: "styles.xml" };
  add("xl/_rels/workbook.xml.rels", relations([...parts, styles]));
  add("xl/styles.xml", STYLES);
  for (const [index, sheet] of sheets.entries()) {
    zip.addReadStream(Readable.from(sheetTexts(sheet)), `xl/worksheets/sheet${index + 1}.xml`, { mtime: WRITTEN_AT });
  }
  zip.end();
  return zip.outputStream as Readable;
}

/** Format 49 is text: what a person types into such a cell stays as typed. */
const STYLES = `<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="49" applyNumberFormat="1"/></cellXfs></styleSheet>`;

function* sheetTexts({ widths, rows }: SheetToWrite): Generator<string> {
  const columns = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" style="1" customWidth="1"/>`,
  );
  yield `${DECLARATION}<worksheet xmlns="${MAIN}">${columns.length > 0 ? `<cols>${columns.join("")}</cols>` : ""}<sheetData>`;
  let rowNumber = 0;
  for (const row of rows) {
    rowNumber += 1;
    const cells = row.map(
      (text) => `<c s="1" t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`,
    );
    yield `<row r="${rowNumber}">${cells.join("")}</row>`;
  }
  yield "</sheetData></worksheet>";
}

function workbook(sheets: readonly SheetToWrite[]): string {
  const listed = sheets.map(
    ({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${listed.join("")}</sheets></workbook>`;
}

function relations(list: readonly { id: string; type: string; target: string }[]): string {
  const written = list.map(
    ({ id, type, target }) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${written.join("")}</Relationships>`;
}

function contentTypes(sheets: number): string {
  const parts = Array.from(
    { length: sheets },
    (_, index) =>
      `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${PART_TYPE}.worksheet+xml"/>`,
  );
  return `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${PART_TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${PART_TYPE}.styles+xml"/>${parts.join("")}</Types>`;
}

/** Characters that XML cannot hold at all are left out. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll(/_(?=x[0-9a-f]{4}_)/gi, "_x005F_")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
