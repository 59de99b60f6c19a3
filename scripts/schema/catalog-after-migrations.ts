import { connect, migrateDatabase } from "@xueshi/database";
import { startTestPostgres } from "@xueshi/runtime/testing";
import { type Catalog, readCatalog } from "./read-catalog.ts";

/**
 * Migrates an empty database of a PostgreSQL of one major version and reads its catalog.
 * @returns null when this machine has no such PostgreSQL
 */
export async function catalogAfterMigrations(major: 15 | 18): Promise<Catalog | null> {
  const server = await startTestPostgres({ major });
  if (server === null) return null;
  try {
    await migrateDatabase({ url: server.url });
    const sql = connect({ url: server.url, connectionsMax: 1, applicationName: "xueshi-schema-dump" });
    try {
      return await readCatalog(sql);
    } finally {
      await sql.end();
    }
  } finally {
    await server.stop();
  }
}
