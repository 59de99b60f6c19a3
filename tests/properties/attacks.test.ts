import { connect, readGuardedTables, SERVICE_ROLES, type ServiceRole, type Sql } from "@xueshi/database";
import { createTestDatabase, insertAnyRows, type TestDatabase } from "@xueshi/database/testing";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Attack, attacks, KINDS } from "./attack-statements.ts";
import { checkProperty } from "./check-property.ts";
import { compareContents, readContents, readStructure, readTargets } from "./guarded-state.ts";

const STATEMENT_MS_MAX = 10_000;
const NONE: Readonly<Record<string, number>> = {
  ...{ "refused by right": 0, "refused by trigger": 0, "not understood": 0, "in vain": 0, "passed harmlessly": 0 },
  ...{ added: 0 },
};

let database: TestDatabase;
let owner: Sql;
let tables: string[];
const logins = {} as Record<ServiceRole, Sql>;
const names: string[] = [];
/** How the statements of a test ended, and how many there were of each kind. */
let ends: Record<string, number>;
let kinds: Record<string, number>;

beforeEach(async () => {
  database = await createTestDatabase();
  const open = (url: string) =>
    connect({ url, connectionsMax: 1, applicationName: "attack", statementTimeoutMs: STATEMENT_MS_MAX });
  owner = open(database.url);
  names.length = 0;
  for (const role of SERVICE_ROLES) {
    const url = await database.urlAs(role);
    names.push(new URL(url).username);
    logins[role] = open(url);
  }
  tables = await readGuardedTables(owner);
  const empty = tables.filter((table) => table !== "ledger.guard");
  await insertAnyRows(owner, empty);
  ends = { ...NONE };
  kinds = {};
});

afterEach(async () => {
  await Promise.all([owner, ...Object.values(logins)].map((sql) => sql.end({ timeout: 5 })));
  await database.drop();
});

/** By SQLSTATE. */
function endOf(code: string): string {
  if (code === "42501") return "refused by right";
  if (code === "23001") return "refused by trigger";
  return code.startsWith("42") ? "not understood" : "in vain";
}

async function run(sql: Sql, statement: string): Promise<string> {
  try {
    await sql.unsafe(statement);
    return "passed harmlessly";
  } catch (error) {
    if (error instanceof Error && "code" in error && /^[0-9A-Z]{5}$/.test(String(error.code)))
      return endOf(String(error.code));
    throw error;
  }
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

async function attack({ role, mode, statements }: Attack): Promise<void> {
  const sql = logins[role];
  if (mode !== "alone") await sql.unsafe("BEGIN");
  for (const statement of statements) {
    add(kinds, statement.kind);
    if (mode === "savepoints") await run(sql, "SAVEPOINT sly");
    const end = await run(sql, statement.sql);
    add(ends, end);
    if (mode === "savepoints" && end !== "passed harmlessly") await run(sql, "ROLLBACK TO SAVEPOINT sly");
  }
  if (mode !== "alone") await run(sql, "COMMIT");
  await sql.unsafe("DISCARD ALL");
}

function print(what: string, counts: Readonly<Record<string, number>>): void {
  const said = Object.entries(counts).map(([end, count]) => `${end} ${count}`);
  process.stdout.write(`${what}: ${said.join(", ")}\n`);
}

/** Which tables each service may insert into. */
async function readInserters(): Promise<ReadonlySet<string>> {
  const rows = await owner<{ name: string }[]>`
    SELECT concat_ws(' ', role, given.name) AS name FROM unnest(${[...SERVICE_ROLES]}::text[]) AS role,
      unnest(${tables}::text[]) AS given (name) WHERE has_table_privilege('xueshi_' || role, given.name, 'INSERT')`;
  return new Set(rows.map(({ name }) => name));
}

/** What a service may do, among all that it may not: it is counted as added, and is no fault. */
const LAWFUL: Attack = {
  role: "ledger",
  mode: "alone",
  statements: [
    {
      kind: "insert",
      sql: `INSERT INTO ledger.posting SELECT
        (jsonb_populate_record(x, jsonb_build_object('posting_id', gen_random_uuid()))).* FROM ledger.posting AS x LIMIT 1`,
    },
  ],
};

/** Attacks one after the other; what is lost or altered, or added without the right to, fails. */
async function attackOften(runs: number): Promise<void> {
  const targets = await readTargets(owner, tables);
  expect(targets.map(({ table }) => table).sort()).toEqual([...tables].sort());
  const inserters = await readInserters();
  let structure = await readStructure(owner, names);
  let contents = await readContents(owner, tables);
  const property = fc.asyncProperty(attacks(targets, names), async (drawn) => {
    await attack(drawn);
    const after = { structure: await readStructure(owner, names), contents: await readContents(owner, tables) };
    const { lost, grown } = compareContents(contents, after.contents);
    const altered = Object.keys(structure).filter((name) => structure[name] !== after.structure[name]);
    // What one attack did is not laid to the next one's charge, so that shrinking finds the statement that did it.
    ({ structure, contents } = after);
    expect({ lost, altered }).toEqual({ lost: [], altered: [] });
    for (const table of grown) {
      expect(inserters).toContain(`${drawn.role} ${table}`);
      add(ends, "added");
    }
  });
  await checkProperty(property, runs, [[LAWFUL]]);
}

test("no service can change, unguard or take over what may only be added to, whatever it says", async () => {
  await attackOften(600);
  print("attacks", ends);
  const total = Object.entries(ends).reduce((sum, [end, count]) => (end === "added" ? sum : sum + count), 0);
  expect(Object.keys(kinds).sort()).toEqual([...KINDS].sort());
  expect(ends["refused by right"]).toBeGreaterThan(total / 2);
  expect(ends["passed harmlessly"]).toBeGreaterThan(total / 20);
  expect(ends.added).toBeGreaterThan(0);
  expect(ends["not understood"]).toBeLessThan(total / 10);
});

test("with every right that can be granted, the triggers still refuse each change", async () => {
  for (const role of SERVICE_ROLES) {
    for (const table of tables) {
      await owner.unsafe(`GRANT USAGE ON SCHEMA ${table.split(".")[0]} TO xueshi_${role}`);
      await owner.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ${table} TO xueshi_${role}`);
    }
  }
  await attackOften(200);
  print("attacks with every right", ends);
  expect(ends["refused by trigger"]).toBeGreaterThan(10);
});

test("it is noticed when a right and a missing trigger let one statement through", async () => {
  await owner.unsafe("SELECT migration.watch_guards(false)");
  for (const table of tables) {
    await owner.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await owner.unsafe(`GRANT DELETE ON ${table} TO xueshi_ledger`);
  }
  await expect(attackOften(1_500)).rejects.toThrow(/failed in run \d+[\s\S]*lost[\s\S]*DELETE/);
});
