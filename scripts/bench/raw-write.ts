import { connect, copyBytes, migrateDatabase, type Sql, type Transaction } from "@xueshi/database";
import { treeCpuSecondsOf } from "./process-usage.ts";
import { openTableRows, RAW_TABLES, type RawTable, type TableBatch } from "./raw-rows.ts";
import { percentile } from "./statistics.ts";

/** What one pass of raw writing took. */
export interface RawFigure {
  readonly rows: number;
  readonly batchRows: number;
  readonly connections: number;
  readonly seconds: number;
  /** Of one batch's transaction. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly postgresCpuSeconds: number;
  readonly writerCpuSeconds: number;
}

export interface RawSource {
  /** The product's database, whose rows are written again; a superuser's URL. */
  readonly ownerUrl: string;
  readonly postgresPid: number;
  /** Only people of batches that came at or after this instant, ms; null: everyone. */
  readonly sinceMs: number | null;
  /** Default: all that a record leaves behind. */
  readonly tables?: readonly RawTable[];
}

export interface RawTarget {
  readonly name: string;
  /** Whether the database is written to as it is; else it is made anew. */
  readonly isKept: boolean;
}

/** One `INSERT … SELECT FROM unnest` per table and batch, or one COPY of the rows as text. */
export type RawWay = "unnest" | "copy";

/** Batches that lie ready in memory before the clock runs; reading them is not measured. */
const READY_BATCHES_MAX = 40;
const TEMPLATE = "bench_raw_template";

/** Makes an empty database for raw writing: the product's schema with every index and trigger. */
export async function prepareRaw(ownerUrl: string, database: string): Promise<void> {
  await recreate(ownerUrl, TEMPLATE, "template0");
  await migrateDatabase({ url: withDatabase(ownerUrl, TEMPLATE) });
  await recreate(ownerUrl, database, TEMPLATE);
}

/**
 * Writes the rows of the product's database once more, as fast as PostgreSQL takes them from arrays that lie ready: one
 * statement per table and batch, a transaction per batch, nothing read, looked up or computed.
 */
export async function writeRaw(
  source: RawSource,
  database: RawTarget,
  shape: { readonly batchRows: number; readonly connections: number; readonly way?: RawWay },
  signal: AbortSignal,
): Promise<RawFigure> {
  const { batchRows, connections, way = "unnest" } = shape;
  const writeTables = way === "copy" ? copyTables : insertTables;
  const { tables = RAW_TABLES } = source;
  if (!database.isKept) await recreate(source.ownerUrl, database.name, TEMPLATE);
  const url = withDatabase(source.ownerUrl, database.name);
  const target = connect({ url, connectionsMax: connections, applicationName: "bench-raw" });
  const reader = connect({
    url: source.ownerUrl,
    connectionsMax: tables.length + 1,
    applicationName: "bench-read",
    // A cursor's clock runs until its last row is read, and the rows are written meanwhile.
    statementTimeoutMs: 0,
  });
  const latenciesMs: number[] = [];
  let [rows, seconds, postgresCpuSeconds, writerCpuSeconds] = [0, 0, 0, 0];
  try {
    await target`CHECKPOINT`;
    const { batches, rowCount } = await openTableRows(reader, tables, batchRows, source.sinceMs);
    rows = rowCount;
    for await (const ready of inGroups(batches, READY_BATCHES_MAX)) {
      signal.throwIfAborted();
      const postgresBefore = treeCpuSecondsOf(source.postgresPid);
      const writerBefore = process.cpuUsage();
      const startedAtMs = performance.now();
      await Promise.all(Array.from({ length: connections }, () => writeAll(target, ready, writeTables, latenciesMs)));
      seconds += (performance.now() - startedAtMs) / 1_000;
      const { user, system } = process.cpuUsage(writerBefore);
      writerCpuSeconds += (user + system) / 1_000_000;
      postgresCpuSeconds += treeCpuSecondsOf(source.postgresPid) - postgresBefore;
    }
  } finally {
    await Promise.all([target.end({ timeout: 5 }), reader.end({ timeout: 5 })]);
  }
  const [p50Ms, p99Ms] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)];
  return { rows, batchRows, connections, seconds, p50Ms, p99Ms, postgresCpuSeconds, writerCpuSeconds };
}

type WriteTables = (tx: Transaction, tables: readonly TableBatch[]) => Promise<unknown>;

async function writeAll(
  sql: Sql,
  ready: (readonly TableBatch[])[],
  writeTables: WriteTables,
  latenciesMs: number[],
): Promise<void> {
  for (let batch = ready.shift(); batch !== undefined; batch = ready.shift()) {
    const tables = batch;
    const startedAtMs = performance.now();
    await sql.begin((tx) => writeTables(tx, tables));
    latenciesMs.push(performance.now() - startedAtMs);
  }
}

function insertTables(tx: Transaction, tables: readonly TableBatch[]): Promise<unknown> {
  return Promise.all(tables.map(({ insert, literals }) => tx.unsafe(insert, literals as string[], { prepare: true })));
}

function copyTables(tx: Transaction, tables: readonly TableBatch[]): Promise<unknown> {
  return Promise.all(tables.map(({ copy, lines }) => copyBytes(tx, copy, Buffer.from(lines))));
}

async function* inGroups<T>(items: AsyncIterable<T>, groupSize: number): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < groupSize) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function recreate(ownerUrl: string, database: string, template: string): Promise<void> {
  const sql = connect({ url: ownerUrl, connectionsMax: 1, applicationName: "bench-raw", statementTimeoutMs: 0 });
  try {
    await sql.unsafe(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    await sql.unsafe(`CREATE DATABASE "${database}" TEMPLATE "${template}"`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Makes an empty database beside the product's, and gives its URL. */
export async function recreateDatabase(ownerUrl: string, database: string): Promise<string> {
  await recreate(ownerUrl, database, "template0");
  return withDatabase(ownerUrl, database);
}

/** Gives the URL of a database beside the product's, which is made where there is none. */
export async function ensureDatabase(ownerUrl: string, database: string): Promise<string> {
  const sql = connect({ url: ownerUrl, connectionsMax: 1, applicationName: "bench-raw" });
  try {
    const [known] = await sql`SELECT FROM pg_database WHERE datname = ${database}`;
    if (known !== undefined) return withDatabase(ownerUrl, database);
  } finally {
    await sql.end({ timeout: 5 });
  }
  return recreateDatabase(ownerUrl, database);
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
