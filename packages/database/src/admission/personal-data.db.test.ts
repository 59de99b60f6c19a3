import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sql } from "../connection/connect.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { LEFT_OUT_TABLES, TRANSFERRED_TABLES } from "../transfer/transferred-tables.ts";
import { PERSONAL_DATA } from "./personal-data.ts";

let sql: Sql;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ owner: sql, close } = await openTestDatabase());
});
afterAll(() => close());

const classified = Object.entries(PERSONAL_DATA).flatMap(([table, kinds]) =>
  Object.entries(kinds).flatMap(([kind, columns]) =>
    columns.split(" ").map((column) => ({ column: `${table}.${column}`, kind })),
  ),
);

test("of every column it is decided, once, what it has to do with a person", async () => {
  const rows = await sql`
    SELECT format('%s.%s.%s', table_schema, table_name, column_name) FROM information_schema.columns
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'migration', 'public')`.values();
  expect(classified.map(({ column }) => column).sort()).toEqual(rows.map(([name]) => name as string).sort());
});

test("sealed rows as they came are in no export, and whoever is exported is so by a column that says whose a row is", () => {
  const tablesOf = (wanted: string) =>
    new Set(
      classified.filter(({ kind }) => kind === wanted).map(({ column }) => column.split(".").slice(0, 2).join(".")),
    );
  for (const table of tablesOf("payload")) expect([table, table in LEFT_OUT_TABLES]).toEqual([table, true]);
  for (const table of tablesOf("destroyed")) {
    expect([table, TRANSFERRED_TABLES[table as keyof typeof TRANSFERRED_TABLES]]).toEqual([table, "person"]);
  }
});

test("names, ids and what is sealed are never called anything else than what says so", () => {
  const telling = classified.filter(({ column }) => /name_digest|name_variant|sealed|wrapped_key/.test(column));
  const kept = telling.filter(({ kind }) => kind !== "destroyed" && kind !== "payload").map(({ column }) => column);
  // Over these the chain is hashed; they are keyed.
  expect(kept.sort()).toEqual(["ledger.entry.name_digest", "ledger.head.name_digest"]);
});
