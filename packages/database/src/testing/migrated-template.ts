import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "../connection/connect.ts";
import { migrateDatabase } from "../connection/migrate.ts";

const MIGRATIONS_DIRECTORY = fileURLToPath(new URL("../../drizzle", import.meta.url));
/** Any number, the same for every test process of one server. */
const TEMPLATE_LOCK = 7_305_801_201_903;

/**
 * The name of a database with the newest schema that can be cloned. It is made once per server and set of migrations:
 * one process makes it under an advisory lock, and nobody can connect to it afterwards, so every clone works.
 * @param url the server; its database is where the lock is taken
 */
export async function ensureMigratedTemplate(url: string): Promise<string> {
  const name = `xueshi_template_${migrationsDigest()}`;
  const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-test", statementTimeoutMs: 0 });
  try {
    await sql`SELECT pg_advisory_lock(${TEMPLATE_LOCK}::bigint)`;
    const [found] = await sql<{ ready: boolean }[]>`
      SELECT datistemplate AS ready FROM pg_database WHERE datname = ${name}`;
    if (found?.ready === true) return name;
    // One that is not marked as a template was left half-made by a process that was killed.
    if (found !== undefined) await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`);
    await migrateDatabase({ url: databaseUrl(url, name), migrationsFolder: MIGRATIONS_DIRECTORY });
    await sql.unsafe(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
    return name;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The same server and user, another database. */
export function databaseUrl(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function migrationsDigest(): string {
  const digest = createHash("sha256");
  for (const file of readdirSync(MIGRATIONS_DIRECTORY, { recursive: true, encoding: "utf8" }).sort()) {
    if (/\.(?:sql|json)$/.test(file)) digest.update(file).update(readFileSync(join(MIGRATIONS_DIRECTORY, file)));
  }
  return digest.digest("hex").slice(0, 16);
}
