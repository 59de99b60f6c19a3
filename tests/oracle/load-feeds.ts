import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import type { Category, Feeds, RawRow } from "./read-rows.ts";

/** Reads a feeds directory. A file that is not there is an empty list; an export without a matching .ok is not taken. */
export function loadFeeds(dir: string): Feeds {
  const exportsDir = join(dir, "zj-natural-resources");
  const names = existsSync(exportsDir) ? readdirSync(exportsDir).sort() : [];
  const rows: RawRow[] = [];
  let arrived = true;
  for (const name of names.filter((candidate) => /^export-[0-9]{6}\.csv$/.test(candidate))) {
    const taken = readExport(join(exportsDir, name));
    if (taken === null) arrived = false;
    else for (const row of taken) rows.push(row);
  }
  const categories = join(dir, "quzhou-city-categories.json");
  return {
    quzhouCity: readJsonLines(join(dir, "quzhou-city.jsonl")),
    quzhouCityCategories: existsSync(categories)
      ? (JSON.parse(readFileSync(categories, "utf8")) as readonly Category[])
      : [],
    zjIndustry: readJsonLines(join(dir, "zj-industry.jsonl")),
    zjNaturalResources: rows,
    incomplete: arrived ? [] : ["zj-natural-resources"],
  };
}

/** One JSON value per line; an absent file has none. */
export function readJsonLines<Line extends RawRow>(path: string): Line[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as Line);
}

/** The rows of one export, or null when its .ok is missing or says another row count or digest. */
function readExport(path: string): RawRow[] | null {
  if (!existsSync(`${path}.ok`)) return null;
  const bytes = readFileSync(path);
  const [header, ...lines] = parseCsv(iconv.decode(bytes, "gb18030"));
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (readFileSync(`${path}.ok`, "utf8").trim() !== `${lines.length} ${digest}`) return null;
  return lines.map((cells) => Object.fromEntries((header ?? []).map((name, index) => [name, cells[index] ?? ""])));
}

/** RFC 4180, one character after the other. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ",") {
      cells.push(cell);
      cell = "";
    } else if (character === "\r" && text.charAt(at + 1) === "\n") {
      lines.push([...cells, cell]);
      cells = [];
      cell = "";
      at += 1;
    } else cell += character;
  }
  if (cell !== "" || cells.length > 0) lines.push([...cells, cell]);
  return lines;
}
