import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, ensureServiceLogin, migrateDatabase, readBrokenGuards, SERVICE_ROLES, type Sql } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

let home: TestDatabase;
let admin: Sql;
const names: string[] = [];

beforeAll(async () => {
  home = await createTestDatabase();
  admin = open(home.url);
});

afterAll(async () => {
  for (const name of names) await admin.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end({ timeout: 5 });
  await home.drop();
});

function open(url: string): Sql {
  return connect({ url, connectionsMax: 1, applicationName: "migrate-test" });
}

/** A database with nothing in it, as an installation starts with. */
async function emptyDatabase(): Promise<string> {
  const name = `xueshi_test_${randomBytes(8).toString("hex")}`;
  await admin.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`);
  names.push(name);
  const url = new URL(home.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function readApplied(url: string): Promise<{ migrations: number; tables: number }> {
  const sql = open(url);
  try {
    const [row] = await sql<{ migrations: number; tables: number }[]>`
      SELECT (SELECT count(*) FROM migration.applied) AS migrations,
        (SELECT count(*) FROM pg_tables WHERE schemaname IN ('admission', 'ledger', 'projection', 'verdict')) AS tables`;
    return row ?? { migrations: 0, tables: 0 };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

test("three installers at once make one schema, and a fourth finds nothing to do", async () => {
  const url = await emptyDatabase();
  await Promise.all([migrateDatabase({ url }), migrateDatabase({ url }), migrateDatabase({ url })]);
  const once = await readApplied(url);
  expect(once.migrations).toBeGreaterThan(0);
  expect(once.tables).toBeGreaterThan(8);
  await migrateDatabase({ url });
  expect(await readApplied(url)).toEqual(once);
});

/** The migrations of today and one that comes later. */
async function withLater(sql: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xueshi-migrations-"));
  await cp(fileURLToPath(new URL("../../drizzle", import.meta.url)), folder, { recursive: true });
  await writeFile(join(folder, "9999_later.sql"), sql);
  const path = join(folder, "meta/_journal.json");
  const journal = JSON.parse(await readFile(path, "utf8")) as { entries: object[] };
  journal.entries.push({ idx: 9_999, version: "7", when: 9_999_999_999_999, tag: "9999_later", breakpoints: true });
  await writeFile(path, JSON.stringify(journal));
  return folder;
}

test.each([
  [
    "makes a guarded table and widens another",
    "done",
    "CREATE TABLE ledger.more (id int); SELECT ledger.guard_table('ledger.more'); ALTER TABLE ledger.entry ADD COLUMN more text",
  ],
  [
    "takes a guard away",
    "refused",
    "CREATE TABLE ledger.more (id int); DROP TRIGGER entry_append_only ON ledger.entry",
  ],
  [
    "takes a guard away on purpose and puts it back",
    "done",
    `CREATE TABLE ledger.more (id int); SELECT migration.watch_guards(false);
    ALTER TABLE ledger.entry ALTER COLUMN attributed_year TYPE int; SELECT migration.watch_guards(true)`,
  ],
])("a later migration that %s is %s", async (_what, end, sql) => {
  const url = await emptyDatabase();
  await migrateDatabase({ url });
  const folder = await withLater(sql);
  const database = open(url);
  try {
    const outcome = await migrateDatabase({ url, migrationsFolder: folder }).then(
      () => "done",
      (error: unknown) => (/23001|refused/.test(`${error} ${(error as Error).cause}`) ? "refused" : String(error)),
    );
    expect(outcome).toBe(end);
    const [made] = await database`SELECT to_regclass('ledger.more') IS NOT NULL AS "isMade"`;
    expect(made).toEqual({ isMade: end === "done" });
    expect(await readBrokenGuards(database)).toEqual([]);
  } finally {
    await database.end({ timeout: 5 });
    await rm(folder, { recursive: true });
  }
});

test("two installations on one cluster do not get into each other's way over roles and logins", async () => {
  const urls = await Promise.all([emptyDatabase(), emptyDatabase()]);
  await Promise.all(urls.map((url) => migrateDatabase({ url })));
  const sessions = urls.flatMap((url) => [open(url), open(url)]);
  const rounds = Array.from({ length: 5 }, () => sessions).flat();
  const logins = await Promise.all(
    rounds.flatMap((sql) => SERVICE_ROLES.map((role) => ensureServiceLogin(sql, role, "password-of-a-service"))),
  );
  await Promise.all(sessions.map((sql) => sql.end({ timeout: 5 })));
  const distinct = [...new Set(logins)];
  expect(distinct).toHaveLength(2 * SERVICE_ROLES.length);
  const members = await admin<{ login: string; groups: string[] }[]>`
    SELECT member.rolname AS login, array_agg(granted.rolname::text) AS groups FROM pg_auth_members AS link
    JOIN pg_roles AS member ON member.oid = link.member JOIN pg_roles AS granted ON granted.oid = link.roleid
    WHERE member.rolname = ANY(${distinct}) GROUP BY 1`;
  expect(members).toHaveLength(distinct.length);
  for (const { login, groups } of members) expect(groups).toEqual([login.replace(/_[0-9a-f]{8}$/, "")]);
  for (const name of names.slice(-2)) await admin.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
  names.splice(-2);
  for (const login of distinct) await admin.unsafe(`DROP ROLE ${login}`);
});

test("a login gets the newest password, and a short one is refused", async () => {
  const [role, first, second] = ["query", "first-password-of-it", "second-password-of-it"] as const;
  const login = await ensureServiceLogin(admin, role, first);
  expect(await ensureServiceLogin(admin, role, second)).toBe(login);
  const withPassword = (password: string) => {
    const url = new URL(home.url);
    [url.username, url.password] = [login, password];
    return open(url.href);
  };
  const sql = withPassword(second);
  expect(await sql`SELECT current_user AS name`).toEqual([{ name: login }]);
  await sql.end({ timeout: 5 });
  await expect(ensureServiceLogin(admin, role, "short")).rejects.toThrow(/16 or more/);
  await expect(ensureServiceLogin(admin, role, "'; DROP ROLE postgres; --")).rejects.toThrow(/URL-safe/);
  await admin.unsafe(`DROP ROLE ${login}`);
});
