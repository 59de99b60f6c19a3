import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { definePlatform, type Platform, platformNamed } from "@xueshi/platforms";
import iconv from "iconv-lite";
import { describe, expect, it, onTestFinished } from "vitest";
import { ZipFile } from "yazl";
import { scanFiles } from "./index.ts";
import { writeSpreadsheet } from "./spreadsheet/write-spreadsheet.ts";
import { type CollectedPull, collectPull, createTestContext, NOW_MS } from "./testing/test-context.ts";

const known = platformNamed("zj-natural-resources");
if (known?.connection.transport !== "file") throw new Error("The file platform is not configured.");
const { columns } = known.connection;
const row = (id: string) =>
  [
    id,
    "330899199012180268",
    "李超雨",
    "某单位",
    "2020",
    "职业道德",
    "一般公需科目",
    "2",
    "",
    "2020/02/09",
    "学院",
    "已通过",
  ].concat("2020-03-01 12:08:40");

type Settings = Extract<Parameters<typeof definePlatform>[0]["connection"], { transport: "file" }>;

function platform(settings: Partial<Settings>): Platform {
  const base = {
    transport: "file",
    namePattern: "^data\\.",
    rowsPerPage: 2,
    fileBytesMax: 10_000_000,
    filesMax: 10,
  } as const;
  const format = { kind: "csv", encoding: "utf-8" } as const;
  const arrival = { kind: "settled", seconds: 60 } as const;
  return definePlatform({
    ...(known as Platform),
    plausibility: {},
    connection: { ...base, columns: [...columns], format, arrival, ...settings },
  });
}

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>, ageSeconds = 3_600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xueshi-formats-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const writtenAt = new Date(NOW_MS - ageSeconds * 1_000);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
    await utimes(join(folder, name), writtenAt, writtenAt);
  }
  return folder;
}

const scan = async (
  settings: Partial<Settings>,
  files: Readonly<Record<string, string | Uint8Array>>,
  ageSeconds?: number,
) => collectPull(scanFiles(platform(settings), await folderOf(files, ageSeconds), null, createTestContext()));
const idsOf = (pull: CollectedPull) => pull.rows.map((one) => (one as Record<string, string>).记录号 ?? one);
const csv = (rows: readonly (readonly string[])[], delimiter = ",") =>
  rows.map((one) => `${one.join(delimiter)}\r\n`).join("");
const table = [columns, row("A1"), row("A2"), row("A3")];
const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const workbook = (rows: readonly (readonly string[])[], name = "学时") =>
  buffer(writeSpreadsheet([{ name, widths: [], rows }])) as Promise<Buffer>;

/** As a program keeps a workbook with a password. */
const encrypted = Buffer.concat([
  Buffer.from("d0cf11e0a1b11ae1", "hex"),
  Buffer.alloc(504),
  Buffer.from("EncryptedPackage", "utf16le"),
]);

async function zipped(entries: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream as NodeJS.ReadableStream);
}

/** A zip of one entry with other flags, in the entry's own header and in the directory. */
function withFlags(bytes: Buffer, change: (flags: number) => number): Buffer {
  for (const [mark, place] of [
    ["PK\x03\x04", 6],
    ["PK\x01\x02", 8],
  ] as const) {
    const at = bytes.indexOf(mark, 0, "latin1") + place;
    bytes.writeUInt16LE(change(bytes.readUInt16LE(at)), at);
  }
  return bytes;
}

describe("a table of text", () => {
  it.each<[string, Partial<Settings>, string | Uint8Array]>([
    ["UTF-8", {}, csv(table)],
    ["UTF-8 with its mark", {}, `\ufeff${csv(table)}`],
    ["UTF-16 with its mark, whatever was expected", {}, Buffer.from(`\ufeff${csv(table)}`, "utf16le")],
    ["GBK", { format: { kind: "csv", encoding: "gbk" } }, iconv.encode(csv(table), "gbk")],
    ["GB18030", { format: { kind: "csv", encoding: "gb18030" } }, iconv.encode(csv(table), "gb18030")],
    ["UTF-8 with its mark where GBK was expected", { format: { kind: "csv", encoding: "gbk" } }, `\ufeff${csv(table)}`],
    ["tabs", { format: { kind: "csv", encoding: "utf-8", delimiter: "\t" } }, csv(table, "\t")],
    ["semicolons", { format: { kind: "csv", encoding: "utf-8", delimiter: ";" } }, csv(table, ";")],
    [
      "titles above its header",
      { format: { kind: "csv", encoding: "utf-8", headerRow: 3 } },
      `登记表\r\n2020 年\r\n${csv(table)}`,
    ],
  ])("in %s is read", async (_what, settings, content) => {
    const pull = await scan(settings, { "data.csv": content });
    expect([idsOf(pull), pull.end.outcome]).toEqual([["A1", "A2", "A3"], "complete"]);
    expect(pull.rows[0]).toMatchObject({ 姓名: "李超雨" });
  });

  it.each<[string, Partial<Settings>, string | Uint8Array, string]>([
    ["another encoding than it says", {}, iconv.encode(csv(table), "gbk"), "file_undecodable"],
    ["its header elsewhere", { format: { kind: "csv", encoding: "utf-8", headerRow: 2 } }, csv(table), "file_header"],
    ["more rows than are taken", { rowsMax: 2 }, csv(table), "file_too_large"],
  ])("in %s is refused", async (_what, settings, content, reason) => {
    expect((await scan(settings, { "data.csv": content })).end).toMatchObject({
      outcome: "partial",
      reason,
      rowsSeen: 0,
    });
  });
});

