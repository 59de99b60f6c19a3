import { connect, type Sql } from "@xueshi/database";
import { systemClock } from "@xueshi/runtime";
import { type CpuSeconds, countCpu } from "./cpu-spent.ts";
import { makeRecords, peopleOf } from "./make-records.ts";
import { type RawFigure, writeRaw } from "./raw-write.ts";
import { SOURCE, type Stack, waitUntilPosted } from "./start-stack.ts";
import { median, percentile } from "./statistics.ts";

export interface PushShape {
  readonly recordsPerRequest: number;
  readonly requestsPerRound: number;
  readonly rawConnections: number;
}

export interface PushRound {
  readonly records: number;
  /** From the first request to everything posted. */
  readonly seconds: number;
  readonly cpuSeconds: CpuSeconds;
  readonly raw: RawFigure;
}

export interface PushFigure {
  readonly shape: PushShape;
  readonly rounds: readonly PushRound[];
  /** From the request to its acknowledgement. */
  readonly acknowledgedMsP50: number;
  readonly acknowledgedMsP99: number;
  /** From the arrival to the posting of a batch. */
  readonly postedMsP50: number;
  readonly postedMsP99: number;
  readonly perSecond: number;
  readonly rawPerSecond: number;
  readonly ratio: number;
}

const SENDERS = 4;

/** Pushes rounds of records and waits for their posting, each beside the raw writing of the same rows. */
export async function measurePush(
  stack: Stack,
  shape: PushShape,
  options: { readonly pairs: number; readonly firstPerson: number; readonly rawDatabase: string },
  signal: AbortSignal,
): Promise<PushFigure> {
  const sql = connect({ url: stack.postgres.url, connectionsMax: 1, applicationName: "bench-push" });
  const recordsPerRound = shape.recordsPerRequest * shape.requestsPerRound;
  const rounds: PushRound[] = [];
  const acknowledgedMs: number[] = [];
  const startedAtMs = systemClock();
  try {
    for (let pair = 0; pair < options.pairs; pair += 1) {
      signal.throwIfAborted();
      const records = makeRecords(options.firstPerson + pair * peopleOf(recordsPerRound), recordsPerRound);
      const round = await pushRound(stack, sql, shape, records, acknowledgedMs);
      const { rawConnections: connections, recordsPerRequest: batchRows } = shape;
      const source = { ownerUrl: stack.postgres.url, postgresPid: stack.postgres.pid, sinceMs: round.startedAtMs };
      const raw = await writeRaw(
        source,
        { name: options.rawDatabase, isKept: true },
        { batchRows, connections },
        signal,
      );
      rounds.push({ ...round, raw });
    }
    const postedMs = await readPostedMs(sql, startedAtMs);
    return { shape, rounds, ...latencies(acknowledgedMs, postedMs), ...speeds(rounds) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function latencies(acknowledgedMs: readonly number[], postedMs: readonly number[]) {
  return {
    acknowledgedMsP50: percentile(acknowledgedMs, 0.5),
    acknowledgedMsP99: percentile(acknowledgedMs, 0.99),
    postedMsP50: percentile(postedMs, 0.5),
    postedMsP99: percentile(postedMs, 0.99),
  };
}

function speeds(rounds: readonly PushRound[]) {
  return {
    perSecond: median(rounds.map(({ records, seconds }) => records / seconds)),
    rawPerSecond: median(rounds.map(({ raw }) => raw.rows / raw.seconds)),
    ratio: median(rounds.map(({ records, seconds, raw }) => records / seconds / (raw.rows / raw.seconds))),
  };
}

async function pushRound(stack: Stack, sql: Sql, shape: PushShape, records: unknown[], acknowledgedMs: number[]) {
  const bodies: string[] = [];
  for (let from = 0; from < records.length; from += shape.recordsPerRequest) {
    bodies.push(JSON.stringify({ records: records.slice(from, from + shape.recordsPerRequest) }));
  }
  const wallStartedAtMs = systemClock();
  const cpuSpent = countCpu(stack);
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: SENDERS }, () => send(stack, bodies, acknowledgedMs)));
  await waitUntilPosted(sql);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  return { records: records.length, seconds, cpuSeconds: cpuSpent(), startedAtMs: wallStartedAtMs };
}

async function send(stack: Stack, bodies: string[], acknowledgedMs: number[]): Promise<void> {
  const apiKey = stack.prepared.credentials.sources[SOURCE]?.apiKey ?? "";
  const headers = { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" };
  for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
    const sentAtMs = performance.now();
    const url = `http://127.0.0.1:${stack.ports.ingestionWorker}/v1/records`;
    const response = await fetch(url, { method: "POST", headers, body });
    await response.arrayBuffer();
    if (response.status !== 202) throw new Error(`A push was answered with ${response.status}.`);
    acknowledgedMs.push(performance.now() - sentAtMs);
  }
}

async function readPostedMs(sql: Sql, sinceMs: number): Promise<number[]> {
  const rows = await sql<{ ms: number }[]>`
    SELECT (extract(epoch FROM posted_at - received_at) * 1000)::float8 AS ms FROM acquisition.batch
    WHERE source = ${SOURCE} AND received_at >= to_timestamp(${sinceMs / 1_000}::float8)`;
  return rows.map(({ ms }) => ms);
}
