import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { connect } from "./connect.ts";
import { ensureGroupRoles } from "./roles.ts";

/** Any number, the same for every installer of this product in one database. */
const MIGRATION_LOCK = 7_305_801_201_902;

export interface MigrateOptions {
  /** A URL whose user may create schemas and roles. */
  readonly url: string;
  /** Where the reviewed SQL lies; the package's own folder by default. */
  readonly migrationsFolder?: string;
}

/**
 * Brings a database to the newest schema. One installer works at a time (advisory lock on a connection of its own);
 * the others wait and then find nothing to do.
 */
export async function migrateDatabase(options: MigrateOptions): Promise<void> {
  const guard = connect({
    url: options.url,
    connectionsMax: 1,
    applicationName: "xueshi-migrate",
    statementTimeoutMs: 0,
  });
  try {
    await guard`SELECT pg_advisory_lock(${MIGRATION_LOCK}::bigint)`;
    await ensureGroupRoles(guard);
    // Loaded only when it is needed: its modules take 200 MB and half a second, which no service should pay.
    const [{ drizzle }, { migrate }] = await Promise.all([
      import("drizzle-orm/postgres-js"),
      import("drizzle-orm/postgres-js/migrator"),
    ]);
    const client = postgres(options.url, { max: 1, onnotice: () => {} });
    try {
      const folder = options.migrationsFolder ?? fileURLToPath(new URL("../../drizzle", import.meta.url));
      await migrate(drizzle(client), {
        migrationsFolder: folder,
        migrationsSchema: "migration",
        migrationsTable: "applied",
      });
    } finally {
      await client.end({ timeout: 5 });
    }
  } finally {
    await guard.end({ timeout: 5 });
  }
}
