import { connect, type Sql } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { createNoteSigner, createVault } from "@xueshi/vault";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { judgeMigrations } from "./check-schema.ts";
import { judgeSettings, judgeUpkeep } from "./check-server.ts";
import { type Examination, examineDatabase } from "./examine-database.ts";
import type { Finding } from "./finding.ts";

const ORIGIN = "ledger.example/xueshi";
const signer = createNoteSigner(ORIGIN, Buffer.alloc(32, 7));
const keysOf = (byte: number) =>
  createVault({ indexKey: Buffer.alloc(32, byte), masterKey: Buffer.alloc(32, 2) }).fingerprint;
const MINUTE_MS = 60_000;

let database: TestDatabase;
let sql: Sql;
let given: Examination;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: "doctor" });
  const checkpoints = { origin: ORIGIN, everyMs: 60 * MINUTE_MS, signer };
  given = { sql, clock: Date.now, keys: keysOf(1), checkpoints };
});
afterAll(async () => {
  await sql.end({ timeout: 5 });
  await database.drop();
});

/** What is found where some statements have been run, which are then undone. */
async function examined(statements: readonly string[], more: Partial<Examination> = {}): Promise<Finding[]> {
  await sql.unsafe("BEGIN");
  try {
    for (const statement of statements) await sql.unsafe(statement);
    return await examineDatabase({ ...given, ...more });
  } finally {
    await sql.unsafe("ROLLBACK");
  }
}

const codesOf = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state !== "ok").map(({ state, code }) => `${state} ${code}`);
/** A server for tests gives up durability, and says so. */
const OF_TEST_SERVER = ["fault setting_fsync", "fault setting_full_page_writes", "fault setting_synchronous_commit"];

test("a database that was just made is well in everything but what its server is set to", async () => {
  const findings = await examined([]);
  expect(codesOf(findings).sort()).toEqual(OF_TEST_SERVER);
  expect(new Set(findings.map(({ check }) => check)).size).toBe(13);
});

const OFF = "SELECT migration.watch_guards(false)";
const INSTALLED = `INSERT INTO access.installation VALUES (1, 'aes-sha2', decode('${keysOf(1).index}', 'hex'),
  decode('${keysOf(1).master}', 'hex'), now())`;
const SOMEONE = "'11111111-1111-8111-8111-111111111111'";
const checkpoint = (size: number, age: string, by = signer, origin = ORIGIN) =>
  `INSERT INTO ledger.checkpoint VALUES (${size}, now() - interval '${age}',
    '${by.sign(`${origin}\n${size}\n${Buffer.alloc(32).toString("base64")}\nheads 0 ${Buffer.alloc(32).toString("base64")}\n`)}')`;
const feedOf = (size: number) => `UPDATE ledger.feed_head SET size = ${size}`;
const waitingFor = (age: string) => [
  `INSERT INTO ledger.posting VALUES (${SOMEONE}, NULL, 'r', 'a', now() - interval '${age}', 1)`,
  `INSERT INTO ledger.outbox VALUES (1, ${SOMEONE}, '{}', '{}', '{}', '')`,
];
const unpostedFor = (age: string) => [
  `INSERT INTO acquisition.batch (batch_id, source, origin, received_at, row_count, counts, receipts, record_keys, practitioner_ids)
   VALUES (${SOMEONE}, 's', 'push', now() - interval '${age}', 0, '{}', '[]', '{}', '{}')`,
];

