import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";

/**
 * A database for a main job that is given DATABASE_URL. The main job gives the services' logins passwords of its own;
 * asked for here first, they are removed with the database.
 */
export async function createMainJobDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  for (const role of ["ingestion", "ledger", "query"] as const) await database.urlAs(role);
  return database;
}
