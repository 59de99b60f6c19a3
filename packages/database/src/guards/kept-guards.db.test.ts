import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import {
  CHANGEABLE_TABLES,
  readAlteredGuardFunctions,
  readBrokenGuards,
  readForeignRights,
  readGuardedTables,
  readGuardWatch,
  readMigrationState,
  readRoleProblems,
  readSettings,
  readUndecidedTables,
  readUpkeep,
  type Sql,
} from "../index.ts";
import { insertAnyRows, openTestDatabase } from "../testing/index.ts";

const RESTRICT_VIOLATION = "23001";

/** Who migrated: a superuser. */
let owner: Sql;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ owner, close } = await openTestDatabase());
});
afterAll(() => close());

afterEach(async () => {
  await owner.unsafe("ROLLBACK");
});

/** SQLSTATE of the refusal of the last statement, or `done`; everything is undone. */
async function outcomeOf(...statements: string[]): Promise<string> {
  await owner.unsafe("BEGIN");
  try {
    for (const statement of statements) await owner.unsafe(statement);
    return "done";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    await owner.unsafe("ROLLBACK");
  }
}

describe("the list of guards", () => {
  it("has every table that is not one of those that may change, and says why these may", async () => {
    const tables = await owner<{ name: string }[]>`
      SELECT schemaname || '.' || tablename AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'migration', 'public')`;
    const decided = [...(await readGuardedTables(owner)), ...Object.keys(CHANGEABLE_TABLES)];
    expect(decided.sort()).toEqual(tables.map(({ name }) => name).sort());
  });

  it("has every trigger that refuses a change, and nothing that is not there", async () => {
    const triggers = await owner<{ name: string }[]>`
      SELECT concat_ws(' ', tgrelid::regclass, tgname) AS name FROM pg_trigger
      WHERE tgfoid = 'ledger.refuse_change()'::regprocedure`;
    const listed = await owner<{ name: string }[]>`
      SELECT concat_ws(' ', schema_name || '.' || table_name, guard_name) AS name FROM ledger.guard`;
    expect(listed.map(({ name }) => name).sort()).toEqual(triggers.map(({ name }) => name).sort());
    expect(await readBrokenGuards(owner)).toEqual([]);
  });

  it("leaves no table off that no service may change", async () => {
    const changed = await owner<{ name: string }[]>`
      SELECT schemaname || '.' || tablename AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'migration', 'public') AND EXISTS (
        SELECT FROM unnest(ARRAY['xueshi_ingestion', 'xueshi_ledger', 'xueshi_query']) AS role
        WHERE has_any_column_privilege(role, format('%I.%I', schemaname, tablename), 'UPDATE')
          OR has_table_privilege(role, format('%I.%I', schemaname, tablename), 'DELETE'))`;
    // Keys are revoked and previews are made by commands of the operator.
    const byOperator = ["access.api_key", "requirement.impact_flip", "requirement.impact_preview"];
    const changing = [...changed.map(({ name }) => name), ...byOperator];
    expect(Object.keys(CHANGEABLE_TABLES).sort()).toEqual(changing.sort());
  });
});

/** The one guard that asks something first: whether a person is only blanked. */
const BLANKED = "(new.name_digest <> '\\x'::bytea OR new.name_variant_digest IS NOT NULL OR new.note IS NOT NULL)";
const blankedGuard = (condition: string) =>
  `CREATE OR REPLACE TRIGGER version_person_only_blanked BEFORE UPDATE OF name_digest, name_variant_digest, note
    ON admission.version FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ledger.refuse_change()`;

