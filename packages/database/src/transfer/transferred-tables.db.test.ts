import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sql } from "../connection/connect.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { readTransferredColumns } from "./table-columns.ts";
import { LEFT_OUT_TABLES, REBUILT_TABLES, TRANSFERRED_TABLES } from "./transferred-tables.ts";

let sql: Sql;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ owner: sql, close } = await openTestDatabase());
});
afterAll(() => close());

const listed = [...Object.keys(TRANSFERRED_TABLES), ...REBUILT_TABLES, ...Object.keys(LEFT_OUT_TABLES)];

test("of every table it is decided whether an export holds it, an import builds it, or neither needs it", async () => {
  const rows = await sql`
    SELECT format('%s.%s', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'migration', 'public')`.values();
  expect([...listed].sort()).toEqual(rows.map(([name]) => name as string).sort());
});

test("each transferred table has an order and what says whose its rows are", async () => {
  for (const { table, key, columns } of await readTransferredColumns(sql)) {
    expect([table, key.length > 0]).toEqual([table, true]);
    const names = columns.map(({ name }) => name);
    const wanted = {
      person: "practitioner_id",
      records: "record_key",
      postings: "posting_id",
      whole: null,
      none: null,
    };
    const column = wanted[TRANSFERRED_TABLES[table]];
    if (column !== null) expect([table, names.includes(column)]).toEqual([table, true]);
    // Rows of nobody in particular name nobody.
    if (TRANSFERRED_TABLES[table] === "whole") {
      expect([table, names.filter((name) => /practitioner|record_key/.test(name))]).toEqual([table, []]);
    }
  }
});
