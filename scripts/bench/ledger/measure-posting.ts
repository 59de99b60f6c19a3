import { connect, type Sql } from "@xueshi/database";
import { BATCHES_AT_A_TIME } from "@xueshi/ledger-service/commands";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { POSTED_TABLES } from "../raw-rows.ts";
import { prepareRaw, type RawFigure, type RawTarget, type RawWay, recreateDatabase, writeRaw } from "../raw-write.ts";
import { median } from "../statistics.ts";
import { installEventStores, startEmmett, startMessageDb } from "./event-stores.ts";
import { type Poster, type PostingRun, runPoster, startLedger } from "./poster.ts";
import type { BenchPostgres } from "./start-postgres.ts";
import { type BatchShape, type StoredBatch, storeBatches } from "./store-batches.ts";

export interface PostingShape extends BatchShape {
  readonly name: "batch" | "single";
}

export interface PostingRound {
  /** Ours first, then the event stores. */
  readonly runs: readonly PostingRun[];
  readonly raw: RawFigure;
  /** The same by COPY, which is faster than what the limit is stated by. */
  readonly rawCopied: RawFigure;
}

export interface PostingFigure {
  readonly shape: PostingShape;
  readonly rawConnections: number;
  /** Records a second, medians: ours, each event store, raw. */
  readonly perSecond: Readonly<Record<string, number>>;
  /** Medians over the pairs of ours to each event store and to raw. */
  readonly ratioTo: Readonly<Record<string, number>>;
  /** At half of what the closed loop reached, for each of them. */
  readonly openLoop: readonly (PostingRun & { readonly batchesPerSecond: number })[];
  readonly rounds: readonly PostingRound[];
}

export const RAW = "raw";
export const RAW_COPIED = "raw by COPY";
/** Written anew by each pass that tries how many connections are fastest. */
const TRIED_DATABASE = "bench_posting_tried";
/** These grow with every round, as the tables of those who post do. */
const RAW_DATABASES: Readonly<Record<RawWay, string>> = { unnest: "bench_posting_raw", copy: "bench_posting_copied" };
const RAW_CONNECTIONS = [1, 2, 3, 4];
const OPEN_LOOP_PART = 0.5;

/** A thousand records in a transaction, of fifty people; and one record in a transaction, each of another person. */
export function postingShapes(scale: number): readonly PostingShape[] {
  const batches = (count: number) => Math.max(1, Math.round(count * scale));
  return [
    { name: "batch", batches: batches(100), recordsPerBatch: 1_000, recordsPerPerson: 20 },
    { name: "single", batches: batches(500), recordsPerBatch: 1, recordsPerPerson: 1 },
  ];
}

/** Posting by the ledger service's code beside raw writing of the same rows and two event stores that do the same work. */
export async function measurePosting(
  server: BenchPostgres,
  options: { readonly pairs: number; readonly storesDir: string; readonly scale: number },
  signal: AbortSignal,
): Promise<PostingFigure[]> {
  const { url } = await server.prepare("bench_posting");
  installEventStores(options.storesDir);
  for (const database of Object.values(RAW_DATABASES)) await prepareRaw(server.postgres.url, database);
  const sql = connect({
    url,
    connectionsMax: BATCHES_AT_A_TIME + 1,
    applicationName: "bench-posting",
    keyedPlans: true,
  });
  const posters = [
    startLedger(sql),
    await startMessageDb(options.storesDir, await recreateDatabase(server.postgres.url, "bench_message_db")),
    await startEmmett(options.storesDir, await recreateDatabase(server.postgres.url, "bench_emmett")),
  ];
  try {
    const figures: PostingFigure[] = [];
    let nextPerson = 0;
    for (const shape of postingShapes(options.scale)) {
      const bench = new PostingBench({ server, url, sql, posters, shape, signal }, nextPerson);
      figures.push(await bench.measure(options.pairs));
      nextPerson = bench.nextPerson;
    }
    return figures;
  } finally {
    await Promise.all([sql.end({ timeout: 5 }), ...posters.map((poster) => poster.close())]);
  }
}

interface Setting {
  readonly server: BenchPostgres;
  readonly url: string;
  readonly sql: Sql;
  readonly posters: readonly Poster[];
  readonly shape: PostingShape;
  readonly signal: AbortSignal;
}

class PostingBench {
  nextPerson: number;
  readonly #setting: Setting;

  constructor(setting: Setting, firstPerson: number) {
    this.#setting = setting;
    this.nextPerson = firstPerson;
  }

