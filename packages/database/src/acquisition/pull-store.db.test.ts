import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, type Sql } from "../connection/connect.ts";
import { createTestDatabase, type TestDatabase } from "../testing/create-test-database.ts";
import {
  failInterruptedPulls,
  queuePull,
  readAbandonedPlatforms,
  takeQueuedPull,
  withPlatformLease,
} from "./pull-store.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: await database.urlAs("ingestion"), connectionsMax: 3, applicationName: "test" });
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
  await withPlatformLease(sql, "quzhou-city", async () => {
    expect(await readAbandonedPlatforms(sql)).toEqual(["zj-industry"]);
    await takeQueuedPull(sql, "quzhou-city", 3);
    expect(await readAbandonedPlatforms(sql)).toEqual(["zj-industry"]);
    expect(await withPlatformLease(sql, "quzhou-city", async () => "taken")).toBeNull();
  });
  // It is said to run, but nobody holds the lease any more.
  expect((await readAbandonedPlatforms(sql)).sort()).toEqual(["quzhou-city", "zj-industry"]);
  expect(await failInterruptedPulls(sql, "quzhou-city", 4)).toBe(1);
  expect(await readAbandonedPlatforms(sql)).toEqual(["zj-industry"]);
});
