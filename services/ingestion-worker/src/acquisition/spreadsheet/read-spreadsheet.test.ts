import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, test } from "vitest";
import { ZipFile } from "yazl";
import { numberText, timeText } from "./cell-text.ts";
import { numberMeaning } from "./number-format.ts";
import type { SheetRow } from "./read-sheet-rows.ts";
import { readSpreadsheet } from "./read-spreadsheet.ts";
import { SpreadsheetFault } from "./spreadsheet-fault.ts";
import { TextStore } from "./text-store.ts";
import { writeSpreadsheet } from "./write-spreadsheet.ts";

const LIMITS = { bytesMax: 50_000_000, rowsMax: 10_000 };

async function read(bytes: Buffer, sheet: string | number = 0, limits = LIMITS): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const group of readSpreadsheet(bytes, sheet, limits)) rows.push(...group);
  return rows;
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "read",
    (error: unknown) => (error instanceof SpreadsheetFault ? error.code : String(error)),
  );
}

const written = (rows: readonly (readonly string[])[]) =>
  buffer(writeSpreadsheet([{ name: "一", widths: [], rows }])) as Promise<Buffer>;

const relations = (...parts: readonly (readonly [type: string, target: string])[]) =>
  `<Relationships>${parts.map(([type, target], index) => `<Relationship Id="rId${index + 1}" Type="x/${type}" Target="${target}"/>`).join("")}</Relationships>`;
const STYLED = relations(["worksheet", "/xl/s.xml"], ["styles", "/xl/y.xml"]);
/** Text that does not become small in a zip. */
const noise = (length: number) =>
  Array.from({ length: length / 10 }, (_, index) =>
    ((index * 2_654_435_761) % 2 ** 32).toString(36).padStart(10, "a"),
  ).join("");
/** The smallest workbook there is. */
const MINIMAL = {
  "_rels/.rels": relations(["officeDocument", "xl/workbook.xml"]),
  "xl/_rels/workbook.xml.rels": relations(["worksheet", "/xl/s.xml"]),
  "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="一" r:id="rId1"/></sheets></workbook>',
  "xl/s.xml": "<worksheet><sheetData/></worksheet>",
};

/** A container of the older kind with one stream. */
const ole = (stream: string) =>
  Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(504), Buffer.from(stream, "utf16le")]);

/** The smallest workbook with some of its parts given. */
async function archive(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries({ ...MINIMAL, ...parts })) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream as NodeJS.ReadableStream);
}

const SHARING = relations(["worksheet", "/xl/s.xml"], ["sharedStrings", "/xl/t.xml"]);
const RUN = `<r><t>${"长".repeat(1_000)}</t></r>`;

/** A workbook that is stored without compression, with one digit of a cell changed afterwards. */
async function damaged(): Promise<Buffer> {
  const zip = new ZipFile();
  const parts = {
    ...MINIMAL,
    "xl/s.xml": "<worksheet><sheetData><row><c><v>1234</v></c></row></sheetData></worksheet>",
  };
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name, { compress: false });
  zip.end();
  const bytes = await buffer(zip.outputStream as NodeJS.ReadableStream);
  bytes.write("9", bytes.indexOf("1234"));
  return bytes;
}

const sheet = (rows: string) => archive({ "xl/s.xml": `<worksheet><sheetData>${rows}</sheetData></worksheet>` });