describe("a workbook", () => {
  const xlsx = { format: { kind: "xlsx", sheet: "学时" }, namePattern: "\\.xlsx$" } as const;

  it("is read by its sheet; what is left out at the end of a row is empty", async () => {
    const short = row("B1").slice(0, 5);
    const pull = await scan(xlsx, { "data.xlsx": await workbook([columns, short, row("B2")]) });
    expect(idsOf(pull)).toEqual(["B1", "B2"]);
    expect(pull.rows[0]).toMatchObject({ 年度: "2020", 更新时间: "" });
  });

  it("may have titles above its header, and rows that are longer stay as they are", async () => {
    const settings = { ...xlsx, format: { ...xlsx.format, headerRow: 2 } };
    const pull = await scan(settings, {
      "data.xlsx": await workbook([["登记表"], columns, [...row("B3"), "多", "余"]]),
    });
    expect(pull.rows[0]).toHaveLength(columns.length + 2);
  });

  it("may have a header over two rows of merged cells", async () => {
    const [head, tail] = [columns.slice(0, 3), columns.slice(3)];
    const upper = [...head, "培训", ...tail.slice(1).map(() => "")];
    const lower = [...head.map(() => ""), ...tail];
    const settings = { ...xlsx, format: { ...xlsx.format, headerRow: 2, headerRows: 2 } };
    const pull = await scan(settings, { "data.xlsx": await workbook([["登记表"], upper, lower, row("B4")]) });
    expect(pull.rows).toMatchObject([{ 记录号: "B4", 姓名: "李超雨", 更新时间: "2020-03-01 12:08:40" }]);
    expect((await scan(settings, { "data.xlsx": await workbook([["登记表"], columns]) })).end).toMatchObject({
      outcome: "complete",
      rowsSeen: 0,
    });
  });

  it.each<[string, () => Promise<Buffer>, string]>([
    ["no such sheet", () => workbook(table, "别的"), "file_malformed"],
    ["a password", async () => encrypted, "file_encrypted"],
    ["half of it", async () => (await workbook(table)).subarray(0, 300), "file_malformed"],
  ])("with %s is refused", async (_what, make, reason) => {
    expect((await scan(xlsx, { "data.xlsx": await make() })).end.reason).toBe(reason);
  });
});

describe("a zip", () => {
  const zip = { namePattern: "\\.zip$", entryPattern: "\\.csv$" };

  it("gives its tables in the order of their names, each with its own header", async () => {
    const other = [columns.toReversed(), row("C2").toReversed()];
    const bytes = await zipped({ "二.csv": csv(other), "一.csv": csv([columns, row("C1")]), "readme.txt": "x" });
    expect(idsOf(await scan(zip, { "data.zip": bytes }))).toEqual(["C1", "C2"]);
  });

  it("of a Chinese program has names in GBK", async () => {
    const zipWithPlaceholder = await zipped({ "NAME.csv": csv([columns, row("C3")]) });
    const latin = zipWithPlaceholder
      .toString("latin1")
      .replaceAll("NAME", iconv.encode("学时", "gbk").toString("latin1"));
    const settings = { ...zip, entryPattern: "^学时\\.csv$" };
    // Such programs do not say that names are UTF-8; that of these bytes can be read as UTF-8 all the same.
    const bytes = withFlags(Buffer.from(latin, "latin1"), (flags) => flags & ~0x800);
    expect(idsOf(await scan(settings, { "data.zip": bytes }))).toEqual(["C3"]);
  });

  it("may be of workbooks", async () => {
    const settings = { ...zip, entryPattern: "\\.xlsx$", format: { kind: "xlsx", sheet: 0 } } as const;
    const bytes = await zipped({ "a.xlsx": await workbook([columns, row("C4")]), "b.xlsx": await workbook([columns]) });
    expect(idsOf(await scan(settings, { "data.zip": bytes }))).toEqual(["C4"]);
  });

  it("with a password is refused", async () => {
    const bytes = withFlags(await zipped({ "a.csv": csv(table) }), (flags) => flags | 1);
    expect((await scan(zip, { "data.zip": bytes })).end.reason).toBe("file_encrypted");
  });

  it.each<[string, () => Promise<Buffer>, string]>([
    ["without a table", () => zipped({ "readme.txt": "x" }), "file_malformed"],
    ["of a table that is too large", () => zipped({ "a.csv": "x".repeat(900_000) }), "file_too_large"],
    ["that unpacks to too much", () => zipped({ "a.csv": "x".repeat(3_000_000) }), "file_too_large"],
    ["of one wrong table", () => zipped({ "a.csv": csv(table), "b.csv": "x,y\r\n1,2\r\n" }), "file_header"],
  ])("%s is refused as a whole", async (_what, make, reason) => {
    const pull = await scan(
      { ...zip, fileBytesMax: 800_000, unpackedBytesMax: 1_000_000 },
      { "data.zip": await make() },
    );
    expect([pull.rows, pull.end.reason]).toEqual([[], reason]);
  });
});

