import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RawRow } from "../oracle/index.ts";
import type { Arrival, Material } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { readLedger } from "./read-ledger.ts";
import { verifyLedger } from "./verify-ledger.ts";

let world: LedgerWorld;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

/** Values that parsers, clocks and databases are known to stumble over. */
const oddities = fc.oneof(
  fc.constantFrom<unknown[]>(
    ...["", "\u0000", "a\u0000b", "\ud800", "\udfff𠮷", "\u202e", " ", "null", "NaN", "1e400", "9".repeat(60)],
    ...["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T20:00:00Z", "0001-01-01", "2020-02-30"],
    ...["9999-12-31 23:59:59", "0000-00-00 00:00:00", "2020-03-02 24:00:00", "2020-03-02T00:00:00+99:99"],
    ...[0, -0, -1, 0.1, 1e308, 2 ** 53, 8.64e15, 253_402_300_800_000, -62_135_596_800_001, 10_000_000.01],
    ...[null, true, [], {}, [[]], { a: { b: "\u0000" } }, "x".repeat(5_000)],
  ),
  fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 8 }).map((points) => String.fromCodePoint(...points)),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Rows of the small world of which some fields are exchanged for something odd, or left out. */
const hostile: fc.Arbitrary<Material> = denseMaterials.chain((material) =>
  fc
    .array(fc.record({ row: fc.nat(100), field: fc.nat(30), value: fc.option(oddities, { nil: undefined }) }), {
      minLength: 1,
      maxLength: 12,
    })
    .map((changes) => ({ ...material, arrivals: changes.reduce(spoil, material.arrivals) })),
);

function spoil(
  arrivals: readonly Arrival[],
  { row, field, value }: { readonly row: number; readonly field: number; readonly value: unknown },
): readonly Arrival[] {
  return arrivals.map((arrival, index) => {
    if (index !== row % arrivals.length) return arrival;
    if (arrival.kind === "row") return { ...arrival, raw: exchange(arrival.raw, field, value) };
    return { ...arrival, push: { ...exchange(arrival.push, field, value), source: arrival.source, updatedAt: "" } };
  });
}

function exchange(row: RawRow, field: number, value: unknown): RawRow {
  const key = Object.keys(row)[field % Object.keys(row).length] ?? "";
  const { [key]: _old, ...others } = row;
  return value === undefined ? others : { ...others, [key]: value };
}

test("no row stops the others: whatever a source sends is stored with a receipt, posted, and the ledger verifies", async () => {
  const property = fc.asyncProperty(hostile, async (material) => {
    await world.reset(material.categories);
    for (const [source, batch] of Map.groupBy(material.arrivals, (arrival) => arrival.source)) {
      const pushes = batch.flatMap((one) => (one.kind === "push" ? [one.push] : []));
      const rows = batch.flatMap((one) => (one.kind === "row" ? [one.raw] : []));
      if (rows.length > 0) await world.pull(source, rows);
      if (pushes.length === 0) continue;
      const { response } = await world.push(source, pushes, world.clock());
      expect(response.receipts.map(({ index }) => index)).toEqual(pushes.map((_push, index) => index));
    }
    for (const batchId of await world.unposted()) expect(await world.post(batchId)).toBe("posted");
    verifyLedger(await readLedger(world.owner));
    for (const declaration of material.declarations) await world.answer(declaration);
  });
  await checkProperty(property, 16);
});
