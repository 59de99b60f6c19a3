import { hash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import iconv from "iconv-lite";
import { breakExport, type FileFaultKind } from "./file-faults.ts";

/** The columns of an export, in order. */
export const exportColumns = [
  "记录号",
  "身份证号",
  "姓名",
  "单位",
  "年度",
  "培训项目",
  "科目类别",
  "学时",
  "开始日期",
  "结束日期",
  "培训机构",
  "审核状态",
  "更新时间",
] as const;

export type ExportRow = Record<(typeof exportColumns)[number], string>;

/** What has not fully arrived when the simulators start; files are named `export-YYYYMM.csv`. */
export type DropOptions = {
  /** Files whose `.ok` is missing. */
  holdBackOk?: readonly string[];
  /** Files of which only so many bytes are there, beside an `.ok` for the whole. */
  truncate?: Readonly<Record<string, number>>;
  /** Files that are not there at all. */
  holdBack?: readonly string[];
};

export type NaturalResourcesDrop = {
  /** The folder to read. */
  directory: string;
  /** False where the feed's own folder is served. */
  isWritable: boolean;
  /** The names of the feed's exports, oldest first, whether delivered or not. */
  files: readonly string[];
  /** Brings a file and its `.ok` whole: as `deliverRows` made it last, else as in the feed. */
  deliver: (file: string) => Promise<void>;
  /** Takes a file's `.ok` away again. */
  holdBackOk: (file: string) => Promise<void>;
  /** Leaves only the first `bytesKept` bytes of a file; its `.ok` stays. */
  truncate: (file: string, bytesKept: number) => Promise<void>;
  /** Takes a file and its `.ok` away. */
  remove: (file: string) => Promise<void>;
  /** Writes a new or another export from rows (GB18030, CRLF) and its `.ok`. */
  deliverRows: (file: string, rows: readonly ExportRow[]) => Promise<void>;
  /** The exports that are there, whole or not, oldest first. */
  arrived: () => Promise<string[]>;
  /** Leaves a file as a fault would; `deliver` brings it whole. */
  misdeliver: (file: string, kind: FileFaultKind, salt: number) => Promise<void>;
};

const EXPORT_NAME = /^export-[0-9]{6}\.csv$/;

/**
 * The folder of exports. With `exportDir` the feed is copied there and can be changed; without it the feed's own
 * folder is served, read-only.
 * @throws Error when an option or call names a file that is not in the feed, or would change the feed itself.
 */
export async function openNaturalResourcesDrop(
  feedsDir: string,
  exportDir: string | null,
  options: DropOptions = {},
): Promise<NaturalResourcesDrop> {
  const source = join(feedsDir, "zj-natural-resources");
  const files = (await readdir(source)).filter((name) => EXPORT_NAME.test(name)).toSorted();
  const drop = createDrop(source, exportDir, files);
  const truncated = new Map(Object.entries(options.truncate ?? {}));
  const heldBack = new Set(options.holdBack);
  const okHeldBack = new Set(options.holdBackOk);
  const named = [...truncated.keys(), ...heldBack, ...okHeldBack];
  for (const file of named) requireKnown(files, file);
  if (exportDir === null) return named.length === 0 ? drop : refuseReadOnly();
  await mkdir(exportDir, { recursive: true });
  for (const file of files) {
    const bytesKept = truncated.get(file);
    if (heldBack.has(file)) {
      await drop.remove(file);
      continue;
    }
    if (okHeldBack.has(file)) await drop.holdBackOk(file);
    if (bytesKept === undefined) await copyChanged(source, exportDir, file);
    else await drop.truncate(file, bytesKept);
    if (!okHeldBack.has(file)) await copyChanged(source, exportDir, `${file}.ok`);
  }
  return drop;
}

function createDrop(source: string, exportDir: string | null, files: readonly string[]): NaturalResourcesDrop {
  const writable = (): string => exportDir ?? refuseReadOnly();
  const made = new Map<string, { csv: Buffer; ok: Buffer }>();
  const readWhole = async (file: string): Promise<{ csv: Buffer; ok: Buffer }> => {
    const known = made.get(file);
    if (known !== undefined) return known;
    const csv = await readFile(join(source, requireKnown(files, file)));
    return { csv, ok: await readFile(join(source, `${file}.ok`)) };
  };
  return {
    directory: exportDir ?? source,
    isWritable: exportDir !== null,
    files,
    async deliver(file) {
      const directory = writable();
      const whole = await readWhole(file);
      await writeChanged(directory, file, whole.csv);
      await writeChanged(directory, `${file}.ok`, whole.ok);
    },
    async holdBackOk(file) {
      await rm(join(writable(), `${requireKnown(files, file)}.ok`), { force: true });
    },
    async truncate(file, bytesKept) {
      const directory = writable();
      const bytes = await readFile(join(source, requireKnown(files, file)));
      if (!Number.isInteger(bytesKept) || bytesKept < 0 || bytesKept >= bytes.length) {
        throw new RangeError(`${file} has ${bytes.length} bytes; keep a whole number of bytes below that.`);
      }
      await writeWhole(directory, file, bytes.subarray(0, bytesKept));
    },
    async remove(file) {
      await rm(join(writable(), `${requireKnown(files, file)}.ok`), { force: true });
      await rm(join(writable(), file), { force: true });
    },
    async deliverRows(file, rows) {
      const directory = writable();
      if (!EXPORT_NAME.test(file)) throw new Error(`${file} is no export; name it export-YYYYMM.csv.`);
      const csv = encodeExport(rows);
      const ok = Buffer.from(`${rows.length} ${hash("sha256", csv, "hex")}\n`);
      made.set(file, { csv, ok });
      await rm(join(directory, `${file}.ok`), { force: true });
      await writeWhole(directory, file, csv);
      await writeWhole(directory, `${file}.ok`, ok);
    },
    async arrived() {
      const names = (await readdir(exportDir ?? source)).map((name) => name.replace(/\.ok$/, ""));
      return [...new Set(names.filter((name) => EXPORT_NAME.test(name)))].toSorted();
    },
    async misdeliver(file, kind, salt) {
      const directory = writable();
      const { csv, ok } = breakExport(await readWhole(file), kind, salt);
      for (const [name, bytes] of [
        [file, csv],
        [`${file}.ok`, ok],
      ] as const) {
        if (bytes === null) await rm(join(directory, name), { force: true });
        else await writeWhole(directory, name, bytes);
      }
    },
  };
}

function encodeExport(rows: readonly ExportRow[]): Buffer {
  const lines = [exportColumns, ...rows.map((row) => exportColumns.map((column) => row[column]))];
  return iconv.encode(lines.map((fields) => `${fields.map(quoteField).join(",")}\r\n`).join(""), "gb18030");
}

function quoteField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

async function copyChanged(source: string, directory: string, name: string): Promise<void> {
  await writeChanged(directory, name, await readFile(join(source, name)));
}

async function writeChanged(directory: string, name: string, bytes: Buffer): Promise<void> {
  const present = await readFile(join(directory, name)).catch(() => null);
  if (present === null || !present.equals(bytes)) await writeWhole(directory, name, bytes);
}

/** Under another name first, so that a reader never sees half a file that was not meant to be half. */
async function writeWhole(directory: string, name: string, bytes: Buffer): Promise<void> {
  const incoming = join(directory, `.incoming-${name}`);
  await writeFile(incoming, bytes);
  await rename(incoming, join(directory, name));
}

function requireKnown(files: readonly string[], file: string): string {
  if (!files.includes(file)) throw new Error(`${file} is not an export of this feed; see zjNaturalResources.files.`);
  return file;
}

function refuseReadOnly(): never {
  throw new Error("The feed's own folder is served read-only; give exportDir to change what has arrived.");
}
