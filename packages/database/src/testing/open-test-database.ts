import { connect, type Sql } from "../connection/connect.ts";
import { createTestDatabase } from "./create-test-database.ts";

/** One session of the owner in a database of one test file. Call it in `beforeAll`, and `close` in `afterAll`. */
export async function openTestDatabase(): Promise<{ readonly owner: Sql; readonly close: () => Promise<void> }> {
  const database = await createTestDatabase();
  const owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  const close = async (): Promise<void> => {
    await owner.end({ timeout: 5 });
    await database.drop();
  };
  return { owner, close };
}
