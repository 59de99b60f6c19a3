import { FAULT_KINDS, FILE_FAULT_KINDS } from "@xueshi/scripts/simulators";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateFeeds } from "../oracle/generate-feeds.ts";
import { PLATFORMS } from "../oracle/index.ts";
import { type Arrival, type Material, rowsOf } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { FireCounts } from "./fire-counts.ts";
import { type Choice, EVERYTHING, pullingSteps } from "./pull-steps.ts";
import { openPullingWorld, type PullingWorld } from "./pulling-world.ts";
import { runPulls } from "./run-pulls.ts";

const DAY_MS = 86_400_000;
/** Our clock is behind all update times after that of many a row. */
const BEHIND_MS = 700 * DAY_MS;
const EXTRA_RUNS_MAX = 30;
const DEATHS = [
  ...["ingestion-worker before statement", "ingestion-worker before commit-is-known"],
  ...["ingestion-worker before answer", "ingestion-worker before stop"],
  ...["ledger-service before statement", "ledger-service before commit-is-known"],
];

const counts = new FireCounts();
let pulling: PullingWorld;
beforeAll(async () => {
  pulling = await openPullingWorld();
});
afterAll(() => pulling.close());

/** Feeds of several pages on every platform, with much dirt. */
const pagedMaterials: fc.Arbitrary<Material> = fc
  .record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    people: fc.integer({ min: 3, max: 8 }),
    recordsPerPerson: fc.integer({ min: 4, max: 12 }),
    dirt: fc.constantFrom(5, 10, 20),
  })
  .map((options) => {
    const { feeds, declarations } = generateFeeds(options);
    const arrivals = PLATFORMS.flatMap((source) =>
      rowsOf(feeds, source).map((raw): Arrival => ({ kind: "row", source, raw })),
    );
    return { arrivals, categories: feeds.quzhouCityCategories, declarations };
  });

function property(materials: fc.Arbitrary<Material>, choice: Choice = EVERYTHING) {
  const run = fc.record({
    material: materials,
    orderSeed: fc.integer({ min: 1, max: 1_000_000 }),
    thereAtFirst: fc.integer({ min: 20, max: 80 }),
    behindMs: fc.constantFrom(0, 0, BEHIND_MS),
    steps: pullingSteps(choice),
  });
  return fc.asyncProperty(run, (one) => runPulls(pulling, one, counts));
}

describe("whatever platforms do and whenever processes die, everything ends as if nothing had happened", () => {
  test("in a small world, where nearly every row meets another one", async () => {
    await checkProperty(property(denseMaterials), 6);
  });

  test("with feeds of several pages", async () => {
    await checkProperty(property(pagedMaterials), 10);
  });

  test("and each fault and each death did happen", async () => {
    for (let extra = 0; neverHappened().length > 0; extra += 1) {
      expect(extra, `runs without ${neverHappened().join(", ")}`).toBeLessThan(EXTRA_RUNS_MAX);
      const kinds = FAULT_KINDS.filter((kind) => neverHappened().includes(kind));
      const fileKinds = FILE_FAULT_KINDS.filter((kind) => neverHappened().includes(kind));
      await checkProperty(property(pagedMaterials, { kinds, fileKinds }), 1);
    }
    expect(pulling.elsewhere.visitors(), "requests that followed a redirect").toBe(0);
  });
});

/** What has not happened yet, by its name; a file counts where the reader has met it. */
function neverHappened(): string[] {
  const { faults, deaths, ends, pagesFromFuture } = counts;
  const refused = pulling.refusedFiles;
  const happened: Readonly<Record<string, number | undefined>> = {
    ...faults,
    ...deaths,
    "an incomplete file": refused.file_incomplete,
    "a file in another encoding": (refused.file_undecodable ?? 0) + (refused.file_header ?? 0),
    "a page from the future": pagesFromFuture,
    "a clock that is ahead": pulling.aheadWarnings(),
    "a complete pull": ends.complete,
    "a pull that was cut off": ends["failed: interrupted"],
  };
  const names = [...FAULT_KINDS, ...FILE_FAULT_KINDS, ...DEATHS, ...Object.keys(happened)];
  return [...new Set(names)].filter((name) => (happened[name] ?? 0) === 0);
}
