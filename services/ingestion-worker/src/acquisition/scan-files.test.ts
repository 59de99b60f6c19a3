import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileConnection, type Platform, platformNamed } from "@xueshi/platforms";
import iconv from "iconv-lite";
import { describe, expect, it, onTestFinished } from "vitest";
import { scanFiles } from "./index.ts";
import { type CollectedPull, collectPull, createTestContext, NOW_MS } from "./testing/test-context.ts";

const files = platformNamed("zj-natural-resources");
if (files?.connection.transport !== "file") throw new Error("The file platform is not configured.");
const { connection } = files;
const HEADER = connection.columns.join(",");
const line = (id: string, title = "职业道德") =>
  `${id},330899199012180268,李超雨,某单位,2020,${title},一般公需科目,2,,2020/02/09,学院,已通过,2020-03-01 12:08:40`;

function smallPages(settings: Partial<FileConnection> = {}): Platform {
  if (files === null) throw new Error("The file platform is not configured.");
  return { ...files, connection: { ...connection, rowsPerPage: 2, ...settings } };
}

async function createFolder() {
  const folder = await mkdtemp(join(tmpdir(), "xueshi-export-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const put = async (month: string, content: string | Buffer, ready?: { rows?: number; sha256?: string } | null) => {
    const bytes = typeof content === "string" ? iconv.encode(content, "gb18030") : content;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const name = `export-${month}.csv`;
    await writeFile(join(folder, name), bytes);
    const rows = ready?.rows ?? content.toString().trim().split("\r\n").length - 1;
    if (ready !== null) await writeFile(join(folder, `${name}.ok`), `${rows} ${ready?.sha256 ?? sha256}\n`);
    return sha256;
  };
  return { folder, put };
}

const csv = (...lines: string[]) => [HEADER, ...lines, ""].join("\r\n");
const scan = (folder: string, cursor: unknown = null, platform = smallPages(), context = createTestContext()) =>
  collectPull(scanFiles(platform, folder, cursor, context));
const idsOf = (pull: CollectedPull) => pull.rows.map((row) => (row as Record<string, string>).记录号);

describe("a folder of export files", () => {
  it("is taken file by file in order; the cursor names a file only with its last page", async () => {
    const { folder, put } = await createFolder();
    const february = await put("202002", csv(line("NR4")));
    const january = await put("202001", csv(line("NR1"), line("NR2"), line("NR3")));
    const { pages, end, rows } = await scan(folder);
    expect(rows[0]).toMatchObject({ 记录号: "NR1", 姓名: "李超雨", 科目类别: "一般公需科目", 开始日期: "" });
    expect(pages.map((page) => [page.rows.length, page.file?.name, page.file?.isLastPage, page.cursorAfter])).toEqual([
      [2, "export-202001.csv", false, { files: {} }],
      [1, "export-202001.csv", true, { files: { "export-202001.csv": january } }],
      [1, "export-202002.csv", true, { files: { "export-202001.csv": january, "export-202002.csv": february } }],
    ]);
    expect(JSON.parse(Buffer.from(pages[1]?.body ?? []).toString())).toEqual([rows[2]]);
    expect(end).toMatchObject({
      outcome: "complete",
      reason: null,
      rowsSeen: 4,
      startedAtMs: NOW_MS,
      refusedFiles: [],
    });
  });

  it("is not taken again until a file changes", async () => {
    const { folder, put } = await createFolder();
    await put("202001", csv(line("NR1")));
    await put("202002", csv(line("NR2")));
    const first = await scan(folder);
    const second = await scan(folder, first.cursor);
    expect(second.end).toMatchObject({ outcome: "complete", rowsSeen: 0, pages: 0 });
    await put("202001", csv(line("NR1"), line("NR9")));
    const third = await scan(folder, first.cursor);
    expect(idsOf(third)).toEqual(["NR1", "NR9"]);
    expect(Object.keys((third.cursor as { files: object }).files)).toEqual(["export-202001.csv", "export-202002.csv"]);
  });

  it("numbers equal rows within the file, the same again when it is taken again", async () => {
    const { folder, put } = await createFolder();
    await put("202001", csv(line("NR1"), line("NR2"), line("NR1"), line("NR1", "另一课程")));
    const once = await scan(folder);
    expect(idsOf(once)).toEqual(["NR1", "NR2", "NR1", "NR1"]);
    expect((await scan(folder)).rows).toEqual(once.rows);
  });
});

describe("failure 15: a file that has not fully arrived", () => {
  it.each([
    ["has no ready line", null],
    ["has another number of rows", { rows: 2 }],
    ["has another digest", { sha256: "0".repeat(64) }],
    ["has a ready line that is none", { sha256: "soon" }],
  ])("%s: nothing of it is taken, later files are, and the scan is partial", async (_name, ready) => {
    const { folder, put } = await createFolder();
    await put("202001", csv(line("NR1")));
    await put("202002", csv(line("NR2"), line("NR3"), line("NR4")), ready);
    await put("202003", csv(line("NR5")));
    const collected = await scan(folder);
    expect(idsOf(collected)).toEqual(["NR1", "NR5"]);
    expect(collected.end).toMatchObject({
      outcome: "partial",
      reason: "file_incomplete",
      refusedFiles: [{ name: "export-202002.csv", reason: "file_incomplete" }],
    });
    expect(Object.keys((collected.cursor as { files: object }).files)).not.toContain("export-202002.csv");
    const again = await scan(folder, collected.cursor);
    expect(again.end).toMatchObject({ outcome: "partial", rowsSeen: 0 });
    await put("202002", csv(line("NR2"), line("NR3"), line("NR4")));
    const whole = await scan(folder, collected.cursor);
    expect(idsOf(whole)).toEqual(["NR2", "NR3", "NR4"]);
    expect(whole.end.outcome).toBe("complete");
  });

  it("is also one whose ready line came first, and one that was taken and is being replaced", async () => {
    const { folder, put } = await createFolder();
    await put("202001", csv(line("NR1")));
    const first = await scan(folder);
    await writeFile(join(folder, "export-202002.csv.ok"), `1 ${"0".repeat(64)}`);
    await writeFile(join(folder, "export-202001.csv"), "half");
    const second = await scan(folder, first.cursor);
    expect(second.end).toMatchObject({ outcome: "partial", reason: "file_incomplete", rowsSeen: 0 });
    expect(second.end.refusedFiles.map((file) => file.name)).toEqual(["export-202001.csv", "export-202002.csv"]);
  });

  it("in an empty or missing folder the scan fails: no files are no news", async () => {
    const { folder } = await createFolder();
    expect((await scan(folder)).end).toMatchObject({ outcome: "failed", reason: "list_empty" });
    expect((await scan(join(folder, "none"))).end).toMatchObject({ outcome: "failed", reason: "folder_unreadable" });
  });
});

describe("the content of a file", () => {
  it("is decoded strictly: one byte that GB18030 does not know refuses the file", async () => {
    const { folder, put } = await createFolder();
    const bytes = iconv.encode(csv(line("NR1")), "gb18030");
    await put("202001", Buffer.concat([bytes, Buffer.from([0xff, 0x0d, 0x0a])]), { rows: 2 });
    await put("202002", Buffer.concat([bytes, Buffer.from([0xb0])]), { rows: 2 });
    const { end } = await scan(folder);
    expect(end.refusedFiles.map((file) => file.reason)).toEqual(["file_undecodable", "file_undecodable"]);
  });

  it("may hold four-byte characters, quotes, commas and line breaks (RFC 4180)", async () => {
    const { folder, put } = await createFolder();
    const quoted = line("NR1", '"𠮷,""新""\r\n技术"');
    await put("202001", csv(quoted, line("NR2")), { rows: 2 });
    const { rows, end } = await scan(folder);
    expect(end.outcome).toBe("complete");
    expect(rows[0]).toMatchObject({ 培训项目: '𠮷,"新"\r\n技术' });
  });

  it("keeps a row with a wrong number of columns as it is, so that it is not lost", async () => {
    const { folder, put } = await createFolder();
    await put("202001", csv(line("NR1"), "NR2,短", `${line("NR3")},多`));
    const { rows, end } = await scan(folder);
    expect(end.outcome).toBe("complete");
    expect(rows[1]).toEqual(["NR2", "短"]);
    expect(rows[2]).toHaveLength(14);
  });

  it("may have its columns in another order, and more of them", async () => {
    const { folder, put } = await createFolder();
    const header = ["备注", ...connection.columns].join(",");
    await put("202001", `${header}\r\n无,${line("NR1")}\r\n`, { rows: 1 });
    const { rows } = await scan(folder);
    expect(rows[0]).toMatchObject({ 备注: "无", 记录号: "NR1", 更新时间: "2020-03-01 12:08:40" });
  });

  it.each([
    ["a missing column", `${HEADER.replace(",学时", "")}\r\n${line("NR1")}\r\n`, "file_header"],
    ["a column twice", `${HEADER},姓名\r\n${line("NR1")},x\r\n`, "file_header"],
    ["nothing at all", "", "file_header"],
    ["a quote that is never closed", csv(line("NR1", '"开')), "file_malformed"],
  ])("with %s is refused as %s", async (_name, content, reason) => {
    const { folder, put } = await createFolder();
    await put("202001", content, { rows: 1 });
    const { end } = await scan(folder);
    expect(end).toMatchObject({ outcome: "partial", reason, rowsSeen: 0 });
  });

  it("beyond the bound is not read", async () => {
    const { folder, put } = await createFolder();
    await put("202001", csv(line("NR1")));
    const { end } = await scan(folder, null, smallPages({ fileBytesMax: 100 }));
    expect(end).toMatchObject({ outcome: "partial", reason: "file_too_large" });
    const many = await scan(folder, null, smallPages({ filesMax: 0 }));
    expect(many.end).toMatchObject({ outcome: "failed", reason: "files_too_many" });
  });

  it("without rows counts as taken", async () => {
    const { folder, put } = await createFolder();
    const sha256 = await put("202001", csv());
    const { cursor, end } = await scan(folder);
    expect(cursor).toEqual({ files: { "export-202001.csv": sha256 } });
    expect(end.outcome).toBe("complete");
  });

  it("is left where it is when the process shuts down", async () => {
    const { folder, put } = await createFolder();
    await put("202001", csv(line("NR1")));
    const { end } = await scan(folder, null, smallPages(), createTestContext(AbortSignal.abort()));
    expect(end).toMatchObject({ outcome: "failed", reason: "aborted" });
  });
});
