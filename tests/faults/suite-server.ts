import { createTestDatabase } from "@xueshi/database/testing";

/** Where the test databases of this run are: what a proxy in front of them has to reach. */
export async function sharedServerUrl(): Promise<string> {
  const database = await createTestDatabase();
  await database.drop();
  return database.url;
}
