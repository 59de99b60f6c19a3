import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, exportSnapshot, keepToItself, openSnapshot, type Sql } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 2, applicationName: "test" });
  await sql`CREATE TABLE said (word text)`;
});
afterAll(async () => {
  await sql.end({ timeout: 0 });
  await database.drop();
});

test("two sessions see one moment, in which neither writes", async () => {
  const first = await openSnapshot(sql);
  const id = await exportSnapshot(first);
  await first.sql`SELECT 1`;
  const writer = connect({ url: database.url, connectionsMax: 1, applicationName: "writer" });
  await writer`INSERT INTO said VALUES ('later')`;
  await writer.end();
  const second = await openSnapshot(sql, id);
  expect([await first.sql`SELECT * FROM said`, await second.sql`SELECT * FROM said`]).toEqual([[], []]);
  await expect(second.sql`INSERT INTO said VALUES ('no')`).rejects.toMatchObject({ code: "25006" });
  await Promise.all([first.close(), second.close()]);
  expect(await sql`SELECT * FROM said`).toEqual([{ word: "later" }]);
});

test("a session keeps to its own process and sorts in memory until its snapshot is closed", async () => {
  const readSettings = (session: Sql) =>
    session`SELECT current_setting('max_parallel_workers_per_gather') AS workers, current_setting('work_mem') AS memory`;
  const [before] = await readSettings(sql);
  const snapshot = await openSnapshot(sql);
  await keepToItself(snapshot);
  expect(await readSettings(snapshot.sql)).toEqual([{ workers: "0", memory: "64MB" }]);
  await snapshot.close();
  expect(before).not.toEqual({ workers: "0", memory: "64MB" });
  for (const session of [sql, sql]) expect(await readSettings(session)).toEqual([before]);
});
