import { connect, readPersonEntries, type Sql } from "@xueshi/database";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RebuildUnderWay, rebuildDatabase } from "../../scripts/ledger/rebuild/rebuild-database.ts";
import { generatedMaterials, type Material } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { runSchedule } from "./run-schedule.ts";
import { schedules } from "./schedule.ts";

let world: LedgerWorld;
let sql: Sql;
beforeAll(async () => {
  world = await openLedgerWorld();
  sql = connect({ url: world.ownerUrl, connectionsMax: 2, applicationName: "test-rebuild" });
});
afterAll(async () => {
  await sql.end({ timeout: 5 });
  await world.close();
});

const PLAN = { limit: 10, isDryRun: false, isFresh: false, progress: () => undefined, peoplePerBatch: 3 };
const rebuild = (plan: Partial<typeof PLAN> = {}) => rebuildDatabase({ sql, ...PLAN, ...plan });

/** Every row of both projections, and everything about the tables that has a name or gives a right. */
async function readProjections() {
  const states = await sql`SELECT * FROM projection.record_state ORDER BY practitioner_id, record_key, slot`;
  const balances = await sql`SELECT balance::text FROM projection.balance ORDER BY 1`;
  const tables = await sql`
    SELECT relname, pg_get_userbyid(relowner) AS owner,
      (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(relacl) AS acl) AS grants,
      (SELECT array_agg(indexdef ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'projection' AND tablename = relname) AS indexes,
      (SELECT array_agg(conname || pg_get_constraintdef(pg_constraint.oid) ORDER BY conname) FROM pg_constraint
        WHERE conrelid = pg_class.oid) AS constraints
    FROM pg_class WHERE relnamespace = 'projection'::regnamespace AND relkind = 'r' ORDER BY relname`;
  return { states: [...states], balances: [...balances], tables: [...tables] };
}

/** One world that all of the later tests use: several people, duplicates, decisions, reversals. */
async function fill(): Promise<Material> {
  const [material] = fc.sample(generatedMaterials, { seed: 20_260_301, numRuns: 1 });
  const [steps] = fc.sample(schedules, { seed: 20_260_301, numRuns: 1 });
  if (material === undefined || steps === undefined) throw new Error("nothing was drawn");
  await runSchedule(world, material, steps);
  return material;
}

test("what is rebuilt is what posting after posting has left, whatever came in whatever order", async () => {
  await checkProperty(
    fc.asyncProperty(denseMaterials, schedules, async (material, steps) => {
      await runSchedule(world, material, steps);
      const before = await readProjections();
      expect(await rebuild()).toMatchObject({ differences: [], again: 0 });
      expect(await readProjections()).toEqual(before);
    }),
    6,
  );
});

test("what was changed is listed and as it should be again, also what was lost or made up", async () => {
  await fill();
  const before = await readProjections();
  await sql.unsafe(`
    UPDATE projection.balance SET hours_hundredths = hours_hundredths + 25
      WHERE practitioner_id = (SELECT min(practitioner_id::text)::uuid FROM projection.balance);
    DELETE FROM projection.record_state
      WHERE record_key = (SELECT max(record_key::text)::uuid FROM projection.record_state);
    INSERT INTO projection.balance SELECT practitioner_id, platform, recognition, 1999, subject, pathway, 100
      FROM projection.balance WHERE hours_hundredths > 0 LIMIT 1`);
  const found = await rebuild({ isDryRun: true });
  const kinds = new Set(found.differences.map(({ table, isKept }) => `${table} ${isKept}`));
  expect(kinds).toEqual(
    new Set(["projection.balance true", "projection.balance false", "projection.record_state false"]),
  );
  expect(await readProjections()).not.toEqual(before);
  expect((await rebuild()).differences).toEqual(found.differences);
  expect(await readProjections()).toEqual(before);
  expect(await rebuild()).toMatchObject({ differences: [] });
});

test("postings and readers go on before, during and after the exchange, on statements that they prepared before it", async () => {
  const { arrivals } = await fill();
  const rows = arrivals.flatMap((arrival) =>
    arrival.kind === "row" && arrival.source === "quzhou-city" ? [arrival.raw] : [],
  );
  const later = rows.map((row, at) => ({ ...row, record_id: `later-${at}` }));
  let postings = 0;
  let isOver = false;
  const posting = (async () => {
    while (!isOver || postings < 3) {
      await world.pull("quzhou-city", later.splice(0, 1));
      for (const batchId of await world.unposted()) await world.post(batchId);
      postings += 1;
    }
  })();
  const reading = (async () => {
    const [head] = await sql<{ id: string }[]>`SELECT practitioner_id AS id FROM ledger.head LIMIT 1`;
    while (!isOver) {
      await readPersonEntries(world.query, head?.id ?? "", world.clock());
      await world.recordStates([head?.id ?? ""]);
    }
  })();
  const reports = [await rebuild(), await rebuild(), await rebuild()];
  isOver = true;
  await Promise.all([posting, reading]);
  expect(reports.flatMap(({ differences }) => differences)).toEqual([]);
  expect(postings).toBeGreaterThan(2);
  expect(await rebuild()).toMatchObject({ differences: [], again: 0 });
});

test("one that was cut off is gone on with, and what was posted since is done again", async () => {
  await fill();
  const cut = rebuild({
    progress: () => {
      throw new Error("cut off");
    },
  } as Partial<typeof PLAN>);
  await expect(cut).rejects.toThrow("cut off");
  const [mark] = await sql<{ id: string; sequence: number }[]>`
    SELECT practitioner_id AS id, sequence FROM projection.next_mark LIMIT 1`;
  await sql`UPDATE projection.next_mark SET sequence = sequence - 1 WHERE practitioner_id = ${mark?.id ?? ""}`;
  await sql`DELETE FROM projection.next_record_state WHERE practitioner_id = ${mark?.id ?? ""}`;
  const before = await readProjections();
  expect(await rebuild()).toMatchObject({ isResumed: true, differences: [] });
  const names = (tables: readonly { relname?: string }[]) => tables.map(({ relname }) => relname);
  expect(names((await readProjections()).tables)).toEqual(["balance", "record_state"]);
  expect((await readProjections()).states).toEqual(before.states);
});

test("what a rebuild by other columns has left is not used", async () => {
  await fill();
  await sql.unsafe(`CREATE TABLE projection.next_record_state (practitioner_id uuid); CREATE TABLE projection.next_balance ();
    CREATE TABLE projection.next_mark (practitioner_id uuid PRIMARY KEY, sequence bigint);
    INSERT INTO projection.next_mark SELECT practitioner_id, sequence FROM ledger.head`);
  expect(await rebuild()).toMatchObject({ isResumed: false, differences: [] });
});

test("one rebuild works at a time", async () => {
  await fill();
  const other = connect({ url: world.ownerUrl, connectionsMax: 2, applicationName: "test-rebuild" });
  const both = await Promise.allSettled([rebuild(), rebuildDatabase({ sql: other, ...PLAN })]);
  await other.end({ timeout: 5 });
  const refused = both.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(refused).toEqual([expect.any(RebuildUnderWay)]);
});
