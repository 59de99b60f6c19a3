import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type FeedOrder, type FeedRow, FeedRows } from "./feed-rows.ts";

const LINE_FEED = 0x0a;
const COMMA = 0x2c;

/** How to read a platform's row: its id, and its update time in ms (null when the row carries none that is readable). */
export type RowReader = {
  idOf: (row: Record<string, unknown>) => string;
  updatedAtMsOf: (row: Record<string, unknown>) => number | null;
};

/**
 * Loads a `.jsonl` feed once: rows stay the file's own bytes, and each line feed between two rows becomes a comma,
 * so that a page of neighbours is a slice of the file.
 * @returns every version in update-time order, ties in file order; a row without a readable update time stays
 * behind the row before it.
 * @throws Error naming file and line (never content) when a line is not a JSON object.
 */
export async function loadFeed(path: string, order: FeedOrder, reader: RowReader): Promise<FeedRows> {
  const bytes = await readFile(path);
  const rows: FeedRow[] = [];
  let updatedAtMs = Number.NEGATIVE_INFINITY;
  let isSorted = true;
  let line = 0;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    line += 1;
    if (end > start) {
      const row = parseRow(bytes.toString("utf8", start, end), basename(path), line);
      const previousMs = updatedAtMs;
      updatedAtMs = reader.updatedAtMsOf(row) ?? previousMs;
      isSorted &&= updatedAtMs >= previousMs;
      rows.push({ id: reader.idOf(row), updatedAtMs, sequence: rows.length + 1, bytes, start, end });
      if (found !== -1) bytes[found] = COMMA;
    }
    start = end + 1;
  }
  return new FeedRows(order, isSorted ? rows : sortedByUpdateTime(rows));
}

function parseRow(text: string, file: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${file} line ${line} is not a JSON object; each line of a feed holds one row.`);
  }
  return value as Record<string, unknown>;
}

function sortedByUpdateTime(rows: FeedRow[]): FeedRow[] {
  const sorted = rows.toSorted((a, b) => (a.updatedAtMs === b.updatedAtMs ? 0 : a.updatedAtMs - b.updatedAtMs));
  return sorted.map((row, index) => ({ ...row, sequence: index + 1 }));
}
