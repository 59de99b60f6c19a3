import { hash } from "node:crypto";
import { connect, copyOut, readFeedEntries, type Sql } from "@xueshi/database";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { rebuildDatabase } from "../../ledger/rebuild/rebuild-database.ts";
import { verifyDatabase } from "../../ledger/verify/verify-database.ts";
import { type PartsReport, verifyParts } from "../../ledger/verify/verify-parts.ts";
import { treeCpuSecondsOf } from "../process-usage.ts";
import { median } from "../statistics.ts";
import { openRowHashers, type RowHashers } from "./hash-rows.ts";
import { runPoster, startLedger } from "./poster.ts";
import type { BenchPostgres } from "./start-postgres.ts";
import { storeBatches } from "./store-batches.ts";

/** What goes through a whole ledger. */
export const AUDITS = ["verify", "rebuild", "feed"] as const;
export type Audit = (typeof AUDITS)[number];

/** What going through every entry once took. */
export interface AuditRun {
  readonly seconds: number;
  /** Of this process with its threads, and of the server with all its backends. */
  readonly ownCpuSeconds: number;
  readonly postgresCpuSeconds: number;
}

export interface AuditFigure {
  readonly name: string;
  readonly limitName: string;
  readonly entries: number;
  /** Pairs of ours and the limit, one after the other. */
  readonly pairs: readonly { readonly ours: AuditRun; readonly limit: AuditRun }[];
  /** Medians: entries a second, and of the pairs ours to the limit. */
  readonly perSecond: number;
  readonly limitPerSecond: number;
  readonly ratio: number;
  /** Hashing alone what each entry is hashed for, entries a second on one thread; null: nothing is hashed. */
  readonly hashedPerSecond: number | null;
}

export interface AuditOptions {
  readonly audits: ReadonlySet<string>;
  /** Records that are posted, about; each person has an entry more. */
  readonly records: number;
  readonly pairs: number;
}

const BATCHES_AT_A_TIME = 20;
const SHAPE = { recordsPerBatch: 1_000, recordsPerPerson: 20 } as const;
const THREADS = { program: new URL("../../ledger/main.ts", import.meta.url), count: 2 };
const PAGE_ENTRIES = 1_000;
/** Every column of an entry is read to be hashed. */
const ENTRIES = "SELECT * FROM ledger.entry";
const MIDDLE = "'80000000-0000-0000-0000-000000000000'";
/** Of a chain are hashed the fields of each entry and its link; of the tree, its leaf and its share of the nodes. */
const CHAIN_BYTES = [480, 64];
const HASHED_BYTES = [...CHAIN_BYTES, 33, 65];
const HALVES = [`practitioner_id < ${MIDDLE}`, `practitioner_id >= ${MIDDLE}`];

/** Fills a ledger by posting, goes through it in each way that is asked for, and beside each by the limit of it. */
export async function measureAudits(
  server: BenchPostgres,
  options: AuditOptions,
  signal: AbortSignal,
): Promise<AuditFigure[]> {
  const { url } = await server.prepare("bench_audit");
  await fillLedger(server, url, options.records, signal);
  const sql = connect({ url, connectionsMax: 4, applicationName: "bench-audit", statementTimeoutMs: 0 });
  const toHash = HALVES.map((where) => ({ url, select: `${ENTRIES} WHERE ${where}`, hashedBytes: CHAIN_BYTES }));
  const hashers = options.audits.has("verify") ? await openRowHashers(toHash) : null;
  try {
    await sql.unsafe("VACUUM ANALYZE");
    const [row] = await sql<{ entries: number }[]>`SELECT count(*) AS entries FROM ledger.entry`;
    const bench = {
      url,
      sql,
      postgresPid: server.postgres.pid,
      entries: row?.entries ?? 0,
      pairs: options.pairs,
      signal,
    };
    const figures: AuditFigure[] = [];
    for (const subject of subjectsOf(bench, hashers)) {
      if (options.audits.has(subject.audit)) figures.push(await measure(bench, subject));
    }
    return figures;
  } finally {
    await hashers?.close();
    await sql.end({ timeout: 5 });
  }
}

