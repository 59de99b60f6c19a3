import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { makeRecords, peopleOf } from "./make-records.ts";

interface BenchRecord {
  readonly recordId: string;
  readonly practitioner: { readonly idNumber: string; readonly name: string };
  readonly title: string;
  readonly provider: string;
  readonly hours: number;
  readonly subject: string;
  readonly obtainedOn: string;
}

const PART_ROWS = 5_000;
const HEADER = ["记录号", "身份证号", "姓名", "培训项目", "培训机构", "学时", "科目类别", "结束日期"];
const WORDS: Readonly<Record<string, string>> = {
  professional: "专业科目",
  industry_common: "行业公需",
  general_common: "一般公需",
};
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** Writes an xlsx of so many rows, as a spreadsheet program fills the template: texts, and hours as numbers. */
export async function writeWorkbook(file: string, firstPerson: number, rows: number): Promise<void> {
  const zip = new ZipFile();
  const add = (name: string, text: string) => zip.addBuffer(Buffer.from(text), name);
  add("_rels/.rels", relation("officeDocument", "xl/workbook.xml"));
  add("xl/_rels/workbook.xml.rels", relation("worksheet", "sheet.xml"));
  add(
    "xl/workbook.xml",
    `<workbook xmlns:r="${RELATIONS}"><sheets><sheet name="学时" sheetId="1" r:id="r1"/></sheets></workbook>`,
  );
  zip.addReadStream(Readable.from(sheet(firstPerson, rows)), "xl/sheet.xml");
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file, { mode: 0o600 }));
}

function relation(type: string, target: string): string {
  return `<Relationships><Relationship Id="r1" Type="${RELATIONS}/${type}" Target="${target}"/></Relationships>`;
}

function* sheet(firstPerson: number, rows: number): Generator<string> {
  yield `<worksheet><sheetData><row>${HEADER.map(textCell).join("")}</row>`;
  for (let from = 0; from < rows; from += PART_ROWS) {
    const records = makeRecords(firstPerson + peopleOf(from), Math.min(PART_ROWS, rows - from)) as BenchRecord[];
    yield records.map(toRow).join("");
  }
  yield "</sheetData></worksheet>";
}

function toRow({ recordId, practitioner, title, provider, hours, subject, obtainedOn }: BenchRecord): string {
  const before = [recordId, practitioner.idNumber, practitioner.name, title, provider].map(textCell).join("");
  const after = [WORDS[subject] ?? subject, obtainedOn].map(textCell).join("");
  return `<row>${before}<c><v>${hours}</v></c>${after}</row>`;
}

function textCell(text: string): string {
  return `<c t="inlineStr"><is><t>${text}</t></is></c>`;
}
