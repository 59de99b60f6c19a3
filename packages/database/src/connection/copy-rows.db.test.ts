import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, copyOut, type Sql } from "../index.ts";
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

test("rows of every length come whole and in order, however they are cut on their way", async () => {
  const lengths = Array.from({ length: 400 }, (_, at) => (at * 7919) % (at % 40 === 0 ? 200_000 : 3_000));
  const select = `SELECT n, repeat(chr(65 + (n % 26)::int), length) FROM unnest('{${lengths}}'::int[]) WITH ORDINALITY AS row (length, n)`;
  const expected = lengths.map((length, at) => [at + 1, String.fromCharCode(65 + ((at + 1) % 26)).repeat(length)]);
  const rows: unknown[] = [];
  for await (const some of copyRows(sql, select, (row) => [row.number(0), row.text(1)])) rows.push(...some);
  expect(rows).toEqual(expected);
});

test("short rows that come together are handed on together, and none is missing at the end", async () => {
  const stream = await copyOut(sql, "COPY (SELECT n FROM generate_series(1, 5000) AS n) TO STDOUT");
  const parts: string[] = [];
  for await (const part of stream) parts.push(String(part));
  expect(parts.join("")).toBe(Array.from({ length: 5_000 }, (_, at) => `${at + 1}\n`).join(""));
  const events: number[] = [];
  const again = await copyOut(sql, "COPY (SELECT n FROM generate_series(1, 5000) AS n) TO STDOUT");
  await new Promise((resolve) => again.on("data", ({ length }: Buffer) => events.push(length)).once("end", resolve));
  expect(events.length).toBeLessThan(500);
});

test("what fails in the middle is told, and the connection answers afterwards", async () => {
  const select = "SELECT n, repeat('x', 100), 1 / (3000 - n) FROM generate_series(1, 5000) AS n";
  await expect(count(select)).rejects.toMatchObject({ code: "22012" });
  expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
});

test("a connection answers after what nobody wanted to read to its end", async () => {
  expect(await count(longRows(500), 1)).toBeLessThan(500);
  expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
});
