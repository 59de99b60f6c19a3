import { expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import { createTestDatabase } from "./create-test-database.ts";

test("each database has the newest schema, is nobody else's, and is gone after drop", async () => {
  const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()]);
  expect(new Set(databases.map(({ name }) => name)).size).toBe(3);
  const [first, second, third] = databases;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three were asked for");

  const sql = connect({ url: first.url, connectionsMax: 1, applicationName: "test" });
  const counts = await sql`SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'verdict'`;
  expect(counts[0]).toEqual({ tables: 3 });
  await second.drop();
  const names = await sql<
    { name: string }[]
  >`SELECT datname AS name FROM pg_database WHERE datname LIKE 'xueshi_test_%'`;
  expect(names.map(({ name }) => name)).toContain(first.name);
  expect(names.map(({ name }) => name)).not.toContain(second.name);
  await sql.end();
  await Promise.all([first.drop(), third.drop()]);
});

test("a service's login holds its group's grants and no more", async () => {
  const database = await createTestDatabase();
  const sql = connect({ url: await database.urlAs("query"), connectionsMax: 1, applicationName: "test" });
  expect(await sql`SELECT count(*)::int AS entries FROM ledger.entry`).toEqual([{ entries: 0 }]);
  await expect(sql`SELECT 1 FROM acquisition.batch`).rejects.toMatchObject({ code: "42501" });
  await expect(sql`DELETE FROM verdict.access_log`).rejects.toMatchObject({ code: "42501" });
  await sql.end();
  await database.drop();
});