describe("what says that a file has arrived", () => {
  it("is time, where nothing else is: one that was written to a moment ago is left for the next scan", async () => {
    expect((await scan({}, { "data.csv": csv(table) }, 59)).end).toMatchObject({
      outcome: "partial",
      reason: "file_incomplete",
    });
    expect((await scan({}, { "data.csv": csv(table) }, 60)).end.outcome).toBe("complete");
  });

  it.each<[string, Settings["arrival"], (digest: string) => string]>([
    ["a list of checksums", { kind: "checksums", file: "SHA256SUMS" }, (digest) => `# list\n${digest}  data.csv\n`],
    [
      "a manifest in JSON",
      {
        kind: "json-manifest",
        file: "SHA256SUMS",
        list: ["files"],
        nameField: "name",
        sha256Field: "sha",
        rowsField: "rows",
      },
      (digest) => JSON.stringify({ files: [{ name: "data.csv", sha: digest.toUpperCase(), rows: 3 }] }),
    ],
  ])("may be %s", async (_what, arrival, write) => {
    const content = csv(table);
    const settings = { arrival };
    const ask = async (files: Record<string, string>) => (await scan(settings, files, 0)).end.reason;
    expect(await ask({ "data.csv": content, SHA256SUMS: write(sha256(content)) })).toBeNull();
    expect(await ask({ "data.csv": content, SHA256SUMS: write(sha256("other")) })).toBe("file_incomplete");
    expect(await ask({ "data.csv": content })).toBe("file_incomplete");
    expect(await ask({ SHA256SUMS: write(sha256(content)) })).toBe("file_incomplete");
    expect(await ask({ "data.csv": content, SHA256SUMS: "{" })).toBe("file_incomplete");
  });

  it("never leads out of the folder: what a list names elsewhere is not taken", async () => {
    const other = await folderOf({ "data.csv": csv(table) });
    const folder = await folderOf({ SHA256SUMS: `${sha256(csv(table))}  ../${basename(other)}/data.csv\n` });
    const settings = { namePattern: "data\\.csv$", arrival: { kind: "checksums", file: "SHA256SUMS" } } as const;
    const pull = await collectPull(scanFiles(platform(settings), folder, null, createTestContext()));
    expect([pull.rows, pull.end.reason]).toEqual([[], "file_incomplete"]);
  });

  it("is not waited for where a pipe lies in the folder", async () => {
    const folder = await folderOf({});
    execFileSync("mkfifo", [join(folder, "data.csv")]);
    const pull = await collectPull(scanFiles(platform({}), folder, null, createTestContext()));
    expect([pull.rows, pull.end.reason]).toEqual([[], "file_incomplete"]);
  });

  it("counts rows where the manifest does", async () => {
    const content = csv(table);
    const arrival = {
      kind: "json-manifest",
      file: "m.json",
      list: [],
      nameField: "n",
      sha256Field: "s",
      rowsField: "r",
    } as const;
    const manifest = (rows: unknown) => JSON.stringify([{ n: "data.csv", s: sha256(content), r: rows }]);
    const ask = async (rows: unknown) =>
      (await scan({ arrival }, { "data.csv": content, "m.json": manifest(rows) })).end.reason;
    expect([await ask(3), await ask(4), await ask("?")]).toEqual([null, "file_incomplete", "file_incomplete"]);
  });
});
