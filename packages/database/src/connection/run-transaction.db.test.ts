import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { backendOf, createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { connect, type Sql, type Transaction } from "./connect.ts";
import { isConnectionLost, ROLE_RACES, SQLSTATES } from "./failures.ts";
import { runTransaction } from "./run-transaction.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 4, applicationName: "transactions" });
  await sql.unsafe(`
    CREATE TABLE public.said (word text PRIMARY KEY);
    CREATE FUNCTION public.end_session() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER end_session AFTER INSERT ON public.said DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (NEW.word = 'last words') EXECUTE FUNCTION public.end_session();`);
});
beforeEach(() => sql`DELETE FROM public.said`);
afterAll(async () => {
  await sql.end({ timeout: 5 });
  await database.drop();
});

const pauses: number[] = [];
const context = () => ({ sql, chance: () => 0.5, pause: async (ms: number) => void pauses.push(ms) });
const words = async () => (await sql`SELECT word FROM public.said ORDER BY word`).map(({ word }) => word as string);

it.each([...Object.entries(SQLSTATES).map(([code, { name }]) => [code, name]), ...Object.entries(ROLE_RACES)])(
  "%s is what the server calls %s",
  async (code, name) => {
    const raised = sql.unsafe(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${name}'; END $$`);
    await expect(raised).rejects.toMatchObject({ code });
  },
);

it("does both of two transactions that lock in opposite orders", async () => {
  await sql`INSERT INTO public.said VALUES ('a'), ('b')`;
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  // As long as a pause would be: who tries again at once may be quicker than the one that was let go first.
  const oneIsDone = Promise.withResolvers<void>();
  const pause = async (ms: number) => {
    pauses.push(ms);
    await oneIsDone.promise;
  };
  let attempts = 0;
  const lock = (tx: Transaction, word: string) => tx`SELECT FROM public.said WHERE word = ${word} FOR UPDATE`;
  const inOrder = async (first: string, second: string, mine: 0 | 1) => {
    const done = await runTransaction({ ...context(), pause }, async (tx) => {
      attempts += 1;
      await lock(tx, first);
      met[mine].resolve();
      await met[(1 - mine) as 0 | 1].promise;
      await lock(tx, second);
      return second;
    });
    oneIsDone.resolve();
    return done;
  };
  expect(await Promise.all([inOrder("a", "b", 0), inOrder("b", "a", 1)])).toEqual(["b", "a"]);
  expect(attempts).toBe(3);
  expect(pauses.splice(0)).toEqual([10]);
});

it("does both of two transactions that read before the other writes, in one snapshot each", async () => {
  await sql`INSERT INTO public.said VALUES ('a')`;
  const read = Promise.withResolvers<void>();
  let attempts = 0;
  const slow = runTransaction(
    context(),
    async (tx) => {
      attempts += 1;
      await tx`SELECT FROM public.said`;
      read.resolve();
      await written;
      await tx`UPDATE public.said SET word = word || '2'`;
    },
    { isolation: "repeatable read" },
  );
  const written = read.promise.then(() => sql`UPDATE public.said SET word = word || '1'`);
  await slow;
  expect([await words(), attempts]).toEqual([["a12"], 2]);
  pauses.length = 0;
});

it("is in doubt when the server ends the session instead of answering a COMMIT", async () => {
  let attempts = 0;
  const spoken = runTransaction(context(), async (tx) => {
    attempts += 1;
    await tx`INSERT INTO public.said VALUES ('last words')`;
  });
  await expect(spoken).rejects.toMatchObject({ code: "may_have_committed" });
  expect([await words(), attempts]).toEqual([[], 1]);
});

it("rejects what is asked of a session that has ended, and ends no process by it", async () => {
  const reserved = await sql.reserve();
  const pid = await backendOf(reserved as unknown as Sql);
  const waiting = reserved`SELECT pg_sleep(60)`.catch((error: { code: string }) => error.code);
  await sql`SELECT pg_terminate_backend(${pid}::int)`;
  expect(["57P01", "CONNECTION_CLOSED"]).toContain(await waiting);
  // The driver writes what is short only in the next turn, when its socket may be gone.
  for (let nth = 0; nth < 3; nth += 1) {
    await expect(reserved`SELECT 1`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  }
  expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
});

it("is in no doubt when the session ends before", async () => {
  const ended = runTransaction(context(), async (tx) => {
    await tx`INSERT INTO public.said VALUES ('a')`;
    await tx`SELECT pg_terminate_backend(pg_backend_pid())`;
  });
  expect(isConnectionLost(await ended.catch((error: unknown) => error))).toBe(true);
  await expect(ended).rejects.not.toMatchObject({ code: "may_have_committed" });
  expect(await words()).toEqual([]);
});

it("runs what finds its own traces until it is told", async () => {
  let attempts = 0;
  const said = await runTransaction(
    context(),
    async (tx) => {
      attempts += 1;
      await tx`INSERT INTO public.said VALUES (${attempts < 3 ? "last words" : "a"})`;
      return attempts;
    },
    { isRepeatable: true },
  );
  expect([said, await words()]).toEqual([3, ["a"]]);
});
