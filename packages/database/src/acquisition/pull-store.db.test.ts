import type { LocalDate } from "@xueshi/domain";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, type Sql } from "../connection/connect.ts";
import { createTestDatabase, type TestDatabase } from "../testing/create-test-database.ts";
import { readAbandonedPlatforms, withPlatformLease } from "./platform-lease.ts";
import {
  advancePull,
  endPull,
  failInterruptedPulls,
  isPullRunning,
  PullTakenOver,
  queueBackfill,
  queuePull,
  requeueBackfill,
  takeQueuedPull,
} from "./pull-store.ts";
import { readPulls } from "./pull-view-store.ts";

let database: TestDatabase;
let sql: Sql;
let openLease: (onClose: () => void) => Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: await database.urlAs("ingestion"), connectionsMax: 3, applicationName: "test" });
  const url = await database.urlAs("ingestion");
  openLease = (onClose) => connect({ url, connectionsMax: 1, applicationName: "test-lease", onClose });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

it("finds platforms whose pull waits, or whose process died, and none that is being pulled", async () => {
  const queue = (platform: string, nth: number) =>
    queuePull(sql, { pullId: `00000000-0000-7000-8000-00000000000${nth}`, platform, queuedAtMs: nth });
  expect(await readAbandonedPlatforms(sql)).toEqual([]);
  await queue("quzhou-city", 1);
  await queue("zj-industry", 2);
  expect((await readAbandonedPlatforms(sql)).sort()).toEqual(["quzhou-city", "zj-industry"]);
  await withPlatformLease(openLease, "quzhou-city", async () => {
    expect(await readAbandonedPlatforms(sql)).toEqual(["zj-industry"]);
    await takeQueuedPull(sql, "quzhou-city", 3);
    expect(await readAbandonedPlatforms(sql)).toEqual(["zj-industry"]);
    expect(await withPlatformLease(openLease, "quzhou-city", async () => "taken")).toBeNull();
  });
  // It is said to run, but nobody holds the lease any more.
  expect((await readAbandonedPlatforms(sql)).sort()).toEqual(["quzhou-city", "zj-industry"]);
  expect(await failInterruptedPulls(sql, "quzhou-city", 4)).toBe(1);
  expect(await readAbandonedPlatforms(sql)).toEqual(["zj-industry"]);
});

it("tells whoever holds a lease that its connection is lost, and lets another one in", async () => {
  const outcome = await withPlatformLease(openLease, "zj-industry", async (lost) => {
    const aborted = new Promise<string>((resolve) =>
      lost.addEventListener("abort", () => resolve("lost"), { once: true }),
    );
    const owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test-owner" });
    await owner`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'test-lease' AND datname = current_database()`;
    await owner.end();
    expect(await aborted).toBe("lost");
    expect(await withPlatformLease(openLease, "zj-industry", async () => "taken over")).toBe("taken over");
    return "ended";
  });
  expect(outcome).toBe("ended");
});

it("has one pull of a platform waiting at a time: later wishes are the same wish, also while one runs", async () => {
  const wish = (nth: number) =>
    queuePull(sql, { pullId: `00000000-0000-7000-8000-0000000001${nth}0`, platform: "demo", queuedAtMs: nth });
  const first = "00000000-0000-7000-8000-000000000110";
  expect(await wish(1)).toBe(first);
  expect(await Promise.all([wish(2), wish(3)])).toEqual([first, first]);
  expect(await takeQueuedPull(sql, "demo", 4)).toMatchObject({ pullId: first, kind: "incremental" });
  expect(await takeQueuedPull(sql, "demo", 4)).toBeNull();
  expect(new Set(await Promise.all([wish(5), wish(6), wish(7)])).size).toBe(1);
  const states = (await readPulls(sql, { platform: "demo", state: null, before: null, limit: 9 })).map(
    (pull) => pull.state,
  );
  expect(states).toEqual(["queued", "running"]);
});

it("refuses what a pull writes that another one has taken over", async () => {
  const pullId = "00000000-0000-7000-8000-000000000009";
  await queuePull(sql, { pullId, platform: "zj-natural-resources", queuedAtMs: 1 });
  await takeQueuedPull(sql, "zj-natural-resources", 2);
  const advance = { pullId, attempt: null, pages: 1, rows: 1, rowsReread: 0, advertisedTotal: null };
  await sql.begin((tx) => advancePull(tx, advance));
  await failInterruptedPulls(sql, "zj-natural-resources", 3);
  await expect(sql.begin((tx) => advancePull(tx, advance))).rejects.toThrow(PullTakenOver);
  const end = { pullId, attempt: null, endedAtMs: 4, outcome: "complete", reason: null, detail: {} } as const;
  await expect(sql.begin((tx) => endPull(tx, end))).rejects.toThrow(PullTakenOver);
});

it("refuses what a back-fill's former holder writes, and leaves it to the one who has taken it up", async () => {
  const pullId = "00000000-0000-7000-8000-000000000010";
  const range = { fromDay: "2020-01-01", untilDay: "2020-01-31" } as { fromDay: LocalDate; untilDay: LocalDate };
  await queueBackfill(sql, { pullId, platform: "lost", ...range, queuedAtMs: 1, requestedBy: null }, 1);
  const former = await takeQueuedPull(sql, "lost", 2);
  await failInterruptedPulls(sql, "lost", 3);
  const holder = await takeQueuedPull(sql, "lost", 4);
  if (former === null || holder === null) throw new Error("the back-fill waits");
  const advance = { pullId, pages: 1, rows: 1, rowsReread: 0, advertisedTotal: null, position: { updatedFrom: "x" } };
  const end = { pullId, endedAtMs: 5, outcome: "complete", reason: null, detail: {} } as const;
  await expect(sql.begin((tx) => advancePull(tx, { ...advance, attempt: former.attempt }))).rejects.toThrow(
    PullTakenOver,
  );
  await expect(sql.begin((tx) => endPull(tx, { ...end, attempt: former.attempt }))).rejects.toThrow(PullTakenOver);
  await requeueBackfill(sql, former);
  expect(await isPullRunning(sql, pullId)).toBe(true);
  await sql.begin((tx) => advancePull(tx, { ...advance, attempt: holder.attempt }));
  await requeueBackfill(sql, holder);
  expect(await takeQueuedPull(sql, "lost", 6)).toMatchObject({ pullId, position: { updatedFrom: "x" } });
});
