import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { generatedMaterials } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { runSchedule } from "./run-schedule.ts";
import { schedules } from "./schedule.ts";

let world: LedgerWorld;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

test("the ledger ends as the rules say, whatever the order, the split and the repetition", async () => {
  await checkProperty(
    fc.asyncProperty(denseMaterials, schedules, (material, steps) => runSchedule(world, material, steps)),
    16,
  );
});

test("generated feeds end as the rules say, whatever the order, the split and the repetition", async () => {
  await checkProperty(
    fc.asyncProperty(generatedMaterials, schedules, (material, steps) => runSchedule(world, material, steps)),
    7,
  );
});
