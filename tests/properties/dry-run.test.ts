import type { Receipt } from "@xueshi/contracts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pushRecords } from "../../services/ingestion-worker/src/admission/push-records.ts";
import { validateRecords } from "../../services/ingestion-worker/src/admission/validate-records.ts";
import type { Push } from "../oracle/index.ts";
import type { Arrival } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

const SOURCE = "demo-training";

let world: LedgerWorld;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

/** What a program sends that was never tried. */
const garbage = fc.constantFrom<unknown>(
  null,
  7,
  "{ no json",
  [],
  {},
  { recordId: "g-1" },
  { recordId: "g-1", hours: 0 },
);

const runs = denseMaterials.chain((material) =>
  fc.record({
    material: fc.constant(material),
    /** How many arrivals are there before, and how many of their batches are posted. */
    stored: fc.nat(material.arrivals.length),
    posted: fc.nat(6),
    garbage: fc.array(garbage, { maxLength: 3 }),
    partSize: fc.integer({ min: 1, max: 9 }),
    /** Whether update times are left out, so that the arrival stands for them. */
    isUndated: fc.boolean(),
  }),
);

test("a dry run gives the receipts that the push then gets, and changes no row of any table", async () => {
  const seen = new Map<string, number>();
  const property = fc.asyncProperty(runs, async ({ material, stored, posted, partSize, isUndated, ...run }) => {
    await world.reset(material.categories);
    for (const arrival of material.arrivals.slice(0, stored)) await arrive(arrival);
    for (const batchId of (await world.unposted()).slice(0, posted)) await world.post(batchId);
    const pushes = material.arrivals.flatMap((one) => (one.kind === "push" ? [bodyOf(one.push, isUndated)] : []));
    const parts = inParts([...pushes, ...run.garbage], partSize);
    const origin = { source: SOURCE, receivedAtMs: world.clock(), language: "en" } as const;
    const before = await everyRow();
    const tried = await validateRecords(
      world.ingestion,
      parts.map((part) => part.map((value) => ({ value }))),
      origin,
    );
    expect(await everyRow()).toEqual(before);
    const pushed: Receipt[] = [];
    for (const records of parts) {
      const { response } = await pushRecords(world.ingestion, { ...origin, records, requestKey: null });
      const from = pushed.length;
      for (const receipt of response.receipts) pushed.push({ ...receipt, index: from + receipt.index });
    }
    expect(tried).toEqual(pushed);
    for (const { outcome } of tried) seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  });
  await checkProperty(property, 60);
  // The runs were of no use if they only met what is new.
  expect([...seen.keys()]).toEqual(expect.arrayContaining(["accepted", "unchanged", "superseded", "held", "refused"]));
});

async function arrive(arrival: Arrival): Promise<void> {
  if (arrival.kind === "row") await world.pull(arrival.source, [arrival.raw]);
  else await world.push(SOURCE, [arrival.push], world.clock());
}

function bodyOf({ source: _source, updatedAt, ...record }: Push, isUndated: boolean): unknown {
  return isUndated ? record : { ...record, updateTime: updatedAt };
}

function inParts<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}

/** Every row of every table of the product, digested table by table. */
async function everyRow(): Promise<Record<string, unknown>> {
  const tables = await world.owner<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname IN ('acquisition', 'admission', 'classification', 'ledger', 'projection') ORDER BY 1`;
  const rows: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [row] = await world.owner.unsafe(
      `SELECT count(*)::int AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest FROM ${name} AS t`,
    );
    rows[name] = row;
  }
  return rows;
}