it.each([
  ["fault migrations_missing", ["DELETE FROM migration.applied WHERE id = (SELECT max(id) FROM migration.applied)"]],
  ["fault migrations_altered", ["UPDATE migration.applied SET hash = 'x' WHERE id = 3"]],
  ["fault migrations_unknown", ["INSERT INTO migration.applied (hash, created_at) VALUES ('x', 9)"]],
  ["fault role_powers", ["ALTER ROLE xueshi_query CREATEDB"]],
  ["fault role_several_groups", ["CREATE ROLE sly_login LOGIN IN ROLE xueshi_ledger, xueshi_query"]],
  ["fault role_becomes", ["CREATE ROLE sly_login LOGIN IN ROLE xueshi_query, pg_write_all_data"]],
  ["fault role_becomes", ["DO $$ BEGIN EXECUTE format('GRANT %I TO xueshi_query', current_user); END $$"]],
  ["fault role_owns", ["ALTER TABLE projection.balance OWNER TO xueshi_ledger"]],
  ["fault role_makes_objects", ["GRANT CREATE ON SCHEMA ledger TO xueshi_ledger"]],
  ["fault role_silences", ["GRANT SET ON PARAMETER session_replication_role TO xueshi_ledger"]],
  ["fault right_to_change", ["GRANT DELETE ON ledger.entry TO xueshi_ledger"]],
  ["fault right_to_change", ["GRANT UPDATE (title) ON ledger.entry TO xueshi_ledger"]],
  ["fault right_to_change", ["GRANT TRUNCATE ON verdict.access_log TO PUBLIC"]],
  ["fault right_to_change", ["GRANT DELETE ON admission.version TO xueshi_ingestion"]],
  ["fault guard_missing", [OFF, "DROP TRIGGER batch_columns_stay ON acquisition.batch"]],
  ["fault guard_missing", [OFF, "DROP TRIGGER entry_append_only ON ledger.entry"]],
  ["fault guard_disabled", [OFF, "ALTER TABLE ledger.entry DISABLE TRIGGER entry_no_truncate"]],
  [
    "fault guard_altered",
    [
      OFF,
      "CREATE OR REPLACE TRIGGER entry_append_only BEFORE DELETE ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    ],
  ],
  [
    "fault guard_altered",
    [
      OFF,
      `CREATE OR REPLACE TRIGGER version_person_only_blanked BEFORE UPDATE OF name_digest, name_variant_digest, note
       ON admission.version FOR EACH ROW WHEN (false) EXECUTE FUNCTION ledger.refuse_change()`,
    ],
  ],
  ["fault guard_gone", [OFF, "ALTER TABLE admission.row_access RENAME TO other"]],
  ["fault guard_rules", [OFF, "CREATE RULE sly AS ON INSERT TO ledger.entry DO INSTEAD NOTHING"]],
  ["fault guard_row_security", [OFF, "ALTER TABLE ledger.entry ENABLE ROW LEVEL SECURITY"]],
  ["fault guard_not_logged", [OFF, "ALTER TABLE ledger.platform_mark SET UNLOGGED"]],
  ["fault guard_unguarded_child", [OFF, "CREATE TABLE ledger.next_child () INHERITS (ledger.entry)"]],
  [
    "fault guard_function_altered",
    [
      OFF,
      "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
  ],
  ["fault table_undecided", ["CREATE TABLE ledger.more (id int)"]],
  ["fault event_triggers_disabled", [OFF]],
  ["fault event_triggers_missing", ["DROP EVENT TRIGGER xueshi_guards_dropped"]],
  ["fault setting_session_replication_role", ["SET LOCAL session_replication_role = replica"]],
  ["fault setting_session_replication_role", ["ALTER ROLE xueshi_ledger SET session_replication_role = replica"]],
  ["fault checkpoint_signature", [feedOf(1), checkpoint(1, "1 minute", createNoteSigner(ORIGIN, Buffer.alloc(32, 8)))]],
  [
    "fault checkpoint_signature",
    [feedOf(1), checkpoint(1, "1 minute", createNoteSigner("other", Buffer.alloc(32, 7)), "other")],
  ],
  ["fault checkpoint_late", [feedOf(2), checkpoint(1, "2 hours")]],
  ["fault checkpoint_ahead", [feedOf(1), checkpoint(2, "1 minute")]],
  ["warning checkpoint_none", [feedOf(1)]],
  ["warning feed_lag", waitingFor("2 minutes")],
  ["fault feed_lag", waitingFor("11 minutes")],
  ["warning postings_late", unpostedFor("6 minutes")],
  ["fault postings_late", unpostedFor("61 minutes")],
  ["warning table_without_autovacuum", ["ALTER TABLE ledger.entry SET (autovacuum_enabled = off)"]],
])("%s is found (%#)", async (code, statements) => {
  const findings = await examined(statements);
  expect(codesOf(findings)).toContain(code);
  for (const { state, todo } of findings) expect([state, todo === null]).toEqual([state, state === "ok"]);
});

it.each([
  ["well after a checkpoint in time", [feedOf(2), checkpoint(1, "50 minutes")]],
  ["well after an old one that covers everything", [feedOf(2), checkpoint(2, "9 days")]],
  ["well while little waits", [...waitingFor("10 seconds"), ...unpostedFor("10 seconds")]],
  ["well with the keys that are stated", [INSTALLED]],
  [
    "well while a rebuild has its tables",
    ["CREATE TABLE projection.next_balance (LIKE projection.balance INCLUDING ALL)"],
  ],
])("is %s", async (_name, statements) => {
  expect(codesOf(await examined(statements)).sort()).toEqual(OF_TEST_SERVER);
});

test("keys are compared with those that are stated, and a checkpoint's signature with the key that is given", async () => {
  expect(codesOf(await examined([INSTALLED], { keys: keysOf(9) }))).toContain("fault keys_differ");
  expect(codesOf(await examined([INSTALLED], { keys: null }))).toContain("warning keys_not_given");
  const unsigned = { checkpoints: { ...given.checkpoints, signer: null } };
  const found = codesOf(await examined([feedOf(1), checkpoint(1, "1 minute")], unsigned));
  expect(found).toContain("warning checkpoint_not_verified");
});

test("the clocks of both hosts are compared", async () => {
  const shifted = (byMs: number) => ({ clock: () => Date.now() + byMs });
  expect(codesOf(await examined([], shifted(-5_000)))).toContain("warning clock_skew");
  expect(codesOf(await examined([], shifted(5_000)))).toContain("warning clock_skew");
  expect(codesOf(await examined([], shifted(5 * MINUTE_MS)))).toContain("fault clock_skew");
});

test("where a table is gone, nothing is asked that might need it", async () => {
  const findings = await examined([OFF, "DROP TABLE ledger.checkpoint"]);
  expect(codesOf(findings)).toEqual(["fault guard_gone", "fault guard_gone"]);
});

test("where migrations are missing nothing else is asked", async () => {
  const findings = await examined(["DROP TABLE migration.applied"]);
  expect(findings.map(({ code }) => code)).toEqual(["migrations_missing"]);
});

test("each table that may only be added to is looked at", async () => {
  const tables = await sql<{ name: string }[]>`
    SELECT DISTINCT schema_name || '.' || table_name AS name FROM ledger.guard WHERE guard_name LIKE '%append_only'`;
  for (const { name } of tables) {
    const findings = await examined([
      OFF,
      `GRANT DELETE ON ${name} TO xueshi_query`,
      `ALTER TABLE ${name} DISABLE TRIGGER USER`,
    ]);
    const said = findings.filter(({ state }) => state === "fault").map(({ text }) => text.en);
    expect(said).toContain(`xueshi_query holds DELETE on ${name}, which is guarded.`);
    expect(said.filter((line) => line.startsWith(name)).length).toBeGreaterThan(1);
  }
});

test("a server that is set well, and one that nears the end of its transaction ids, are told apart", () => {
  const setting = (name: string, value: string) => ({ name, value, setFor: null });
  const well = { fsync: "on", full_page_writes: "on", synchronous_commit: "remote_apply", data_checksums: "on" };
  const judge = (values: object) => judgeSettings(Object.entries(values).map(([name, value]) => setting(name, value)));
  expect(codesOf(judge({ ...well, wal_level: "replica" }))).toEqual([]);
  expect(codesOf(judge({ ...well, data_checksums: "off", autovacuum: "off" }))).toEqual([
    "warning setting_data_checksums",
    "fault setting_autovacuum",
  ]);
  const state = { bytes: 0, withoutVacuum: [], largest: [] };
  const ages = [200_000_000, 500_000_000, 1_200_000_000].map((transactionAge) =>
    codesOf(judgeUpkeep({ ...state, transactionAge })),
  );
  expect(ages).toEqual([[], ["warning transaction_age"], ["fault transaction_age"]]);
  expect(codesOf(judgeMigrations({ applied: 3, missing: [], altered: [], unknown: 0 }))).toEqual([]);
});

test("it writes nothing", async () => {
  const readOnly = connect({ url: database.url, connectionsMax: 1, applicationName: "doctor", readOnly: true });
  try {
    expect(codesOf(await examineDatabase({ ...given, sql: readOnly })).sort()).toEqual(OF_TEST_SERVER);
  } finally {
    await readOnly.end();
  }
});
