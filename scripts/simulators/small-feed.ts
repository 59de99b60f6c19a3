import { hash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Update times of the ten city rows: the fourth to sixth share one second, and their ids are not in order. */
export const cityRows = [1, 2, 3, 9, 4, 8, 5, 6, 7, 10].map((id, index) => ({
  Id: `QZ${id}`,
  IdCard: "330899199107080091",
  Credit: index % 2 === 0 ? 8 : "4.5",
  Status: 3,
  UpdateTime: `2020-03-01 08:00:0${index >= 3 && index <= 5 ? 3 : index}`,
}));

export const industryRows = [1, 2, 3, 4, 5].map((id) => ({
  zgcId: `ZI${id}`,
  idCard: "330899198101270340",
  title: `公需课，"引号"（${id}）`,
  classtime: "2.5",
  updateTime: 1_583_000_000_000 + Math.min(id, 3) * 1_000,
}));

/** A feeds folder of a few rows for the simulators' own tests; `remove` deletes it. */
export async function writeSmallFeed(): Promise<{ feedsDir: string; remove: () => Promise<void> }> {
  const feedsDir = await mkdtemp(join(tmpdir(), "xueshi-small-feed-"));
  const exports = join(feedsDir, "zj-natural-resources");
  await mkdir(exports);
  await writeFile(join(feedsDir, "quzhou-city.jsonl"), lines(cityRows));
  await writeFile(join(feedsDir, "zj-industry.jsonl"), lines(industryRows));
  const categories = [{ CategoryId: 101, CategoryName: "专业课程（网络）", ClassTypeId: 3 }];
  await writeFile(join(feedsDir, "quzhou-city-categories.json"), JSON.stringify(categories));
  for (const month of ["202001", "202002", "202003"]) {
    const bytes = Buffer.from(`header\r\nrow of ${month}\r\n`);
    await writeFile(join(exports, `export-${month}.csv`), bytes);
    await writeFile(join(exports, `export-${month}.csv.ok`), `1 ${hash("sha256", bytes)}\n`);
  }
  return { feedsDir, remove: () => rm(feedsDir, { recursive: true, force: true }) };
}

function lines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