describe("a change of the schema that takes a guard away is refused to who migrated", () => {
  it.each([
    "DROP TABLE ledger.entry",
    "DROP TABLE ledger.entry CASCADE",
    "DROP SCHEMA ledger CASCADE",
    "DROP SCHEMA verdict CASCADE",
    "ALTER TABLE ledger.entry RENAME TO other",
    "ALTER TABLE ledger.entry SET SCHEMA public",
    "ALTER SCHEMA ledger RENAME TO other",
    "ALTER TABLE verdict.access_log SET UNLOGGED",
    "ALTER TABLE ledger.entry ENABLE ROW LEVEL SECURITY",
    "CREATE RULE sly AS ON UPDATE TO ledger.entry DO INSTEAD NOTHING",
    "DROP TRIGGER entry_append_only ON ledger.entry",
    "DROP TRIGGER entry_no_truncate ON ledger.entry",
    "DROP TRIGGER version_person_only_blanked ON admission.version",
    "ALTER TRIGGER entry_append_only ON ledger.entry RENAME TO other",
    "ALTER TABLE ledger.entry DISABLE TRIGGER entry_append_only",
    "ALTER TABLE ledger.entry DISABLE TRIGGER USER",
    "ALTER TABLE ledger.entry DISABLE TRIGGER ALL",
    "ALTER TABLE ledger.entry ENABLE REPLICA TRIGGER entry_append_only",
    "CREATE OR REPLACE TRIGGER entry_append_only BEFORE INSERT ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "CREATE OR REPLACE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger.entry FOR EACH ROW WHEN (false) EXECUTE FUNCTION ledger.refuse_change()",
    blankedGuard("false"),
    blankedGuard(`${BLANKED} AND new.title = ''`),
    "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER FUNCTION ledger.refuse_change() RENAME TO other",
    "ALTER FUNCTION ledger.refuse_change() SET SCHEMA public",
    "ALTER FUNCTION ledger.refuse_change() SET search_path = public",
    "DROP FUNCTION ledger.refuse_change() CASCADE",
    "CREATE OR REPLACE FUNCTION ledger.broken_guards() RETURNS TABLE (guarded text, guard text, problem text) LANGUAGE sql AS 'SELECT 1, 1, 1 WHERE false'",
    "ALTER FUNCTION ledger.guards_in_place() COST 7",
    "DROP FUNCTION ledger.broken_guards()",
    "DROP TABLE ledger.guard",
    "ALTER TABLE ledger.guard RENAME COLUMN definition TO other",
    "ALTER TABLE ledger.entry DROP COLUMN title",
    "ALTER TABLE ledger.entry ALTER COLUMN hours_hundredths TYPE bigint USING 100",
    "CREATE TABLE public.sly () INHERITS (ledger.entry)",
    "DO $$ BEGIN EXECUTE 'DROP TRIGGER entry_append_only ON ledger.entry'; END $$",
  ])("%s", async (statement) => {
    expect(await outcomeOf(statement)).toMatch(/^(?:23001|42703)$/);
    // Not even where triggers of tables are silenced.
    expect(await outcomeOf("SET LOCAL session_replication_role = replica", statement)).toMatch(/^(?:23001|42703)$/);
    // What it would have done is possible where nobody watches.
    expect([statement, await outcomeOf("SELECT migration.watch_guards(false)", statement)]).toEqual([
      statement,
      "done",
    ]);
  });

  it("names what would be gone, and where to read how it is done on purpose", async () => {
    await expect(owner`DROP TRIGGER entry_append_only ON ledger.entry`).rejects.toMatchObject({
      message: "ledger.entry entry_append_only would be missing: DROP TRIGGER refused",
      hint: expect.stringContaining("packages/database/guards.md"),
    });
  });
});

describe("what leaves the guards alone goes through", () => {
  it.each([
    ["CREATE TABLE ledger.more (id int)", "ALTER TABLE ledger.more ADD COLUMN a int", "DROP TABLE ledger.more"],
    ["CREATE TEMP TABLE more (id int)", "DROP TABLE more"],
    ["ALTER TABLE ledger.entry ADD COLUMN more text", "CREATE INDEX more ON ledger.entry (more)"],
    ["ALTER TABLE projection.balance DROP COLUMN pathway", "DROP TABLE projection.balance"],
    [
      "CREATE TABLE ledger.more (id int)",
      "SELECT ledger.guard_table('ledger.more')",
      "INSERT INTO ledger.more VALUES (1)",
    ],
    [blankedGuard(BLANKED)],
    ["SET LOCAL bytea_output = escape", "SET LOCAL quote_all_identifiers = on", "CREATE TABLE ledger.more (id int)"],
    ["GRANT SELECT ON ledger.entry TO xueshi_query", "COMMENT ON TABLE ledger.entry IS 'x'", "ANALYZE ledger.entry"],
  ])("%s", async (...statements) => {
    expect(await outcomeOf(...statements)).toBe("done");
  });
});

