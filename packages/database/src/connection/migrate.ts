import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, type Sql } from "./connect.ts";
import { ensureGroupRoles } from "./roles.ts";
import { beginTransaction } from "./run-transaction.ts";

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
    await applyMigrations(guard, options.migrationsFolder ?? bundledMigrations());
  } finally {
    await guard.end({ timeout: 5 });
  }
}

/**
 * What drizzle's own migrator does with the files it wrote: all that are later than the last one applied, in one
 * transaction. Loading that one takes 200 MB and longer than a start has to take.
 */
async function applyMigrations(sql: Sql, migrationsFolder: string): Promise<void> {
  const { readMigrationFiles } = await import("drizzle-orm/migrator");
  const migrations = readMigrationFiles({ migrationsFolder });
  await sql`CREATE SCHEMA IF NOT EXISTS migration`;
  await sql`
    CREATE TABLE IF NOT EXISTS migration.applied (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`;
  const [last] = await sql<{ at: number }[]>`
    SELECT created_at AS at FROM migration.applied ORDER BY created_at DESC LIMIT 1`;
  await beginTransaction(sql, async (transaction) => {
    for (const { sql: statements, hash, folderMillis } of migrations) {
      if (last !== undefined && last.at >= folderMillis) continue;
      for (const statement of statements) await transaction.unsafe(statement);
      await transaction`INSERT INTO migration.applied (hash, created_at) VALUES (${hash}, ${folderMillis})`;
    }
  });
}

const bundledMigrations = () => fileURLToPath(new URL("../../drizzle", import.meta.url));

/** How the migrations of a database compare with those of this version, each by its name. */
export interface MigrationState {
  readonly applied: number;
  readonly missing: readonly string[];
  /** Applied from a text that is not the one of today. */
  readonly altered: readonly string[];
  /** How many were applied that this version does not know: the database is of a newer one. */
  readonly unknown: number;
}

/** @param folder where the reviewed SQL lies; the package's own by default */
export async function readMigrationState(sql: Sql, folder: string = bundledMigrations()): Promise<MigrationState> {
  const journal = JSON.parse(await readFile(join(folder, "meta/_journal.json"), "utf8")) as {
    entries: readonly { readonly tag: string; readonly when: number }[];
  };
  const [found] = await sql<{ isThere: boolean }[]>`SELECT to_regclass('migration.applied') IS NOT NULL AS "isThere"`;
  const rows = found?.isThere
    ? await sql<{ hash: string; at: number }[]>`SELECT hash, created_at::bigint AS at FROM migration.applied`
    : [];
  const hashes = new Map(rows.map(({ at, hash }) => [at, hash]));
  const missing: string[] = [];
  const altered: string[] = [];
  for (const { tag, when } of journal.entries) {
    const hash = hashes.get(when);
    const text = await readFile(join(folder, `${tag}.sql`), "utf8");
    if (hash === undefined) missing.push(tag);
    else if (hash !== createHash("sha256").update(text).digest("hex")) altered.push(tag);
  }
  const known = new Set(journal.entries.map(({ when }) => when));
  return { applied: rows.length, missing, altered, unknown: rows.filter(({ at }) => !known.has(at)).length };
}