describe("a workbook of a spreadsheet program", () => {
  // hours.xlsx was made by LibreOffice 7.4 Calc; its people are fictional.
  const file = readFileSync(join(import.meta.dirname, "testing/hours.xlsx"));

  it("reads typed cells as a person sees them", async () => {
    const rows = await read(file);
    expect(rows.map(({ rowNumber }) => rowNumber)).toEqual([1, 2, 3, 4, 6]);
    expect(rows[0]?.cells[0]).toBe("继续教育学时登记表");
    expect(rows.slice(2).map(({ cells }) => cells)).toEqual([
      ["XJ-1", "330899198003070011", "王伟", "测绘新技术", "衢州学院", "1.5", "专业科目", "2020-03-02"],
      // An id in a cell of numbers has lost its last digits; it must not look like an id.
      [
        "XJ-2",
        "3.30899198003070E+17",
        "王　伟",
        "A&B “引号”, 逗号",
        "衢州学院",
        "1.6",
        "专业科目",
        "2020-12-31 16:00:00",
        "=1+1",
      ],
      ["XJ-3", "33089919800307001X", "李雷", "第3期", "衢州学院", "0.1", "一般公需", "2019-01-01", "8"],
    ]);
  });

  it("reads a sheet by its name, and says when there is none", async () => {
    expect((await read(file, "文本"))[1]?.cells.slice(0, 2)).toEqual(["XT-1", "330899198003070011"]);
    expect(await faultOf(read(file, "别的"))).toBe("sheet_missing");
    expect(await faultOf(read(file, 7))).toBe("sheet_missing");
  });
});

test("what is written reads back the same, whatever is in it", async () => {
  const rows = [
    ["=1+1", "<&>\"'", " 空 格 "],
    ["", "𠮷", "\u0007bell"],
    ["", "", ""],
    ["x", "", "_x000D_"],
  ];
  const back = await read(await written(rows));
  expect(back.map(({ rowNumber, cells }) => [rowNumber, ...cells])).toEqual([
    [1, "=1+1", "<&>\"'", " 空 格 "],
    [2, "", "𠮷", "bell"],
    [4, "x", "", "_x000D_"],
  ]);
});

describe("cells", () => {
  it("are read by their type: booleans, errors, inline and rich text, dates as text", async () => {
    const bytes = await sheet(
      '<row><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="inlineStr"><is><r><t>学</t></r><r><t>时</t></r><rPh><t>xs</t></rPh></is></c>' +
        '<c t="d"><v>2020-03-02T00:00:00</v></c><c t="str"><f>A1</f><v>文_x000D_\n_x005F_x0041_</v></c><c r="H1"><v>7</v></c><c r="J1"/><c r="XFD1" s="1"/></row>',
    );
    expect((await read(bytes))[0]?.cells).toEqual([
      "TRUE",
      "#REF!",
      "学时",
      "2020-03-02",
      "文\r\n_x0041_",
      "",
      "",
      "7",
    ]);
  });

  it.each([
    ["0.1", "0.1"],
    ["0.30000000000000004", "0.3"],
    ["1.5000000000000002", "1.5"],
    ["8", "8"],
    ["100", "100"],
    ["1E-7", "0.0000001"],
    ["330899198003070011", "3.30899198003070E+17"],
    ["", ""],
    ["x", "x"],
  ])("the number %s is %s", (number, text) => expect(numberText(number)).toBe(text));

  it.each<[string, boolean, string]>([
    ["1", false, "1900-01-01"],
    ["59", false, "1900-02-28"],
    ["60", false, "1900-02-29"],
    ["61", false, "1900-03-01"],
    ["43891", false, "2020-03-01"],
    ["43891.75", false, "2020-03-01 18:00:00"],
    ["43891.999999", false, "2020-03-02"],
    ["42429", true, "2020-03-01"],
    ["-1", false, "-1"],
    ["0.5", false, "12:00:00"],
    ["2958465", false, "9999-12-31"],
    ["2958466", false, "2958466"],
    ["2957003", true, "9999-12-31"],
    ["2957004", true, "2957004"],
  ])("day %s (from 1904: %s) is %s", (serial, is1904, text) => expect(timeText(serial, is1904)).toBe(text));

  it.each<[number, string | null, string]>([
    [14, null, "time"],
    [31, null, "time"],
    [0, null, "number"],
    [49, null, "number"],
    [164, 'yyyy"年"m"月"d"日"', "time"],
    [164, "[$-804]yyyy/m/d;@", "time"],
    [164, "[h]:mm", "time"],
    [164, '0.00"学时"', "number"],
    [164, "[Red]0.0_);\\d0", "number"],
    [164, "General", "number"],
  ])("format %i %s is a %s", (id, code, meaning) => expect(numberMeaning(id, code)).toBe(meaning));
});

