import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { OrdinalCounter } from "../../services/ingestion-worker/src/admission/judge-rows.ts";
import { PLATFORMS, type Platform, type RawRow } from "../oracle/index.ts";
import { type Arrival, feedsOf, generatedMaterials, type Material, updateMsOf } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { expectRowsAsOracle } from "./compare-with-oracle.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

let world: LedgerWorld;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

/** One pull of one source: how many rows its pages have. Pulls go on where the one before ended, or a little before. */
const pulls = fc.array(
  fc.record({
    source: fc.constantFrom(...PLATFORMS, "push" as const),
    pages: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  }),
  { maxLength: 20 },
);

/** What is served, in order of update time, and how far each source has been read. */
class Reading {
  readonly served: readonly Arrival[];
  readonly #read = new Map<string, number>();

  constructor(material: Material) {
    this.served = material.arrivals.toSorted((left, right) => updateMsOf(left) - updateMsOf(right));
  }

  async pull(source: Platform | "push", pages: readonly number[]): Promise<void> {
    const rows = this.served.filter((one) =>
      source === "push" ? one.kind === "push" : one.source === source && one.kind === "row",
    );
    const end = this.#read.get(source) ?? 0;
    let from = source === "push" ? end : startOf(source, rows, end);
    const ordinals = new OrdinalCounter();
    for (const size of pages) {
      const page = rows.slice(from, from + size);
      await storePage(source, page, ordinals);
      from += page.length;
    }
    this.#read.set(source, Math.max(end, from));
  }
}

/** The city is asked again from the last update time on, a file is read again from its beginning, a cursor resumes. */
function startOf(source: Platform, rows: readonly Arrival[], end: number): number {
  const last = rows[Math.min(end, rows.length) - 1];
  if (last === undefined || source === "zj-industry") return end;
  const isRead =
    source === "quzhou-city"
      ? (one: Arrival) => updateMsOf(one) >= updateMsOf(last)
      : (one: Arrival) => fileOf(one) === fileOf(last);
  return rows.findIndex(isRead);
}

function fileOf(arrival: Arrival): string {
  return `export-${new Date(updateMsOf(arrival) + 8 * 3_600_000).toISOString().slice(0, 7).replace("-", "")}.csv`;
}

async function storePage(source: Platform | "push", page: readonly Arrival[], ordinals: OrdinalCounter): Promise<void> {
  for (const [key, part] of Map.groupBy(page, (one) =>
    source === "zj-natural-resources" ? fileOf(one) : one.source,
  )) {
    const pushes = part.flatMap((one) => (one.kind === "push" ? [one.push] : []));
    const rows = part.flatMap((one): RawRow[] => (one.kind === "row" ? [one.raw] : []));
    if (source === "push") await world.push(key, pushes, world.clock());
    else await world.pull(source, rows, ordinals, source === "zj-natural-resources" ? key : null);
  }
}

test.each([
  ["a small world", denseMaterials, 16],
  ["generated feeds", generatedMaterials, 8],
] as const)(
  "rows that come in order of update time are counted as the rules say: %s",
  async (_name, materials, runs) => {
    const property = fc.asyncProperty(materials, pulls, async (material, steps) => {
      await world.reset(material.categories);
      const reading = new Reading(material);
      for (const { source, pages } of steps) await reading.pull(source, pages);
      for (const source of [...PLATFORMS, "push"] as const) await reading.pull(source, [reading.served.length]);
      const feeds = feedsOf(reading.served, material.categories);
      await expectRowsAsOracle(world, { feeds, decisions: [], declarations: [] });
    });
    await checkProperty(property, runs);
  },
);
