import type { Balance, RecordStateRow } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";
import { beginTransaction } from "../connection/run-transaction.ts";
import { writeBalances } from "./balance-store.ts";
import { insertRecordStates } from "./record-state-store.ts";

/**
 * Shadows of the projections: tables beside them that are filled from the entries while the ledger goes on, and then take
 * their places in one short transaction. A mark says up to which sequence a person is in them, so that a rebuild that was
 * cut off goes on where it was, and whoever was posted to meanwhile is done again.
 */
const SHADOWED = ["record_state", "balance"] as const;
const shadowOf = (table: (typeof SHADOWED)[number]) => `next_${table}`;
const MARK = "projection.next_mark";

/** Everything that is derived of one person, up to a sequence of their chain. */
export interface PersonShadow {
  readonly practitionerId: string;
  readonly sequence: number;
  readonly states: readonly RecordStateRow[];
  readonly balances: readonly Balance[];
}

/** A row that the projections have and the shadows have not, or the other way round, as PostgreSQL writes rows. */
export interface ShadowDifference {
  readonly table: string;
  readonly isKept: boolean;
  readonly row: string;
}

/** Whether tables are spread over nodes, where a table cannot take another one's place in one transaction. */
export async function isDistributed(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`SELECT to_regclass('pg_dist_partition') IS NOT NULL AS found`;
  return row?.found === true;
}

/** The class of the advisory lock under which one rebuild works at a time; any number, always the same. */
const REBUILD_CLASS = 7_203_511;

/** Lets one rebuild work at a time, as long as its session lives. Null: another one works; else how to let the next one. */
export async function lockRebuild(sql: Sql): Promise<(() => Promise<void>) | null> {
  const session = await sql.reserve();
  let isHeld = false;
  try {
    const [row] = await session<{ held: boolean }[]>`SELECT pg_try_advisory_lock(${REBUILD_CLASS}::int, 0) AS held`;
    isHeld = row?.held === true;
  } finally {
    if (!isHeld) session.release();
  }
  if (!isHeld) return null;
  return async () => {
    try {
      await session`SELECT pg_advisory_unlock(${REBUILD_CLASS}::int, 0)`;
    } finally {
      session.release();
    }
  };
}

/** Makes the shadows; false: they are there, of today's columns, left by a rebuild that was cut off. */
export async function createShadows(sql: Sql): Promise<boolean> {
  return beginTransaction(sql, async (tx) => {
    if (await haveShadowsOfToday(tx)) return false;
    await dropShadows(tx);
    for (const table of SHADOWED) {
      await tx.unsafe(`CREATE TABLE projection.${shadowOf(table)} (LIKE projection.${table} INCLUDING ALL)`);
    }
    await tx.unsafe(`CREATE TABLE ${MARK} (practitioner_id uuid PRIMARY KEY, sequence bigint NOT NULL)`);
    return true;
  });
}

async function haveShadowsOfToday(tx: Transaction): Promise<boolean> {
  const rows = await tx<{ columns: string | null }[]>`
    SELECT (SELECT string_agg(attname || ' ' || atttypid::regtype, ',' ORDER BY attname) FROM pg_attribute
      WHERE attrelid = to_regclass(name) AND attnum > 0 AND NOT attisdropped) AS columns
    FROM unnest(${SHADOWED.flatMap((table) => [`projection.${table}`, `projection.${shadowOf(table)}`])}::text[])
      WITH ORDINALITY AS given (name, place)
    ORDER BY place`;
  return rows.every(({ columns }, at) => columns === rows[at - (at % 2)]?.columns);
}

/** Removes the shadows, whatever is in them. */
export async function dropShadows(sql: Sql | Transaction): Promise<void> {
  const tables = [...SHADOWED.map((table) => `projection.${shadowOf(table)}`), MARK];
  await (sql as Sql).unsafe(`DROP TABLE IF EXISTS ${tables.join(", ")}`);
}

/** People whose chain is not in the shadows up to its end, in order of id, after one of them (null: from the first). */
export async function readUnshadowed(
  sql: Sql | Transaction,
  afterId: string | null,
  limit: number,
): Promise<{ practitionerId: string; sequence: number }[]> {
  return (sql as Sql)<{ practitionerId: string; sequence: number }[]>`
    SELECT head.practitioner_id AS "practitionerId", head.sequence
    FROM ledger.head LEFT JOIN projection.next_mark AS mark ON mark.practitioner_id = head.practitioner_id
    WHERE (${afterId}::uuid IS NULL OR head.practitioner_id > ${afterId}::uuid) AND head.sequence > 0
      AND mark.sequence IS DISTINCT FROM head.sequence
    ORDER BY head.practitioner_id LIMIT ${limit}`;
}

