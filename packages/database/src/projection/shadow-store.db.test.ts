import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { connect, type Sql } from "../connection/connect.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { lockRebuild } from "./shadow-store.ts";

let database: TestDatabase;
let owner: Sql;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "owner" });
});
beforeEach(async () => {
  // One connection: whoever keeps it lets nobody else in. No superuser, so that a function can be kept from it.
  sql = connect({ url: await database.urlAs("ledger"), connectionsMax: 1, applicationName: "rebuild" });
  return () => sql.end({ timeout: 5 });
});
afterAll(async () => {
  await owner.end({ timeout: 5 });
  await database.drop();
});

/** Does something while nobody but superusers may call a function. */
async function without(name: string, act: () => Promise<unknown>): Promise<void> {
  await owner.unsafe(`REVOKE EXECUTE ON FUNCTION ${name}(int, int) FROM PUBLIC`);
  try {
    await expect(act()).rejects.toMatchObject({ code: "42501" });
  } finally {
    await owner.unsafe(`GRANT EXECUTE ON FUNCTION ${name}(int, int) TO PUBLIC`);
  }
}
const answers = async () => expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);

it("one rebuild works at a time, and lets the next one", async () => {
  const letNext = await lockRebuild(owner);
  expect(await lockRebuild(sql)).toBeNull();
  await answers();
  await letNext?.();
  const own = await lockRebuild(sql);
  expect(own).not.toBeNull();
  await own?.();
  await answers();
});

it("a rebuild that cannot ask whether another one works keeps no connection", async () => {
  await without("pg_try_advisory_lock", () => lockRebuild(sql));
  await answers();
});

it("neither does one that cannot say that it has ended", async () => {
  const letNext = await lockRebuild(sql);
  await without("pg_advisory_unlock", async () => letNext?.());
  await answers();
});
