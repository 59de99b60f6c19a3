import { pipeline } from "node:stream/promises";
import { connect, copyOut, type Sql, type Transaction } from "@xueshi/database";
import { WrongUsage } from "../../rules/verb.ts";

/** What how records stand follows from, and what follows from it; a part of a table where a condition says so. */
const TABLES: readonly (readonly [table: string, condition?: string])[] = [
  ["acquisition.batch"],
  ["acquisition.raw_page"],
  ["acquisition.catalogue"],
  ["admission.identity"],
  ["admission.version"],
  ["admission.refusal"],
  ["admission.row_decision"],
  ["admission.name_alias"],
  ["admission.person_merge"],
  ["admission.finding"],
  // One that is under way over there is not to be gone on with here.
  ["admission.readmission", "ended_at IS NOT NULL"],
  ["classification.decision"],
  ["ledger.correction"],
  ["classification.correction_decision"],
  ["ledger.duplicate_decision"],
  ["ledger.correction_record"],
  ["ledger.correction_step"],
  ["ledger.entry"],
  ["ledger.head"],
  ["ledger.posting"],
  ["ledger.platform_mark"],
  ["projection.balance"],
  ["projection.record_state"],
  ["requirement.activation"],
];

/**
 * Refuses a database that holds records, before anything is done to it: whoever names a ledger in force by mistake has lost
 * nothing, and its tables are those of its own version still. Throws `WrongUsage`.
 */
export async function refuseLedger(url: string): Promise<void> {
  const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-scratch", readOnly: true });
  try {
    const tables = await sql`SELECT FROM pg_class WHERE oid = to_regclass('acquisition.batch')`;
    const rows = tables.length === 0 ? [] : await sql`SELECT FROM acquisition.batch LIMIT 1`;
    if (rows.length === 0) return;
  } finally {
    await sql.end({ timeout: 5 });
  }
  throw new WrongUsage(
    "--into 所指的数据库已有记录；请换一个空的数据库。",
    "The database of --into holds records already; name an empty one.",
  );
}

/**
 * Copies a ledger with the rows that are kept, as of one moment, into a database that holds none; the one that is copied is
 * only read.
 * @param done called after each table, with the share of the tables that are copied
 */
export async function copyLedger(fromUrl: string, intoUrl: string, done: (share: number) => void): Promise<void> {
  const open = (url: string, readOnly: boolean) =>
    connect({ url, connectionsMax: 1, applicationName: "xueshi-scratch", statementTimeoutMs: 0, readOnly });
  const from = open(fromUrl, true);
  const into = open(intoUrl, false);
  try {
    await from.begin("isolation level repeatable read read only", async (tx) => {
      for (const [index, [table, condition]] of TABLES.entries()) {
        await copyTable(tx, into, table, condition ?? "true");
        done((index + 1) / TABLES.length);
      }
    });
    await into`ANALYZE`;
  } finally {
    await Promise.all([from.end({ timeout: 5 }), into.end({ timeout: 5 })]);
  }
}

async function copyTable(from: Transaction, into: Sql, table: string, condition: string): Promise<void> {
  const [columns, there] = await Promise.all([columnsOf(from as unknown as Sql, table), columnsOf(into, table)]);
  // The client waits for ever where the server refuses what is copied, so what it could refuse is looked at before.
  if (columns.join() !== there.join()) {
    throw new WrongUsage(
      `${table} 的列与本版本不同；请先运行 pnpm migrate。`,
      `The columns of ${table} are those of another version; run pnpm migrate first.`,
    );
  }
  const list = columns.map((column) => `"${column}"`).join(", ");
  const rows = await copyOut(from, `COPY (SELECT ${list} FROM ${table} WHERE ${condition}) TO STDOUT`);
  await pipeline(rows, await into.unsafe(`COPY ${table} (${list}) FROM STDIN`).writable());
}

async function columnsOf(sql: Sql, table: string): Promise<string[]> {
  const [schema = "", name = ""] = table.split(".");
  const rows = await sql`
    SELECT column_name FROM information_schema.columns WHERE table_schema = ${schema} AND table_name = ${name}
    ORDER BY column_name COLLATE "C"`.values();
  return rows.map(([column]) => String(column));
}
