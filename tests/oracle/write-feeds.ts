import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import type { Feeds, RawRow } from "./read-rows.ts";
import { readText } from "./values.ts";

const LINES_PER_WRITE = 5_000;
const COLUMNS = [
  ...["记录号", "身份证号", "姓名", "单位", "年度", "培训项目", "科目类别", "学时", "开始日期", "结束日期"],
  ...["培训机构", "审核状态", "更新时间"],
];

/**
 * Writes feeds as the files that simulators serve: JSON lines, categories, and one GB18030 export with its .ok per
 * month of 更新时间. Rows keep their order, but that exports part them by month. Declarations are written if given.
 */
export function writeFeeds(dir: string, feeds: Feeds, declarations?: readonly RawRow[]): void {
  mkdirSync(join(dir, "zj-natural-resources"), { recursive: true });
  writeJsonLines(join(dir, "quzhou-city.jsonl"), feeds.quzhouCity);
  writeFileSync(join(dir, "quzhou-city-categories.json"), JSON.stringify(feeds.quzhouCityCategories, null, 1));
  writeJsonLines(join(dir, "zj-industry.jsonl"), feeds.zjIndustry);
  if (declarations !== undefined) writeJsonLines(join(dir, "declarations.jsonl"), declarations);
  const months = new Map<string, RawRow[]>();
  for (const row of feeds.zjNaturalResources) {
    const month = readText(row.更新时间).slice(0, 7).replace("-", "");
    const rows = months.get(month);
    if (rows === undefined) months.set(month, [row]);
    else rows.push(row);
  }
  for (const [month, rows] of months) {
    writeExport(join(dir, "zj-natural-resources", `export-${month}.csv`), rows);
  }
}

function writeJsonLines(path: string, rows: readonly unknown[]): void {
  const file = openSync(path, "w");
  for (let from = 0; from < rows.length; from += LINES_PER_WRITE) {
    const lines = rows.slice(from, from + LINES_PER_WRITE).map((row) => `${JSON.stringify(row)}\n`);
    writeSync(file, lines.join(""));
  }
  closeSync(file);
}

/** One export and, beside it, its row count and SHA-256. */
export function writeExport(path: string, rows: readonly RawRow[]): void {
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => String(row[column] ?? "")))];
  const text = lines.map((cells) => `${cells.map(quoteCell).join(",")}\r\n`).join("");
  const bytes = iconv.encode(text, "gb18030");
  writeFileSync(path, bytes);
  writeFileSync(`${path}.ok`, `${rows.length} ${createHash("sha256").update(bytes).digest("hex")}\n`);
}

function quoteCell(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
