import { afterAll, beforeAll, expect, test } from "vitest";
import { SERVICE_ROLES, type Sql } from "../index.ts";
import { openTestDatabase } from "../testing/index.ts";

let owner: Sql;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ owner, close } = await openTestDatabase());
});
afterAll(() => close());

/** Which group roles may do something to any column of a table: `schema.table` → roles. */
async function holdersOf(privilege: "SELECT" | "INSERT" | "UPDATE" | "DELETE"): Promise<Record<string, string[]>> {
  const isColumnWise = privilege !== "DELETE";
  const rows = await owner<{ table: string; role: string }[]>`
    SELECT format('%s.%s', schemaname, tablename) AS table, role FROM pg_tables, unnest(${[...SERVICE_ROLES]}::text[]) AS role
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'migration') AND CASE WHEN ${isColumnWise}
      THEN has_any_column_privilege('xueshi_' || role, format('%I.%I', schemaname, tablename), ${isColumnWise ? privilege : "SELECT"})
      ELSE has_table_privilege('xueshi_' || role, format('%I.%I', schemaname, tablename), ${privilege}) END
    ORDER BY 1, 2`;
  const holders: Record<string, string[]> = {};
  for (const { table, role } of rows) holders[table] = [...(holders[table] ?? []), role];
  return holders;
}

/** Design invariant 5: each stage has one writer, the service that its schema belongs to. */
const WRITER_BY_SCHEMA: Readonly<Record<string, string>> = {
  ...{ acquisition: "ingestion", admission: "ingestion" },
  ...{ classification: "ledger", ledger: "ledger", projection: "ledger" },
  verdict: "query",
};
const writerOf = (table: string) => WRITER_BY_SCHEMA[table.split(".")[0] ?? ""];

test("only the one writer of a schema inserts into its tables; keys and rules are the installation's", async () => {
  const writers = await holdersOf("INSERT");
  // Who stores people states by which keys they are found and opened.
  expect(writers["access.installation"]).toEqual(["ingestion"]);
  delete writers["access.installation"];
  for (const [table, roles] of Object.entries(writers)) expect([table, roles]).toEqual([table, [writerOf(table)]]);
  const tables = await owner<{ name: string }[]>`
    SELECT format('%s.%s', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname = ANY(${[...Object.keys(WRITER_BY_SCHEMA), "access", "requirement"]})`;
  const unwritten = tables.map(({ name }) => name).filter((name) => writers[name] === undefined);
  expect(unwritten.sort()).toEqual([
    "access.api_key",
    "access.installation",
    // Its one row is made by the migration.
    "ledger.feed_head",
    // The list of guards is made by the migrations.
    "ledger.guard",
    "requirement.activation",
    "requirement.impact_flip",
    "requirement.impact_preview",
    // What left the access log, and on whose word: written by its owner.
    "verdict.access_removal",
  ]);
});

test("what is updated or deleted is cursors, caches, and marks on one column", async () => {
  expect(await holdersOf("UPDATE")).toEqual({
    "acquisition.batch": ["ledger"],
    "acquisition.catalogue": ["ingestion"],
    "acquisition.lateness": ["ingestion"],
    "acquisition.platform_state": ["ingestion"],
    "acquisition.pull": ["ingestion"],
    "acquisition.pull_cursor": ["ingestion"],
    "acquisition.reconciliation": ["ingestion"],
    "acquisition.upload": ["ingestion"],
    "admission.identity": ["ingestion"],
    "admission.name_alias": ["ingestion"],
    "admission.erasure": ["ingestion"],
    "admission.readmission": ["ingestion"],
    "admission.refusal": ["ingestion"],
    "admission.version": ["ingestion"],
    "ledger.feed_head": ["ledger"],
    "ledger.head": ["ledger"],
    "ledger.rule_change": ["ledger"],
    "ledger.tree_tile": ["ledger"],
    "projection.balance": ["ledger"],
    "projection.record_state": ["ledger"],
  });
  expect(await holdersOf("DELETE")).toEqual({
    "acquisition.push_request": ["ingestion"],
    "acquisition.raw_page": ["ingestion"],
    "acquisition.upload_finding": ["ingestion"],
    "acquisition.upload_part": ["ingestion"],
    // What is left of a person who was erased.
    "admission.name_alias": ["ingestion"],
    "admission.readmission_change": ["ingestion"],
    "ledger.outbox": ["ledger"],
    "projection.balance": ["ledger"],
    "projection.record_state": ["ledger"],
  });
  const updatable = await owner<{ name: string; role: string }[]>`
    SELECT format('%s.%s.%s', table_schema, table_name, column_name) AS name, role
    FROM information_schema.columns, unnest(${[...SERVICE_ROLES]}::text[]) AS role
    WHERE format('%s.%s', table_schema, table_name) IN ('acquisition.batch', 'admission.refusal', 'admission.version')
      AND has_column_privilege('xueshi_' || role, format('%I.%I', table_schema, table_name), column_name, 'UPDATE')
    ORDER BY 1`;
  const mapped = [
    "assessed_on",
    "attributed_year",
    "flags",
    "hours_hundredths",
    "obtained_on",
    "occurrences",
    "pathway",
    "provider",
    "status",
    "studied_from",
    "studied_until",
    "subject_basis",
    "subject_code",
    "title",
    "voided_by",
    "year_basis",
  ];
  const blanked = ["name_digest", "name_variant_digest", "note"];
  expect(updatable).toEqual([
    { name: "acquisition.batch.posted_at", role: "ledger" },
    { name: "admission.refusal.occurrences", role: "ingestion" },
    // What a mended mapping reads otherwise, whether a decision leaves the version out, and what erasing a person blanks.
    ...[...mapped, ...blanked].sort().map((column) => ({ name: `admission.version.${column}`, role: "ingestion" })),
  ]);
});

test("the sealed rows as they came are read by nobody but who took them in, and the query side sees no admission", async () => {
  const readers = await holdersOf("SELECT");
  expect(readers["acquisition.raw_page"]).toEqual(["ingestion"]);
  const seenByQuery = Object.keys(readers).filter((table) => readers[table]?.includes("query"));
  expect(new Set(seenByQuery.map((table) => table.split(".")[0]))).toEqual(
    new Set(["access", "ledger", "projection", "requirement", "verdict"]),
  );
});

test("no service role owns anything, is above a guard, or may make objects", async () => {
  const roles = await owner`
    SELECT rolname FROM pg_roles WHERE rolname LIKE 'xueshi\\_%'
      AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)`;
  expect(roles).toEqual([]);
  const owned = await owner`
    SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname LIKE 'xueshi\\_%'`;
  expect(owned).toEqual([]);
  const [made] = await owner<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_namespace, unnest(${[...SERVICE_ROLES]}::text[]) AS role
    WHERE has_schema_privilege('xueshi_' || role, oid, 'CREATE')`;
  expect(made).toEqual({ count: 0 });
});
