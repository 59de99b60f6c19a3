import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { connect, type Sql, type Transaction } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

/** Statements that the driver sends over one connection before it waits for an answer. */
const SENT_AT_ONCE = 100;

let database: TestDatabase;
let owner: Sql;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "owner" });
  await owner.unsafe("CREATE TABLE counted (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
});
beforeEach(() => {
  // One connection, so that whoever comes next has the one that somebody else had.
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: "waiting" });
});
afterEach(async () => {
  await sql.end({ timeout: 5 });
  await owner`TRUNCATE counted`;
});
afterAll(async () => {
  await owner.end({ timeout: 5 });
  await database.drop();
});

const codeOf = (statement: PromiseLike<unknown>) =>
  statement.then(
    () => "done",
    ({ code }: { code: string }) => code,
  );

it.each([SENT_AT_ONCE - 1, SENT_AT_ONCE, SENT_AT_ONCE + 1])(
  "a transaction has its connection to itself behind %i statements that wait for their answers",
  async (count) => {
    await sql`SELECT`;
    const before = Array.from({ length: count }, (_, number) => sql`SELECT ${number}::int AS number`.execute());
    const transactionOf = async (of: Sql | Transaction) =>
      (await of<{ id: string }[]>`SELECT pg_current_xact_id()::text AS id`)[0]?.id;
    const own = sql.begin(async (tx) => [await transactionOf(tx), await transactionOf(tx)]);
    const after = transactionOf(sql);
    const [first, second] = await own;
    expect(second).toBe(first);
    expect(await after).not.toBe(first);
    expect((await Promise.all(before)).map(([row]) => row?.number)).toEqual(before.map((_, number) => number));
  },
);

it("a statement whose parameters cannot be sent fails alone, and its neighbours have their own answers", async () => {
  await sql`SELECT`;
  const unsendable = undefined as unknown as string;
  const answers = await Promise.allSettled([
    sql`SELECT 1 AS number`,
    sql`SELECT ${unsendable}::text AS text`,
    sql`SELECT 3 AS number`,
    sql`SELECT ${4}::int AS number`,
  ]);
  expect(answers).toMatchObject([
    { value: [{ number: 1 }] },
    { reason: { code: "UNDEFINED_VALUE" } },
    { value: [{ number: 3 }] },
    { value: [{ number: 4 }] },
  ]);
});

it.each(["committed", "rolled back"])(
  "what is left of a transaction that is %s does nothing in the next one",
  async (how) => {
    let left: Transaction | null = null;
    const ended = sql.begin(async (tx) => {
      left = tx;
      await tx`INSERT INTO counted VALUES (1)`;
      if (how === "rolled back") throw new Error("given up");
    });
    await ended.catch(() => {});
    await sql.begin(async (tx) => {
      await tx`INSERT INTO counted VALUES (2)`;
      expect(await codeOf((left as unknown as Transaction)`ROLLBACK`)).toBe("TRANSACTION_ENDED");
      await tx`INSERT INTO counted VALUES (3)`;
    });
    const rows = await owner`SELECT number FROM counted WHERE number > 1 ORDER BY number`;
    expect(rows).toEqual([{ number: 2 }, { number: 3 }]);
  },
);

it("whoever had a connection to itself that was lost waits for nothing, and does nothing to whom it serves next", async () => {
  const session = await sql.reserve();
  const waiting = [session`SELECT pg_sleep(600), ${"first"}::text`, session`SELECT ${"second"}::text`].map(codeOf);
  await expect
    .poll(() => owner`SELECT FROM pg_stat_activity WHERE application_name = 'waiting' AND state = 'active'`)
    .toHaveLength(1);
  await owner`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'waiting'`;
  expect(await Promise.all(waiting)).toEqual(["CONNECTION_CLOSED", "CONNECTION_CLOSED"]);
  let other: PromiseLike<unknown> | null = null;
  await sql.begin(async (tx) => {
    await tx`INSERT INTO counted VALUES (1)`;
    expect(await codeOf(session`ROLLBACK`)).toBe("CONNECTION_CLOSED");
    session.release();
    other = sql`INSERT INTO counted VALUES (3)`.execute();
    await tx`INSERT INTO counted VALUES (2)`;
    expect(await owner`SELECT FROM counted`).toEqual([]);
  });
  await other;
  expect(await owner`SELECT number FROM counted ORDER BY number`).toEqual([
    { number: 1 },
    { number: 2 },
    { number: 3 },
  ]);
});

it.each([
  ["when it is done", "1\n1\n", "23505"],
  ["in the middle", "one\n", "22P02"],
])("a COPY that the server refuses %s tells who wrote", async (_when, text, code) => {
  const stream = await sql.unsafe("COPY counted FROM STDIN").writable();
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  stream.once("finish", resolve).once("error", reject);
  stream.end(text);
  expect(await codeOf(ended)).toBe(code);
  expect(await sql`SELECT FROM counted`).toEqual([]);
});
