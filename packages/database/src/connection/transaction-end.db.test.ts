import { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { connect, type Sql, type Transaction } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { copyIn } from "./copy-in.ts";
import { RowWriter } from "./row-writer.ts";

let database: TestDatabase;
let owner: Sql;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "owner" });
  // One connection, so that whoever comes next has the one that the transaction had.
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: "writing" });
  await owner.unsafe("CREATE TABLE places (place int PRIMARY KEY)");
});
afterEach(() => owner`TRUNCATE places`);
afterAll(async () => {
  await Promise.all([sql.end({ timeout: 5 }), owner.end({ timeout: 5 })]);
  await database.drop();
});

function onePlace(): RowWriter {
  const rows = new RowWriter();
  rows.row(1);
  rows.integer(1);
  return rows;
}

test("what comes once the end of a transaction was asked for is refused, and not written behind it", async () => {
  let late: Promise<unknown> = Promise.resolve();
  const written = sql.begin((tx) => {
    const refused = tx`SELECT 1 / 0`.execute();
    const behind = async () => {
      // Time for the transaction to be taken back, none for the server to answer.
      for (let turn = 0; turn < 50; turn += 1) await null;
      late = copyIn(tx, "places (place)", onePlace());
      await late;
    };
    return Promise.all([refused, refused.catch(behind)]);
  });
  await expect(written).rejects.toMatchObject({ code: "22012" });
  await expect(late).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
  expect(await sql`SELECT FROM places`).toHaveLength(0);
});

test("a transaction keeps its connection when what it sent has left it", async () => {
  let socket: Socket | null = null;
  const write = Socket.prototype.write;
  const spy = vi.spyOn(Socket.prototype, "write").mockImplementation(function (this: Socket, ...said: unknown[]) {
    socket = this;
    return Reflect.apply(write, this, said);
  });
  let outside: Promise<unknown> = Promise.resolve();
  await sql.begin(async (tx) => {
    await tx`SET LOCAL application_name = 'inside'`;
    spy.mockRestore();
    socket?.emit("drain");
    outside = sql`SELECT current_setting('application_name') AS name`.execute();
    await tx`SELECT`;
  });
  expect(await outside).toEqual([{ name: "writing" }]);
});

test("what a savepoint still has to say once its transaction failed is refused", async () => {
  const outside = Promise.withResolvers<never>();
  let late: Promise<unknown> = Promise.resolve();
  const written = sql.begin((tx) =>
    Promise.all([
      outside.promise,
      tx.savepoint(async (inner) => {
        outside.reject(new Error("something else failed"));
        for (let turn = 0; turn < 50; turn += 1) await null;
        late = copyIn(inner, "places (place)", onePlace());
        await late;
      }),
    ]),
  );
  await expect(written).rejects.toThrow("something else failed");
  await expect(late).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
  expect(await sql`SELECT FROM places`).toHaveLength(0);
});

test("a prepared statement that its transaction could not run any more is not run behind it", async () => {
  const write = (of: Sql | Transaction, place: number) =>
    (of as Sql)`INSERT INTO places (place) VALUES (${place}) RETURNING *`.execute();
  await write(sql, 1);
  await owner`ALTER TABLE places ADD COLUMN more int`;
  const written = sql.begin((tx) => Promise.all([write(tx, 2), Promise.reject(new Error("something else failed"))]));
  await expect(written).rejects.toThrow("something else failed");
  await write(sql, 3);
  expect(await sql`SELECT place FROM places ORDER BY place`).toEqual([{ place: 1 }, { place: 3 }]);
  await owner`ALTER TABLE places DROP COLUMN more`;
});