it("the condition of a guard is looked at where nobody watched", async () => {
  await owner.unsafe("BEGIN; SELECT migration.watch_guards(false)");
  await owner.unsafe(blankedGuard("false"));
  expect(await readBrokenGuards(owner)).toEqual([
    { guarded: "admission.version", guard: "version_person_only_blanked", problem: "altered" },
  ]);
});

describe("rows that stay", () => {
  /** Each such table with the columns of which its guard says nothing, and those that it keeps. */
  const readStaying = () => owner<{ table: string; changing: string[]; staying: string[] }[]>`
    SELECT t.tgrelid::regclass::text AS table,
      array_agg(a.attname::text ORDER BY a.attname) FILTER (WHERE a.attnum <> ALL (t.tgattr::int2[])) AS changing,
      array_agg(a.attname::text ORDER BY a.attname) FILTER (WHERE a.attnum = ANY (t.tgattr::int2[])) AS staying
    FROM pg_trigger AS t JOIN pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.tgname LIKE '%\\_columns\\_stay' GROUP BY 1 ORDER BY 1`;

  it("change in the columns that a service may update, and in no other", async () => {
    const found = await readStaying();
    const tables = ["access.api_key", "acquisition.batch", "admission.refusal", "admission.version"];
    expect(found.map(({ table }) => table)).toEqual(tables);
    for (const { table, changing } of found) {
      const updatable = await owner<{ name: string }[]>`
        SELECT DISTINCT attname::text AS name FROM pg_attribute, unnest(ARRAY['ingestion', 'ledger', 'query']) AS role
        WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped
          AND has_column_privilege('xueshi_' || role, attrelid, attnum, 'UPDATE')`;
      // Keys are revoked by a command of the operator.
      const wanted = table === "access.api_key" ? ["revoked_at", "scopes"] : updatable.map(({ name }) => name).sort();
      expect([table, changing.sort()]).toEqual([table, wanted]);
    }
  });

  it("are not removed and not changed elsewhere by their owner either", async () => {
    for (const { table, changing, staying } of await readStaying()) {
      await insertAnyRows(owner, [table]);
      const attacks = [
        ...staying.map((column) => `UPDATE ${table} SET "${column}" = "${column}"`),
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
      ];
      for (const sql of attacks) expect([sql, await outcomeOf(sql)]).toEqual([sql, RESTRICT_VIOLATION]);
      const blanked = ["name_digest", "name_variant_digest", "note"];
      for (const column of changing.filter((name) => !blanked.includes(name)))
        expect([column, await outcomeOf(`UPDATE ${table} SET "${column}" = "${column}"`)]).toEqual([column, "done"]);
    }
  });
});

test("a table that a migration guards is on the list, and its guards are kept from then on", async () => {
  const made = ["CREATE TABLE ledger.more (id int)", "SELECT ledger.guard_table('ledger.more')"];
  expect(await outcomeOf(...made, "INSERT INTO ledger.more VALUES (1)", "DELETE FROM ledger.more")).toBe("23001");
  expect(await outcomeOf(...made, "TRUNCATE ledger.more")).toBe(RESTRICT_VIOLATION);
  expect(await outcomeOf(...made, "DROP TABLE ledger.more")).toBe(RESTRICT_VIOLATION);
  expect(await outcomeOf(...made, "DELETE FROM ledger.guard")).toBe(RESTRICT_VIOLATION);
});

