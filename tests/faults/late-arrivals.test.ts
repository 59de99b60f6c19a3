import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { publicFeeds } from "../end-to-end/feeds.ts";
import { shuffle, shuffleFeeds } from "../end-to-end/shuffled-feeds.ts";
import { makeTemporaryFolder } from "../end-to-end/temporary-folder.ts";
import { readJsonLines } from "../oracle/index.ts";
import { randomFrom } from "../oracle/random.ts";
import { expectLedger } from "./expect-ledger.ts";
import { openPipeline, type Pipeline } from "./open-pipeline.ts";

const expected = publicFeeds();
const platforms = ["zj-natural-resources", "zj-industry", "quzhou-city"] as const;
let pipeline: Pipeline;

afterEach(() => pipeline.close());

async function expectEverything(): Promise<void> {
  expect(await pipeline.summary()).toEqual(expected.summary);
  expect(await pipeline.answers(expected.declarations)).toEqual(expected.answers);
  await expectLedger(pipeline.database.url, expected.records);
}

it("takes nothing of a file that has not fully arrived, and says so until it has", async () => {
  const late = "export-201906.csv";
  const simulators = { feedsDir: expected.dir, naturalResources: { holdBackOk: [late] } };
  pipeline = await openPipeline({ simulators });
  const pulls = [];
  for (const platform of platforms) pulls.push(await pipeline.pull(platform));
  expect(pulls.map(({ state, error }) => [state, error?.code])).toEqual([
    ["partial", "file_incomplete"],
    ["complete", undefined],
    ["complete", undefined],
  ]);
  const rowsOfLate = Number(
    readFileSync(join(expected.dir, "zj-natural-resources", `${late}.ok`), "utf8").split(" ")[0],
  );
  const rowsOf = (counts: Readonly<Record<string, number>> = {}) =>
    Object.values(counts).reduce((sum, n) => sum + n, 0);
  const before = await pipeline.summary();
  // The files after it are taken all the same.
  expect(rowsOf(before["zj-natural-resources"]?.rows)).toBe(
    rowsOf(expected.summary["zj-natural-resources"]?.rows) - rowsOfLate,
  );

  const answers = await pipeline.answers(expected.declarations);
  const asksResources = expected.declarations.map(({ declaration }) => declaration.series === "natural-resources");
  const undecided = expected.answers.map(({ reason }) => reason === null || reason === "unclassified_hours");
  const reasons = answers.filter((_, nth) => asksResources[nth] && undecided[nth]).map(({ reason }) => reason);
  expect(reasons.length).toBeGreaterThan(50);
  expect(new Set<string | null>(reasons)).toEqual(new Set(["source_not_yet_known"]));
  const others = (list: typeof answers) => list.filter((_, nth) => !asksResources[nth]);
  expect(others(answers)).toEqual(others([...expected.answers]));

  // Half of it and its .ok are there now: still not whole.
  await pipeline.simulators.zjNaturalResources.deliver(late);
  await pipeline.simulators.zjNaturalResources.truncate(late, 500);
  expect(await pipeline.pull("zj-natural-resources")).toMatchObject({ state: "partial", rows: 0 });
  await pipeline.simulators.zjNaturalResources.deliver(late);
  expect(await pipeline.pull("zj-natural-resources")).toMatchObject({ state: "complete", rows: rowsOfLate });
  await expectEverything();
});

it("classifies records again when the platform lists their category later, or otherwise", async () => {
  const listed = JSON.parse(readFileSync(join(expected.dir, "quzhou-city-categories.json"), "utf8")) as {
    ClassTypeId: unknown;
  }[];
  pipeline = await openPipeline({ simulators: { feedsDir: expected.dir } });
  const { quzhouCity } = pipeline.simulators;
  const reclassified = async () => {
    const [row] = await pipeline.sql<{ count: number }[]>`
      SELECT count(*) AS count FROM ledger.entry
      WHERE kind = 'reversal' AND reason = 'reclassified'`;
    return row?.count ?? 0;
  };
  // At first half of the categories are not listed, and one stands under a class of its own.
  quzhouCity.setCategories(
    listed.filter((_, nth) => nth % 2 === 1).map((one, nth) => (nth === 0 ? { ...one, ClassTypeId: 7 } : one)),
  );
  for (const platform of platforms) await pipeline.pull(platform);
  expect(await pipeline.answers(expected.declarations)).not.toEqual(expected.answers);
  expect(await reclassified()).toBe(0);

  quzhouCity.setCategories(listed);
  expect(await pipeline.pull("quzhou-city")).toMatchObject({ state: "complete" });
  await expectEverything();
  const times = await reclassified();
  expect(times).toBeGreaterThan(500);
  // The same list in another order says nothing new.
  quzhouCity.setCategories(listed.toReversed());
  await pipeline.pull("quzhou-city");
  expect(await reclassified()).toBe(times);
});

it("comes to the same end when files and rows arrive last first, and the platforms one after the other", async () => {
  const folder = makeTemporaryFolder();
  try {
    shuffleFeeds(expected.dir, folder.at("feeds"), 7);
    const rows = shuffle(readJsonLines(join(expected.dir, "zj-industry.jsonl")), randomFrom(8));
    const atFirst = rows.slice(0, 400);
    writeFileSync(folder.at("feeds/zj-industry.jsonl"), atFirst.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const files = readdirSync(folder.at("feeds/zj-natural-resources")).filter((name) => name.endsWith(".csv"));
    const simulators = { feedsDir: folder.at("feeds"), naturalResources: { holdBack: files.slice(0, -1) } };
    pipeline = await openPipeline({ simulators });
    for (const platform of platforms) await pipeline.pull(platform);
    // The rest comes in an order of its own, in several pulls.
    const { append, zjNaturalResources } = pipeline.simulators;
    const [firstHalf, secondHalf] = [rows.slice(400, 1_000), rows.slice(1_000)];
    for (const [nth, part] of [firstHalf, secondHalf].entries()) {
      append("zj-industry", part);
      await pipeline.pull("zj-industry");
      const half = Math.ceil((files.length - 1) / 2);
      const newest = files.slice(0, -1).reverse();
      for (const file of newest.slice(nth * half, (nth + 1) * half)) await zjNaturalResources.deliver(file);
      await pipeline.pull("zj-natural-resources");
    }
    const [outcomes] = await pipeline.sql<{ history: number }[]>`
      SELECT sum((counts ->> 'history')::int)::int AS history FROM acquisition.batch`;
    expect(outcomes?.history).toBeGreaterThan(20);
    await expectEverything();
  } finally {
    folder.remove();
  }
});
