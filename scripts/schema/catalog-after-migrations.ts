import { connect, migrateDatabase, type Sql } from "@xueshi/database";
import { startTestPostgres } from "@xueshi/runtime/testing";
import { type Catalog, readCatalog } from "./read-catalog.ts";

/**
 * Migrates an empty database of a PostgreSQL of one major version and reads its catalog.
 * @returns null when this machine has no such PostgreSQL
 */
export function catalogAfterMigrations(major: 15 | 18): Promise<Catalog | null> {
  return afterMigrations(major, readCatalog);
}

/** The same with whatever is read. */
export async function afterMigrations<T>(major: 15 | 18, read: (sql: Sql) => Promise<T>): Promise<T | null> {
  const server = await startTestPostgres({ major });
  if (server === null) return null;
  try {
    await migrateDatabase({ url: server.url });
    const sql = connect({ url: server.url, connectionsMax: 1, applicationName: "xueshi-schema-dump" });
    try {
      return await read(sql);
    } finally {
      await sql.end();
    }
  } finally {
    await server.stop();
  }
}