test("partitions of a guarded table are guarded before they belong to it", async () => {
  const parent = [
    "CREATE TABLE ledger.more (id int) PARTITION BY RANGE (id)",
    "SELECT ledger.guard_table('ledger.more')",
  ];
  const part = "ledger.more_1 PARTITION OF ledger.more FOR VALUES FROM (1) TO (9)";
  expect(await outcomeOf(...parent, `CREATE TABLE ${part}`)).toBe(RESTRICT_VIOLATION);
  const attached = [
    ...parent,
    "CREATE TABLE ledger.more_1 (id int)",
    "SELECT ledger.guard_table('ledger.more_1')",
    "ALTER TABLE ledger.more ATTACH PARTITION ledger.more_1 FOR VALUES FROM (1) TO (9)",
    "INSERT INTO ledger.more VALUES (3)",
  ];
  expect(await outcomeOf(...attached)).toBe("done");
  for (const attack of ["UPDATE ledger.more SET id = 4", "TRUNCATE ledger.more_1", "DROP TABLE ledger.more_1"])
    expect([attack, await outcomeOf(...attached, attack)]).toEqual([attack, RESTRICT_VIOLATION]);
});

test("an administrator changes a guarded table on purpose, and the watch begins again with every guard in its place", async () => {
  const off = "SELECT migration.watch_guards(false)";
  const on = "SELECT migration.watch_guards(true)";
  const type = "ALTER TABLE ledger.entry ALTER COLUMN attributed_year TYPE int";
  expect(await outcomeOf(off, type, on)).toBe("done");
  expect(await outcomeOf(off, type, on, "DROP TABLE ledger.entry")).toBe(RESTRICT_VIOLATION);
  expect(await outcomeOf(off, "DROP TRIGGER entry_append_only ON ledger.entry", on)).toBe(RESTRICT_VIOLATION);
  const states = await owner`
    SELECT evtname AS name, evtenabled::text AS enabled FROM pg_event_trigger ORDER BY evtname`;
  expect(states).toEqual([
    { name: "xueshi_guards_altered", enabled: "A" },
    { name: "xueshi_guards_dropped", enabled: "A" },
    { name: "xueshi_rows_rewritten", enabled: "A" },
  ]);
});

test("a migrated database is as its version makes it", async () => {
  expect(await readAlteredGuardFunctions(owner)).toEqual([]);
  expect(await readUndecidedTables(owner)).toEqual([]);
  expect(await readGuardWatch(owner)).toEqual({ isPossible: true, missing: [], disabled: [] });
  expect([await readForeignRights(owner), await readRoleProblems(owner)]).toEqual([[], []]);
  const state = await readMigrationState(owner);
  expect({ ...state, applied: state.applied > 20 }).toEqual({ applied: true, missing: [], altered: [], unknown: 0 });
  expect(await readSettings(owner, ["fsync"])).toEqual([{ name: "fsync", value: "off", setFor: null }]);
  const { transactionAge, bytes, withoutVacuum } = await readUpkeep(owner);
  expect([transactionAge > 0, bytes > 0, withoutVacuum]).toEqual([true, true, []]);
});

test("rights and roles that are above the guards are seen, through everybody and through membership too", async () => {
  await owner.unsafe("BEGIN");
  await owner.unsafe("GRANT TRUNCATE ON verdict.access_log TO PUBLIC");
  await owner.unsafe("GRANT UPDATE (title) ON ledger.entry TO xueshi_query");
  await owner.unsafe("CREATE ROLE sly_reader LOGIN IN ROLE xueshi_query");
  const rights = await readForeignRights(owner);
  expect(rights).toContainEqual({ role: "xueshi_ingestion", table: "verdict.access_log", rights: ["TRUNCATE"] });
  expect(rights).toContainEqual({ role: "sly_reader", table: "ledger.entry", rights: ["UPDATE"] });
  await owner.unsafe("GRANT xueshi_ledger TO sly_reader");
  expect(await readRoleProblems(owner)).toEqual([
    { role: "sly_reader", problem: "several_groups", detail: "xueshi_ledger, xueshi_query" },
  ]);
});