/** Puts people into the shadows, in the place of what was there of them. */
export async function writeShadows(tx: Transaction, people: readonly PersonShadow[]): Promise<void> {
  if (people.length === 0) return;
  const ids = plainArray(people.map((person) => person.practitionerId));
  for (const table of [...SHADOWED.map((name) => `projection.${shadowOf(name)}`), MARK]) {
    await tx.unsafe(`DELETE FROM ${table} WHERE practitioner_id = ANY($1::uuid[])`, [ids]);
  }
  await insertRecordStates(
    tx,
    people.flatMap((person) => person.states),
    "projection.next_record_state",
  );
  await Promise.all([
    writeBalances(
      tx,
      "projection.next_balance",
      people.flatMap((person) => person.balances),
    ),
    tx`
      INSERT INTO projection.next_mark (practitioner_id, sequence)
      SELECT * FROM unnest(${ids}::uuid[], ${plainArray(people.map((person) => person.sequence))}::bigint[])`,
  ]);
}

/** Keeps postings waiting, and nobody else, until the transaction ends: every row of a projection follows a head. */
export async function holdPostings(tx: Transaction, waitMsMax: number): Promise<void> {
  await tx.unsafe(`SET LOCAL lock_timeout = ${waitMsMax}`);
  await tx`LOCK TABLE ledger.head IN SHARE ROW EXCLUSIVE MODE`;
}

/**
 * Rows in which the projections and their shadows differ; at most so many of each table and side. The server compares all
 * of them, in every column.
 * @param of people to look at, or everybody who is in the shadows up to the end of their chain
 */
export async function compareShadows(
  tx: Transaction,
  of: readonly string[] | "everybody",
  limit: number,
): Promise<ShadowDifference[]> {
  const differences: ShadowDifference[] = [];
  const ids = of === "everybody" ? null : plainArray(of);
  const among = ids === null ? "" : "WHERE practitioner_id = ANY($2::uuid[])";
  for (const table of SHADOWED) {
    for (const isKept of [true, false]) {
      const [from, against] = isKept ? [table, shadowOf(table)] : [shadowOf(table), table];
      const rows = await tx.unsafe<{ row: string }[]>(
        `SELECT differing::text AS row FROM (
           SELECT * FROM projection.${from} ${among} EXCEPT ALL SELECT * FROM projection.${against} ${among}
         ) AS differing
         WHERE NOT EXISTS (SELECT FROM ledger.head LEFT JOIN ${MARK} AS mark USING (practitioner_id)
           WHERE head.practitioner_id = differing.practitioner_id AND mark.sequence IS DISTINCT FROM head.sequence)
         ORDER BY 1 LIMIT $1`,
        ids === null ? [limit] : [limit, ids],
      );
      for (const { row } of rows) differences.push({ table: `projection.${table}`, isKept, row });
    }
  }
  return differences;
}

/**
 * The shadows take the places of the projections, with their names, those of their constraints and indexes, their owners
 * and their grants; the tables that were there are gone. Statements that services have prepared find the new ones.
 * @throws Error when an index of a shadow has no like in the projection
 */
export async function swapShadows(tx: Transaction): Promise<void> {
  await tx.unsafe(`LOCK TABLE ${SHADOWED.map((table) => `projection.${table}`).join(", ")} IN ACCESS EXCLUSIVE MODE`);
  for (const table of SHADOWED) {
    const statements = await readGrants(tx, table);
    const names = await readIndexNames(tx, table);
    await tx.unsafe(`DROP TABLE projection.${table}`);
    await tx.unsafe(`ALTER TABLE projection.${shadowOf(table)} RENAME TO ${table}`);
    for (const { shadow, own } of names) await tx.unsafe(`ALTER INDEX projection.${shadow} RENAME TO ${own}`);
    for (const statement of statements) await tx.unsafe(statement);
  }
  await tx.unsafe(`DROP TABLE ${MARK}`);
}

/** Statements that give the shadow of a table, once it has its name, its owner and its grants. */
async function readGrants(tx: Transaction, table: string): Promise<string[]> {
  const rows = await tx<{ statement: string }[]>`
    SELECT format('ALTER TABLE projection.%I OWNER TO %I', relname, pg_get_userbyid(relowner)) AS statement
    FROM pg_class WHERE oid = ${`projection.${table}`}::regclass
    UNION ALL
    SELECT format('GRANT %s ON projection.%I TO %s', privilege_type, relname,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
    FROM pg_class, aclexplode(relacl) WHERE oid = ${`projection.${table}`}::regclass`;
  return rows.map(({ statement }) => statement);
}

/** Indexes of a table and of its shadow that are the same but for the names, quoted. */
async function readIndexNames(
  tx: Transaction,
  table: (typeof SHADOWED)[number],
): Promise<{ shadow: string; own: string }[]> {
  const indexes = (name: string) => tx<{ name: string; definition: string }[]>`
    SELECT quote_ident(relname) AS name, regexp_replace(pg_get_indexdef(indexrelid), '^.* ON projection\\.\\S+ ', '')
      || indisunique || indisprimary AS definition
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = ${`projection.${name}`}::regclass`;
  const own = new Map((await indexes(table)).map(({ name, definition }) => [definition, name]));
  return (await indexes(shadowOf(table))).map(({ name, definition }) => {
    const found = own.get(definition);
    if (found === undefined) throw new Error(`an index of the shadow of ${table} has no like: ${definition}`);
    return { shadow: name, own: found };
  });
}
