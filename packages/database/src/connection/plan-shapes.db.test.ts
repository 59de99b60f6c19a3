import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/create-test-database.ts";
import { type PlanShape, preparedStatements, shapeOf } from "../testing/explain-statements.ts";
import { fillLedger } from "../testing/fill-ledger.ts";
import { HOT_QUERIES, type HotQuery } from "../testing/hot-queries.ts";
import { connect, type Sql, type Transaction } from "./connect.ts";

let filled: TestDatabase;
/** Its tables were never counted: as in a new installation that has just begun to fill. */
let fresh: TestDatabase;

beforeAll(async () => {
  [filled, fresh] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await Promise.all([onOwn(filled, fillLedger), onOwn(fresh, (sql) => sql.unsafe(ONE_OF_THE_FEED))]);
});
afterAll(() => Promise.all([filled.drop(), fresh.drop()]));

const ONE_OF_THE_FEED = `
  INSERT INTO ledger.feed (position, size, numbered_at, posting_id, practitioner_ids, first_sequences, entry_counts)
  VALUES (0, 1, now(), gen_random_uuid(), ARRAY[gen_random_uuid()], '{1}', '{1}')`;

/** A connection of its own, as a service has it. */
async function onOwn<T>(database: TestDatabase, run: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect({ url: database.url, connectionsMax: 1, applicationName: "test", keyedPlans: true });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}

class TakenBack extends Error {}

/** Runs a query, looks at what the session has made of its statements, and leaves nothing of it behind. */
async function explained<T>(
  database: TestDatabase,
  { run }: HotQuery,
  look: (tx: Transaction) => Promise<T>,
): Promise<T> {
  let seen: T | undefined;
  const taking = onOwn(database, (sql) =>
    sql.begin(async (tx) => {
      await run(tx);
      seen = await look(tx);
      throw new TakenBack();
    }),
  );
  await taking.catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error;
  });
  return seen as T;
}

async function shapesOf(tx: Transaction): Promise<PlanShape[]> {
  const shapes: PlanShape[] = [];
  for (const statement of await preparedStatements(tx)) shapes.push(await shapeOf(tx, statement));
  return shapes;
}

describe.each(HOT_QUERIES.map((query) => [query.query, query] as const))("%s", (_, query) => {
  test("reads by its keys, by the indexes that have them in order", async () => {
    expect(await explained(filled, query, shapesOf)).toEqual(query.shapes);
  });

  test("is seen to read otherwise without one of them", async () => {
    const indexes = new Set(query.shapes.flatMap((shape) => shape.reads.filter(isIndex).map(indexOf)));
    const without = await explained(filled, query, async (tx) => {
      const found: Record<string, readonly PlanShape[] | string> = {};
      for (const index of indexes) found[index] = await shapesWithout(tx, index);
      return found;
    });
    expect(Object.keys(without)).toEqual([...indexes]);
    for (const shapes of Object.values(without)) expect(shapes).not.toEqual(query.shapes);
  });
});

const ALWAYS = HOT_QUERIES.filter(({ needsStatistics }) => needsStatistics !== true);
test.each(ALWAYS.map((query) => [query.query, query] as const))(
  "%s reads so before the server has counted a table",
  async (_, query) => {
    expect(await explained(fresh, query, shapesOf)).toEqual(query.shapes);
  },
);

const isIndex = (read: string): boolean => read.includes("(");
const indexOf = (read: string): string => read.slice(0, read.indexOf("("));

/** The shapes when an index is gone, or what the server says when it cannot do without. */
async function shapesWithout(tx: Transaction, index: string): Promise<readonly PlanShape[] | string> {
  let shapes: readonly PlanShape[] = [];
  try {
    await tx.savepoint(async (inner) => {
      await dropIndex(inner, index);
      shapes = await shapesOf(inner);
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) return String(error);
  }
  return shapes;
}

async function dropIndex(tx: Transaction, index: string): Promise<void> {
  const [found] = await tx.unsafe<{ table: string; index: string; constraint: string | null }[]>(
    `SELECT indrelid::regclass::text AS table, indexrelid::regclass::text AS index, conname AS constraint
     FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
     WHERE indexrelid = (SELECT oid FROM pg_class WHERE relname = '${index}')`,
    [],
    { prepare: false },
  );
  if (found === undefined) throw new Error(`there is no index ${index}`);
  const { table, constraint } = found;
  const drop = constraint === null ? `DROP INDEX ${found.index}` : `ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`;
  await tx.unsafe(drop, [], { prepare: false });
}
