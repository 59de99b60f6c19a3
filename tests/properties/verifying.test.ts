import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type VerifyPlan, verifyDatabase } from "../../scripts/ledger/verify/verify-database.ts";
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

const program = pathToFileURL(join(import.meta.dirname, "../../scripts/ledger/main.ts"));
const verify = (plan: Partial<VerifyPlan> = {}) =>
  verifyDatabase({ databaseUrl: world.ownerUrl, limit: 10, threads: null, progress: () => undefined, ...plan });

async function fill() {
  const [material] = fc.sample(generatedMaterials, { seed: 20_260_301, numRuns: 1 });
  const [steps] = fc.sample(schedules, { seed: 20_260_301, numRuns: 1 });
  if (material === undefined || steps === undefined) throw new Error("nothing was drawn");
  await runSchedule(world, material, steps);
  return material;
}

test.each([
  ["a small world", denseMaterials, 6],
  ["generated feeds", generatedMaterials, 4],
] as const)(
  "what posting after posting has left is sound, whatever came in whatever order: %s",
  async (_name, materials, runs) => {
    await checkProperty(
      fc.asyncProperty(materials, schedules, async (material, steps) => {
        await runSchedule(world, material, steps);
        const { tally, entries } = await verify();
        expect(tally.first).toEqual([]);
        const [stored] = await world.owner<{ entries: number }[]>`SELECT count(*)::int AS entries FROM ledger.entry`;
        expect(entries).toBe(stored?.entries);
      }),
      runs,
    );
  },
);

test("threads find what one program finds, in the same order", async () => {
  await fill();
  await world.owner.unsafe(
    "SET session_replication_role = replica; UPDATE ledger.entry SET title = title || '!' WHERE sequence % 3 = 0",
  );
  const alone = await verify();
  expect(alone.tally.counts.get("entry_hash_differs")).toBeGreaterThan(3);
  const steps: number[] = [];
  const threads = { program, count: 2 };
  const both = await verify({ threads, entriesPerTask: 3, progress: (done) => void steps.push(done) });
  expect(both).toEqual(alone);
  expect(steps.length).toBeGreaterThan(3);
  expect(steps).toEqual(steps.toSorted((left, right) => left - right));
});

test("what is posted meanwhile is no finding", async () => {
  const { arrivals } = await fill();
  const rows = arrivals.flatMap((arrival) =>
    arrival.kind === "row" && arrival.source === "quzhou-city" ? [arrival.raw] : [],
  );
  const later = rows.map((row, at) => ({ ...row, record_id: `later-${at}` }));
  let isOver = false;
  let postings = 0;
  const posting = (async () => {
    while (!isOver || postings < 3) {
      await world.pull("quzhou-city", later.splice(0, 1));
      for (const batchId of await world.unposted()) await world.post(batchId);
      postings += 1;
    }
  })();
  const reports = [];
  for (let round = 0; round < 3; round += 1) reports.push(await verify({ entriesPerTask: 3 }));
  isOver = true;
  await posting;
  expect(reports.flatMap(({ tally }) => tally.first)).toEqual([]);
});
