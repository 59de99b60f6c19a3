import { hash } from "node:crypto";
import iconv from "iconv-lite";
import { drawSalt, drawShare } from "./draw.ts";

/**
 * What goes wrong with an export:
 * - `ok_missing`: its `.ok` is not there · `ok_wrong_count`, `ok_wrong_digest`: the `.ok` says something else
 * - `half_file`: only the beginning is there, beside the `.ok` of the whole · `file_missing`: only the `.ok` is there
 * - `utf8_file`: UTF-8 where GB18030 is expected · `renamed_column`: another header; both with an `.ok` that fits them
 */
export const FILE_FAULT_KINDS = [
  "ok_missing",
  "ok_wrong_count",
  "ok_wrong_digest",
  "half_file",
  "file_missing",
  "utf8_file",
  "renamed_column",
] as const;
export type FileFaultKind = (typeof FILE_FAULT_KINDS)[number];

/** An export and its `.ok` as they lie in the folder; null: not there. */
export type ExportBytes = { csv: Buffer | null; ok: Buffer | null };

/** Columns that get another name, one at a time. */
const RENAMED = [
  ["学时", "认定学时"],
  ["记录号", "编号"],
  ["科目类别", "科目"],
  ["更新时间", "修改时间"],
] as const;

/** What an export looks like under a fault; what there is to choose is chosen by the salt. */
export function breakExport(whole: { csv: Buffer; ok: Buffer }, kind: FileFaultKind, salt: number): ExportBytes {
  const { csv, ok } = whole;
  const [count = "0", digest = ""] = ok.toString("latin1").trim().split(" ");
  switch (kind) {
    case "ok_missing":
      return { csv, ok: null };
    case "ok_wrong_count": {
      const wrong = Number(count) + (salt % 2 === 0 || count === "0" ? 1 : -1);
      return { csv, ok: okLine(String(wrong), digest) };
    }
    case "ok_wrong_digest":
      return { csv, ok: okLine(count, hash("sha256", `${digest}${salt}`, "hex")) };
    case "half_file":
      return { csv: csv.subarray(0, salt % csv.length), ok };
    case "file_missing":
      return { csv: null, ok };
    case "utf8_file":
      return fitting(Buffer.from(iconv.decode(csv, "gb18030")), count);
    case "renamed_column": {
      const [column, otherName] = RENAMED[salt % RENAMED.length] ?? RENAMED[0];
      const [header = "", ...lines] = iconv.decode(csv, "gb18030").split("\r\n");
      const renamed = [header.replace(column, otherName), ...lines].join("\r\n");
      return fitting(iconv.encode(renamed, "gb18030"), count);
    }
  }
}

/** The fault that a file has at a delivery, by the rates; null: none. */
export function drawFileFault(
  seed: number,
  rates: Readonly<Partial<Record<FileFaultKind, number>>>,
  file: string,
  delivery: number,
): { kind: FileFaultKind; salt: number } | null {
  const struck = FILE_FAULT_KINDS.filter((kind) => drawShare(seed, file, delivery, kind) < (rates[kind] ?? 0));
  const salt = drawSalt(seed, file, delivery);
  const kind = struck[salt % Math.max(1, struck.length)];
  return kind === undefined ? null : { kind, salt };
}

function fitting(csv: Buffer, count: string): ExportBytes {
  return { csv, ok: okLine(count, hash("sha256", csv, "hex")) };
}

function okLine(count: string, digest: string): Buffer {
  return Buffer.from(`${count} ${digest}\n`);
}