async function fillLedger(server: BenchPostgres, url: string, records: number, signal: AbortSignal): Promise<void> {
  const sql = connect({ url, connectionsMax: 4, applicationName: "bench-posting", keyedPlans: true });
  try {
    const poster = startLedger(sql);
    const context = { sql, vault: server.vault, newId: createUuidV7(systemClock), receivedAtMs: systemClock() };
    for (let batch = 0; batch < records / SHAPE.recordsPerBatch; batch += BATCHES_AT_A_TIME) {
      signal.throwIfAborted();
      const firstPerson = batch * (SHAPE.recordsPerBatch / SHAPE.recordsPerPerson);
      const batches = Math.min(BATCHES_AT_A_TIME, Math.ceil(records / SHAPE.recordsPerBatch) - batch);
      const stored = await storeBatches(context, firstPerson, { ...SHAPE, batches });
      await runPoster(poster, stored, { postgresPid: server.postgres.pid, perSecond: null });
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}

interface Bench {
  readonly url: string;
  readonly sql: Sql;
  readonly postgresPid: number;
  readonly entries: number;
  readonly pairs: number;
  readonly signal: AbortSignal;
}

interface Subject {
  readonly audit: Audit;
  readonly name: string;
  /** Bytes that each entry is hashed for, hash by hash; none: nothing is hashed. */
  readonly hashedBytes: readonly number[];
  readonly ours: () => Promise<unknown>;
  readonly limitName: string;
  readonly limit: () => Promise<unknown>;
}

function subjectsOf(bench: Bench, hashers: RowHashers | null): Subject[] {
  const { sql, entries } = bench;
  const hashed = { limitName: "copied and hashed by 2 threads", limit: async () => hashers?.run(entries) };
  const copied = { limitName: "copied on 2 connections", limit: () => copyTwice(sql) };
  const inserted = { limitName: "projections inserted from SQL", limit: () => insertProjections(sql) };
  return [
    {
      ...{ audit: "verify", name: "verify --only chain,balances", hashedBytes: CHAIN_BYTES },
      ...{ ours: () => verifyChains(bench), ...hashed },
    },
    { audit: "verify", name: "verify", hashedBytes: HASHED_BYTES, ours: () => verify(bench, false), ...copied },
    { audit: "verify", name: "verify --full", hashedBytes: HASHED_BYTES, ours: () => verify(bench, true), ...copied },
    { audit: "rebuild", name: "rebuild", hashedBytes: [], ours: () => rebuild(bench), ...inserted },
    {
      audit: "feed",
      name: "feed, read in pages of 1000",
      hashedBytes: [],
      ours: () => readWholeFeed(bench),
      ...copied,
    },
  ];
}

async function measure(bench: Bench, { name, hashedBytes, ours, limitName, limit }: Subject): Promise<AuditFigure> {
  const { entries, signal } = bench;
  // The first round warms up.
  await ours();
  await limit();
  const pairs: { ours: AuditRun; limit: AuditRun }[] = [];
  for (let pair = 0; pair < bench.pairs; pair += 1) {
    signal.throwIfAborted();
    pairs.push({ ours: await run(bench, ours), limit: await run(bench, limit) });
  }
  return {
    ...{ name, limitName, entries, pairs },
    perSecond: median(pairs.map((pair) => entries / pair.ours.seconds)),
    limitPerSecond: median(pairs.map((pair) => entries / pair.limit.seconds)),
    ratio: median(pairs.map((pair) => pair.limit.seconds / pair.ours.seconds)),
    hashedPerSecond: hashedBytes.length > 0 ? hashEntries(entries, hashedBytes) : null,
  };
}

async function run({ postgresPid }: Bench, work: () => Promise<unknown>): Promise<AuditRun> {
  const [cpuBefore, postgresBefore] = [process.cpuUsage(), treeCpuSecondsOf(postgresPid)];
  const startedAtMs = performance.now();
  await work();
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    seconds,
    ownCpuSeconds: (user + system) / 1_000_000,
    postgresCpuSeconds: treeCpuSecondsOf(postgresPid) - postgresBefore,
  };
}

async function verifyChains({ url, entries }: Bench): Promise<void> {
  const parts = ["chain", "balances"] as const;
  const plan = { databaseUrl: url, parts, limit: 1, threads: THREADS, progress: () => undefined };
  expectSound(await verifyParts(plan), entries);
}

async function verify({ url, entries }: Bench, isFull: boolean): Promise<void> {
  const report = await verifyDatabase({
    ...{ databaseUrl: url, limit: 1, threads: THREADS, progress: () => undefined },
    ...(isFull ? { full: { nameVariants: "hold" as const, indexKey: null } } : {}),
  });
  expectSound(report, entries);
}

function expectSound({ entries, tally }: PartsReport, all: number): void {
  if (entries !== all || tally.counts.size > 0) throw new Error("The ledger that was filled is not sound.");
}

async function rebuild({ sql }: Bench): Promise<void> {
  const plan = { sql, limit: 1, isDryRun: false, isFresh: true, progress: () => undefined };
  if ((await rebuildDatabase(plan)).differences.length > 0) throw new Error("A rebuild changed the projections.");
}

async function readWholeFeed({ sql, entries }: Bench): Promise<void> {
  let from = 0;
  for (;;) {
    const page = await readFeedEntries(sql, from, { source: null, keptByKeyIds: null }, PAGE_ENTRIES);
    from = page.next;
    if (page.isAtEnd) break;
  }
  if (from !== entries) throw new Error(`The feed has ${from} of ${entries} entries.`);
}

/** The same rows in COPY's binary form, by two sessions at once, read and thrown away. */
async function copyTwice(sql: Sql): Promise<void> {
  const copy = async (where: string): Promise<void> => {
    const stream = await copyOut(sql, `COPY (${ENTRIES} WHERE ${where}) TO STDOUT (FORMAT binary)`);
    for await (const _chunk of stream);
  };
  await Promise.all(HALVES.map(copy));
}

/** The rows of both projections into tables with the same indexes, by the server alone. */
async function insertProjections(sql: Sql): Promise<void> {
  for (const table of ["projection.record_state", "projection.balance"]) {
    await sql.unsafe(`
      CREATE SCHEMA IF NOT EXISTS bench; DROP TABLE IF EXISTS bench.copied;
      CREATE TABLE bench.copied (LIKE ${table} INCLUDING ALL); INSERT INTO bench.copied SELECT * FROM ${table};
      DROP SCHEMA bench CASCADE`);
  }
}

function hashEntries(entries: number, hashedBytes: readonly number[]): number {
  const contents = hashedBytes.map((length) => Buffer.alloc(length, 1));
  const startedAtMs = performance.now();
  for (let entry = 0; entry < entries; entry += 1) {
    for (const content of contents) {
      content.writeUInt32BE(entry);
      hash("sha256", content, "binary");
    }
  }
  return (entries * 1_000) / (performance.now() - startedAtMs);
}