describe("what is no workbook, or too much of one", () => {
  it.each<[string, () => Promise<Buffer>, string]>([
    ["a text", async () => Buffer.from("记录号,身份证号"), "malformed"],
    ["nothing", async () => Buffer.alloc(0), "malformed"],
    ["an encrypted workbook", async () => ole("EncryptedPackage"), "encrypted"],
    ["a workbook of before 2007", async () => ole("Workbook"), "malformed"],
    ["a zip of something else", () => archive({ "_rels/.rels": "<x/>" }), "malformed"],
    ["half a zip", async () => (await written([["x"]])).subarray(0, 700), "malformed"],
    ["broken XML", () => sheet("<row><c>"), "malformed"],
    ["no UTF-8", () => archive({ "xl/s.xml": Buffer.from([0x3c, 0xff, 0xfe]) }), "malformed"],
    [
      "an entity of its own",
      () => archive({ "xl/s.xml": '<!DOCTYPE x [<!ENTITY e "y">]><worksheet>&e;</worksheet>' }),
      "malformed",
    ],
    ["elements in elements in …", () => sheet("<a>".repeat(100)), "malformed"],
    ["rows that go back", () => sheet('<row r="3"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row>'), "malformed"],
    [
      "a cell of a book",
      () => sheet(`<row><c t="inlineStr"><is><t>${"长".repeat(40_000)}</t></is></c></row>`),
      "too_large",
    ],
    ["columns without end", () => sheet('<row><c r="ZZZ1"><v>1</v></c></row>'), "malformed"],
    ["a row that no sheet has", () => sheet('<row r="3000000000"><c><v>1</v></c></row>'), "malformed"],
    ["a shared text that is not there", () => sheet('<row><c t="s"><v>7</v></c></row>'), "malformed"],
    ["a checksum that does not match", () => damaged(), "malformed"],
    [
      "a shared text of runs without end",
      () => archive({ "xl/_rels/workbook.xml.rels": SHARING, "xl/t.xml": `<sst><si>${RUN.repeat(200)}</si></sst>` }),
      "too_large",
    ],
    ["many columns", () => sheet('<row><c r="XFD1"><v>1</v></c></row>'), "too_large"],
    ["a text without end", () => sheet(`<row><c t="str"><v>${noise(3_000_000)}</v></c></row>`), "too_large"],
    ["a tag without end", () => sheet(`<row a="${noise(3_000_000)}"/>`), "too_large"],
    ["a comment without end", () => sheet(`<!--${noise(3_000_000)}-->`), "too_large"],
    [
      "styles without end",
      () => archive({ "xl/_rels/workbook.xml.rels": STYLED, "xl/y.xml": noise(17_000_000) }),
      "too_large",
    ],
    ["a bomb", () => archive({ "xl/s.xml": Buffer.alloc(12_000_000, 0x20) }), "too_large"],
  ])("%s is refused", async (_what, make, code) => expect(await faultOf(read(await make()))).toBe(code));

  it("rows are counted", async () => {
    const rows = Array.from({ length: 11 }, (_, index) => [String(index)]);
    expect(await faultOf(read(await written(rows), 0, { ...LIMITS, rowsMax: 10 }))).toBe("too_large");
  });
});

test("a store of texts gives back what was put in, and takes no more than it may", () => {
  const store = new TextStore(3_000_000);
  const texts = Array.from({ length: 5_000 }, (_, index) => "学".repeat(index % 70) + index);
  for (const text of texts) store.add(text);
  store.add("长".repeat(500_000));
  expect(texts.map((_, index) => store.get(index))).toEqual(texts);
  expect([store.get(5_000)?.length, store.get(5_001), store.get(-1), store.get(0.5)]).toEqual([
    500_000,
    null,
    null,
    null,
  ]);
  expect(() => store.add("x".repeat(2_000_000))).toThrow(SpreadsheetFault);
  const empty = new TextStore(1_000);
  expect(() => Array.from({ length: 100 }, () => empty.add(""))).toThrow(SpreadsheetFault);
});
