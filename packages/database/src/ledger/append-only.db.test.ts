import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { connect, SERVICE_ROLES, type ServiceRole, type Sql } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

const ID = "11111111-1111-8111-8111-111111111111";
/** What nobody may change, with a row for each, so that the guards of rows have a row to guard. */
const APPEND_ONLY = {
  "ledger.entry": `(practitioner_id, sequence, posting_id, recorded_at, kind, slot, flags, reason, actor, hash)
    VALUES ('${ID}', 1, '${ID}', now(), 'identity', '', '', 'r', 'a', decode(repeat('00', 32), 'hex'))`,
  "ledger.posting": `(posting_id, reason, actor, recorded_at, entry_count) VALUES ('${ID}', 'r', 'a', now(), 1)`,
  "ledger.platform_mark": `(platform, pull_id, outcome, recorded_at) VALUES ('p', '${ID}', 'complete', now())`,
  "classification.decision": `(record_key, decided_at, decision_id, counts_besides, reason, actor)
    VALUES ('${ID}', now(), '${ID}', false, 'r', 'a')`,
  "requirement.activation": `(rule_set_id, activated_at, digest, full_text, activated_by)
    VALUES ('r', now(), '\\x00', 't', 'a')`,
  "verdict.kept_verdict": `(practitioner_id, verdict_id, kept_at, key_id, answer, decision)
    VALUES ('${ID}', 'v', now(), '${ID}', '{}', '{}')`,
  "verdict.access_log": `(practitioner_id, accessed_at, access_id, key_id, purpose, request_id)
    VALUES ('${ID}', now(), '${ID}', '${ID}', 'p', 'r')`,
} as const;
const TABLES = Object.keys(APPEND_ONLY) as (keyof typeof APPEND_ONLY)[];

let database: TestDatabase;
let owner: Sql;
const logins = {} as Record<ServiceRole, Sql>;

beforeAll(async () => {
  database = await createTestDatabase();
  const open = (url: string) => connect({ url, connectionsMax: 1, applicationName: "attack" });
  owner = open(database.url);
  for (const role of SERVICE_ROLES) logins[role] = open(await database.urlAs(role));
  for (const table of TABLES) await owner.unsafe(`INSERT INTO ${table} ${APPEND_ONLY[table]}`);
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

/** A column that holds text. */
const TEXT_COLUMNS: Readonly<Record<(typeof TABLES)[number], string>> = {
  ...{ "ledger.entry": "title", "ledger.posting": "reason", "ledger.platform_mark": "outcome" },
  ...{ "classification.decision": "reason", "requirement.activation": "full_text" },
  ...{ "verdict.kept_verdict": "answer", "verdict.access_log": "purpose" },
};

describe.each(TABLES)("%s", (table) => {
  const column = TEXT_COLUMNS[table];
  const changes = [
    `UPDATE ${table} SET ${column} = 'x'`,
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
    expect(await owner.unsafe(`SELECT 1 FROM ${table}`)).toHaveLength(1);
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
