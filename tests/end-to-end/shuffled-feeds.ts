import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadFeeds } from "../oracle/index.ts";
import { type Random, randomFrom } from "../oracle/random.ts";
import { writeExport } from "../oracle/write-feeds.ts";

/**
 * Copies a feeds directory with its rows in another order: lines in any order, and the rows of each export within their
 * month. Simulated platforms sort by update time themselves, so of the lines only those of one moment change places.
 */
export function shuffleFeeds(fromDir: string, toDir: string, seed: number): void {
  const random = randomFrom(seed);
  cpSync(fromDir, toDir, { recursive: true });
  for (const name of ["quzhou-city.jsonl", "zj-industry.jsonl"]) {
    const lines = readFileSync(join(fromDir, name), "utf8").split("\n");
    const rows = lines.filter((line) => line !== "");
    writeFileSync(join(toDir, name), `${shuffle(rows, random).join("\n")}\n`);
  }
  const folder = join(toDir, "zj-natural-resources");
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".csv"))) {
    writeExport(join(folder, name), shuffle(rowsOfExport(fromDir, name), random));
  }
}

function rowsOfExport(dir: string, name: string) {
  const month = `${name.slice(7, 11)}/${name.slice(11, 13)}`;
  return loadFeeds(dir).zjNaturalResources.filter((row) =>
    String(row.更新时间).normalize("NFKC").trim().replaceAll("-", "/").startsWith(month),
  );
}

/** The items in an order drawn from `random`. */
export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items];
  const shuffled: Item[] = [];
  while (left.length > 0) shuffled.push(...left.splice(random.int(0, left.length - 1), 1));
  return shuffled;
}
