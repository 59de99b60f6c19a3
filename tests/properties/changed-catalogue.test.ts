import { failInterruptedPulls, PullTakenOver, queuePull, takeQueuedPull } from "@xueshi/database";
import { type Platform, platformNamed, readCatalogue } from "@xueshi/platforms";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { keepCatalogue } from "../../services/ingestion-worker/src/admission/keep-catalogue.ts";
import { pushRecords } from "../../services/ingestion-worker/src/admission/push-records.ts";
import type { IngestionContext } from "../../services/ingestion-worker/src/ingestion-context.ts";
import { checkDigit } from "../oracle/values.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";

const city = platformNamed("quzhou-city") as Platform;
const RECORDS = 25;
const limits = { versionsPerSlice: 4, recordsPerBatch: 3 };
let world: LedgerWorld;

beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

/** Records of five people, every fifth in category 102 and the others in 101, posted before any catalogue. */
beforeEach(async () => {
  await world.reset([]);
  await world.owner`DELETE FROM acquisition.catalogue`;
  const records = Array.from({ length: RECORDS }, (_, nth) => {
    const first17 = `3308991980030700${nth % 5}`;
    return {
      recordId: `C${nth}`,
      practitioner: { idType: "resident-id", idNumber: `${first17}${checkDigit(first17)}`, name: "王小明" },
      ...{ title: `课程 ${nth}`, hours: 2, subjectCode: nth % 5 === 0 ? "102" : "101", obtainedOn: "2020-03-02" },
    };
  });
  await pushAndPost(records);
  expect(await states()).toEqual({ unclassified: RECORDS });
});

async function pushAndPost(records: readonly object[]): Promise<void> {
  const receivedAtMs = world.clock();
  await pushRecords(world.ingestion, { source: city.name, records, receivedAtMs, language: "en", requestKey: null });
  await postAll();
}

async function postAll(): Promise<void> {
  for (const batchId of await world.unposted()) await world.post(batchId);
}

type Listed = readonly [code: number, classCode: number];

/** What a pull does with the list of categories that it fetched. */
async function keep(list: readonly Listed[], context: IngestionContext = world.ingestion): Promise<void> {
  const { sql, clock } = world.ingestion;
  await failInterruptedPulls(sql, city.name, clock());
  const pullId = world.ingestion.newId();
  await queuePull(sql, { pullId, platform: city.name, queuedAtMs: clock() });
  const pull = await takeQueuedPull(sql, city.name, clock());
  if (pull === null) throw new Error("the queued pull is taken");
  const entries = list.map(([code, classCode]) => ({ CategoryId: code, ClassTypeId: classCode }));
  const fields = { codeField: "CategoryId", classField: "ClassTypeId" };
  const fetched = { entries, catalogue: readCatalogue(fields, entries) };
  await keepCatalogue(context, city, pull, fetched, new AbortController().signal, limits);
}

/** How many records stand in which state, or under which subject. */
async function states(): Promise<Record<string, number>> {
  const rows = await world.owner<{ state: string; count: number }[]>`
    SELECT coalesce(entry.subject, state.state) AS state, count(*) AS count
    FROM projection.record_state AS state JOIN ledger.entry AS entry USING (practitioner_id, sequence) GROUP BY 1`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** The records that batches without rows name, for each batch. */
async function named(): Promise<number[]> {
  const rows = await world.owner<{ count: number }[]>`
    SELECT cardinality(record_keys) AS count FROM acquisition.batch WHERE row_count = 0 AND posted_at IS NULL`;
  return rows.map(({ count }) => count);
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

it("names each earlier record of a changed category once, in bounded steps, and nobody else", async () => {
  await keep([
    [101, 3],
    [102, 3],
  ]);
  expect(sum(await named())).toBe(RECORDS);
  expect(Math.max(...(await named()))).toBe(limits.recordsPerBatch);
  await postAll();
  expect(await states()).toEqual({ professional: RECORDS });
  await keep([
    [102, 3],
    [101, 3],
  ]);
  expect(await named()).toEqual([]);
  await keep([
    [101, 3],
    [102, 1],
  ]);
  expect(sum(await named())).toBe(5);
  await postAll();
  expect(await states()).toEqual({ professional: 20, general_common: 5 });
});

it("takes up at the next pull what a pull that was cut off had not named", async () => {
  let hints = 0;
  const cutOff = async () => {
    hints += 1;
    if (hints === 1) await failInterruptedPulls(world.ingestion.sql, city.name, world.clock());
  };
  const queue = { ...world.ingestion.queue, enqueue: cutOff } as unknown as IngestionContext["queue"];
  await expect(
    keep(
      [
        [101, 3],
        [102, 3],
      ],
      { ...world.ingestion, queue },
    ),
  ).rejects.toThrow(PullTakenOver);
  const before = sum(await named());
  expect(before).toBeLessThan(RECORDS);
  await postAll();
  await keep([
    [101, 3],
    [102, 3],
  ]);
  // It goes on where it was.
  expect(sum(await named())).toBe(RECORDS - before);
  await postAll();
  expect(await states()).toEqual({ professional: RECORDS });
});

it("forgets nothing when the list changes again, or comes back, before it was settled", async () => {
  await keep([
    [101, 3],
    [102, 3],
  ]);
  await postAll();
  const stopped = { ...world.ingestion.queue, enqueue: () => failInterruptedPulls(world.ingestion.sql, city.name, 1) };
  const context = { ...world.ingestion, queue: stopped as unknown as IngestionContext["queue"] };
  await expect(
    keep(
      [
        [101, 1],
        [102, 3],
      ],
      context,
    ),
  ).rejects.toThrow(PullTakenOver);
  await postAll();
  expect(Object.keys(await states()).sort()).toEqual(["general_common", "professional"]);
  await keep([
    [101, 1],
    [102, 1],
  ]);
  await postAll();
  expect(await states()).toEqual({ general_common: RECORDS });
  await expect(
    keep(
      [
        [101, 1],
        [102, 3],
      ],
      context,
    ),
  ).rejects.toThrow(PullTakenOver);
  await keep([
    [101, 3],
    [102, 3],
  ]);
  await postAll();
  expect(await states()).toEqual({ professional: RECORDS });
});
