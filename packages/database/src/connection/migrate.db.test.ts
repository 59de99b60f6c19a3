import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, ensureServiceLogin, migrateDatabase, SERVICE_ROLES, type Sql } from "../index.ts";
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
