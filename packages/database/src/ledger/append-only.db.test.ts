import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { connect, readGuardedTables, SERVICE_ROLES, type ServiceRole, type Sql } from "../index.ts";
import { createTestDatabase, insertAnyRows } from "../testing/index.ts";

const ID = "11111111-1111-8111-8111-111111111111";

const database = await createTestDatabase();
const open = (url: string) => connect({ url, connectionsMax: 1, applicationName: "attack" });
const owner = open(database.url);
/** What nobody may change: the list that the migrations make. */
const TABLES = await readGuardedTables(owner);
const logins = {} as Record<ServiceRole, Sql>;

beforeAll(async () => {
  for (const role of SERVICE_ROLES) logins[role] = open(await database.urlAs(role));
  // The guards of rows need a row to guard; their own list has some.
  await insertAnyRows(
    owner,
    TABLES.filter((table) => table !== "ledger.guard"),
  );
});

afterAll(async () => {
  await Promise.all([owner, ...Object.values(logins)].map((sql) => sql.end({ timeout: 5 })));
  await database.drop();
});

/** SQLSTATE of the refusal, or `done` when the statement went through. */
async function outcomeOf(sql: Sql, statement: string): Promise<string> {
  try {
    await sql.unsafe(statement);
    return "done";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

const INSUFFICIENT_PRIVILEGE = "42501";
const RESTRICT_VIOLATION = "23001";

async function outcomesOf(sql: Sql, statements: readonly string[]): Promise<[string, string][]> {
  const outcomes: [string, string][] = [];
  for (const statement of statements) outcomes.push([statement, await outcomeOf(sql, statement)]);
  return outcomes;
}

function refused(statements: readonly string[], code: string = INSUFFICIENT_PRIVILEGE): [string, string][] {
  return statements.map((statement) => [statement, code]);
}

/** The first column of each, quoted. */
const columns = new Map(
  (
    await owner<{ table: string; column: string }[]>`
      SELECT attrelid::regclass::text AS table, quote_ident(attname) AS column FROM pg_attribute
      WHERE attrelid = ANY (${TABLES}::text[]::regclass[]) AND attnum = 1`
  ).map(({ table, column }) => [table, column]),
);

describe.each(TABLES)("%s", (table) => {
  const column = columns.get(table);
  const changes = [
    `UPDATE ${table} SET ${column} = ${column}`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table} CASCADE`,
    `WITH gone AS (DELETE FROM ${table} RETURNING 1) SELECT count(*) FROM gone`,
    `MERGE INTO ${table} AS t USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE`,
  ];

  it.each(SERVICE_ROLES)("cannot be changed, rebuilt or unguarded as %s", async (role) => {
    const attacks = [
      ...changes,
      `SELECT * FROM ${table} FOR UPDATE`,
      `DO $$ BEGIN LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE; END $$`,
      `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
      `ALTER TABLE ${table} DISABLE TRIGGER USER`,
      `ALTER TABLE ${table} ADD COLUMN extra text`,
      `ALTER TABLE ${table} DROP COLUMN ${column}`,
      `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
      `ALTER TABLE ${table} OWNER TO current_user`,
      `ALTER TABLE ${table} RENAME TO other`,
      `CREATE TRIGGER sly BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()`,
      `CREATE RULE sly AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
      `DROP TABLE ${table} CASCADE`,
    ];
    // PostgreSQL lets it pass with a warning; the attacks show that it gave nothing.
    await outcomeOf(logins[role], `GRANT ALL ON ${table} TO current_user`);
    expect(await outcomesOf(logins[role], attacks)).toEqual(refused(attacks));
  });

  it("is guarded even from its owner", async () => {
    for (const change of changes)
      expect([change, await outcomeOf(owner, change)]).toEqual([change, RESTRICT_VIOLATION]);
    expect(await owner.unsafe(`SELECT FROM ${table} LIMIT 1`)).toHaveLength(1);
  });
});

test.each(SERVICE_ROLES)(
  "%s cannot become someone else, switch the guards off, or reach out of the database",
  async (role) => {
    const others = SERVICE_ROLES.filter((other) => other !== role).map((other) => `xueshi_${other}`);
    const [superuser] = await owner<{ name: string }[]>`SELECT current_user AS name`;
    const attacks = [
      ...[...others, `"${superuser?.name}"`, "pg_write_all_data", "pg_database_owner"].map(
        (name) => `SET ROLE ${name}`,
      ),
      `SET SESSION AUTHORIZATION "${superuser?.name}"`,
      "SET session_replication_role = replica",
      "ALTER ROLE current_user SUPERUSER",
      "ALTER ROLE current_user BYPASSRLS",
      ...others.map((name) => `GRANT ${name} TO current_user`),
      "CREATE ROLE sly LOGIN",
      "ALTER FUNCTION ledger.refuse_change() RENAME TO other",
      "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      "DROP FUNCTION ledger.refuse_change() CASCADE",
      "DROP SCHEMA ledger CASCADE",
      "ALTER SCHEMA ledger RENAME TO other",
      "CREATE SCHEMA sly",
      "CREATE TABLE public.sly (id int)",
      "CREATE TABLE ledger.sly (id int)",
      "CREATE FUNCTION ledger.sly() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "ALTER SYSTEM SET fsync = off",
      `ALTER DATABASE ${database.name} SET session_replication_role = replica`,
      "COPY ledger.entry TO PROGRAM 'cat'",
      "COPY (SELECT 1) TO '/sly'",
      "SELECT pg_read_file('/etc/passwd')",
      "SELECT lo_import('/etc/passwd')",
      "SELECT * FROM pg_authid",
      "DELETE FROM migration.applied",
    ];
    const outcomes: (readonly [string, string])[] = [];
    for (const attack of attacks) outcomes.push([attack, await outcomeOf(logins[role], attack)]);
    expect(outcomes).toEqual(attacks.map((attack) => [attack, INSUFFICIENT_PRIVILEGE]));
  },
);

test("an entry is reversed at most once, and has the shape of its kind", async () => {
  const insert = (sequence: number, kind: string, reverses: string, hash = "repeat('00', 32)") =>
    outcomeOf(
      logins.ledger,
      `INSERT INTO ledger.entry
        (practitioner_id, sequence, posting_id, recorded_at, kind, reverses, slot, flags, reason, actor, hash)
        VALUES ('${ID}', ${sequence}, '${ID}', now(), '${kind}', ${reverses}, '', '', 'r', 'a', decode(${hash}, 'hex'))`,
    );
  expect(await insert(2, "posting", "null")).toBe("done");
  expect(await insert(3, "reversal", "2")).toBe("done");
  expect(await insert(4, "reversal", "2")).toBe("23505");
  expect(await insert(3, "posting", "null")).toBe("23505");
  expect(await insert(4, "reversal", "null")).toBe("23514");
  expect(await insert(4, "posting", "1")).toBe("23514");
  expect(await insert(4, "correction", "null")).toBe("23514");
  expect(await insert(0, "posting", "null")).toBe("23514");
  expect(await insert(4, "posting", "null", "'00'")).toBe("23514");
});
