import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Sql } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { copyRows } from "./copy-rows.ts";

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
});
afterAll(async () => {
  await sql.end({ timeout: 0 });
  await database.drop();
});

/** Rows of 8 KiB: the driver stops the connection after every eighth. */
const longRows = (count: number) => `SELECT n, repeat('x', 8192) FROM generate_series(1, ${count}) AS n`;

async function count(select: string, until = Number.POSITIVE_INFINITY): Promise<number> {
  let rows = 0;
  for await (const some of copyRows(sql, select, (row) => row.number(0))) {
    rows += some.length;
    if (rows >= until) break;
  }
  return rows;
}

test("a connection answers after what it has copied, wherever in a read that ended", async () => {
  for (let rows = 7; rows <= 80; rows += 1) {
    expect(await count(longRows(rows))).toBe(rows);
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  }
});

test("a connection answers after what nobody wanted to read to its end", async () => {
  expect(await count(longRows(500), 1)).toBeLessThan(500);
  expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
});
