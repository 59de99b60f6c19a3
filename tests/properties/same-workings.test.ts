import type { Verdict } from "@xueshi/domain";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Arrival, type Material, updateMsOf } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

let world: LedgerWorld;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

/** A verdict with all its workings; what may differ between two runs (instants, sequence, hash) is left out. */
type Workings = Omit<Verdict, "cut" | "knownAtMs" | "asOf" | "freshness">;

async function answerAll(material: Material): Promise<Workings[]> {
  const answers: Workings[] = [];
  for (const declaration of material.declarations) {
    const { cut: _cut, knownAtMs: _known, asOf: _asOf, freshness: _fresh, ...rest } = await world.answer(declaration);
    answers.push(rest);
  }
  return answers;
}

async function store(arrivals: readonly Arrival[]): Promise<void> {
  for (const [source, batch] of Map.groupBy(arrivals, (arrival) => arrival.source)) {
    const pushes = batch.flatMap((one) => (one.kind === "push" ? [one.push] : []));
    if (pushes.length > 0) await world.push(source, pushes, world.clock());
    else
      await world.pull(
        source,
        batch.flatMap((one) => (one.kind === "row" ? [one.raw] : [])),
      );
  }
  for (const batchId of await world.unposted()) await world.post(batchId);
}

test("an answer lists the same records with the same codes, whether rows come one by one or all in order at once", async () => {
  const property = fc.asyncProperty(denseMaterials, fc.integer({ min: 1, max: 8 }), async (material, rowsAtOnce) => {
    await world.reset(material.categories);
    for (let from = 0; from < material.arrivals.length; from += rowsAtOnce) {
      await store(material.arrivals.slice(from, from + rowsAtOnce));
    }
    const bitByBit = await answerAll(material);
    await world.reset(material.categories);
    await store(material.arrivals.toSorted((left, right) => updateMsOf(left) - updateMsOf(right)));
    expect(bitByBit).toEqual(await answerAll(material));
  });
  await checkProperty(property, 10);
});