  async measure(pairs: number): Promise<PostingFigure> {
    const { shape, posters, server } = this.#setting;
    // The first round warms up, and tells on how many connections raw writing is fastest.
    const warmUp = await this.#round(1, 0);
    const passes: RawFigure[] = [];
    for (const connections of RAW_CONNECTIONS) passes.push(await this.#tryRaw(connections, warmUp.sinceMs));
    const rawConnections = passes.reduce((best, pass) => (pass.seconds < best.seconds ? pass : best)).connections;
    const rounds: PostingRound[] = [];
    for (let pair = 0; pair < pairs; pair += 1) rounds.push(await this.#round(rawConnections, pair));
    const speeds = speedsOf(rounds, shape);
    const ours = speeds.get("xueshi") ?? [];
    const openLoop: (PostingRun & { batchesPerSecond: number })[] = [];
    for (const poster of posters) {
      const reached = median(speeds.get(poster.name) ?? []) / shape.recordsPerBatch;
      const batchesPerSecond = reached * OPEN_LOOP_PART;
      const batches = await this.#store();
      // Every poster has to know the records that another one has not seen.
      const options = { postgresPid: server.postgres.pid, perSecond: batchesPerSecond };
      openLoop.push({ batchesPerSecond, ...(await runPoster(poster, batches, options)) });
    }
    return {
      ...{ shape, rawConnections, rounds, openLoop },
      perSecond: Object.fromEntries([...speeds].map(([name, values]) => [name, median(values)])),
      ratioTo: Object.fromEntries(
        [...speeds]
          .filter(([name]) => name !== "xueshi")
          .map(([name, values]) => [name, median(ours.map((own, pair) => own / (values[pair] ?? Number.NaN)))]),
      ),
    };
  }

  #store(): Promise<StoredBatch[]> {
    const { sql, shape, server } = this.#setting;
    const firstPerson = this.nextPerson;
    this.nextPerson += shape.batches * Math.ceil(shape.recordsPerBatch / shape.recordsPerPerson);
    const context = { sql, vault: server.vault, newId: createUuidV7(systemClock), receivedAtMs: systemClock() };
    return storeBatches(context, firstPerson, shape);
  }

  async #round(rawConnections: number, pair: number): Promise<PostingRound & { readonly sinceMs: number }> {
    const { sql, posters, server, signal } = this.#setting;
    signal.throwIfAborted();
    const sinceMs = systemClock();
    const batches = await this.#store();
    const runs: PostingRun[] = [];
    // Every other round runs backwards, so that nothing always comes first. All begin after a checkpoint, as raw writing does.
    for (const poster of pair % 2 === 0 ? posters : posters.toReversed()) {
      const before = await poster.count();
      await sql`CHECKPOINT`;
      runs.push(await runPoster(poster, batches, { postgresPid: server.postgres.pid, perSecond: null }));
      const written = (await poster.count()) - before;
      if (written !== runs.at(-1)?.records) throw new Error(`${poster.name} wrote ${written} records.`);
    }
    const raw = await this.#writeRaw(rawConnections, sinceMs);
    const rawCopied = await this.#writeRaw(rawConnections, sinceMs, "copy");
    return { runs, raw, rawCopied, sinceMs };
  }

  #writeRaw(connections: number, sinceMs: number, way: RawWay = "unnest"): Promise<RawFigure> {
    return this.#write({ name: RAW_DATABASES[way], isKept: true }, connections, sinceMs, way);
  }

  #tryRaw(connections: number, sinceMs: number): Promise<RawFigure> {
    return this.#write({ name: TRIED_DATABASE, isKept: false }, connections, sinceMs, "unnest");
  }

  #write(database: RawTarget, connections: number, sinceMs: number, way: RawWay): Promise<RawFigure> {
    const { server, url, shape, signal } = this.#setting;
    const source = { ownerUrl: url, postgresPid: server.postgres.pid, sinceMs, tables: POSTED_TABLES };
    return writeRaw(source, database, { batchRows: shape.recordsPerBatch, connections, way }, signal);
  }
}

function speedsOf(rounds: readonly PostingRound[], shape: PostingShape): Map<string, number[]> {
  const records = shape.batches * shape.recordsPerBatch;
  const speeds = new Map<string, number[]>();
  const add = (name: string, perSecond: number) => speeds.set(name, [...(speeds.get(name) ?? []), perSecond]);
  for (const { runs, raw, rawCopied } of rounds) {
    for (const { name, seconds } of runs) add(name, records / seconds);
    add(RAW, records / raw.seconds);
    add(RAW_COPIED, records / rawCopied.seconds);
  }
  return speeds;
}
