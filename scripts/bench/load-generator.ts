import { readFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import type { LoadPlan, LoadResult, LoadRun } from "./load-protocol.ts";
import { percentile } from "./statistics.ts";

// A child process of its own: `load-generator PLAN_FILE`, then a LoadRun per message and a LoadResult in answer.
const HEAD_END = Buffer.from("\r\n\r\n");
const CHUNKS_END = Buffer.from("0\r\n\r\n");
const TICK_MS = 1;
const GRACE_MS = 5_000;

const planFile = process.argv[2];
if (planFile === undefined) throw new Error("load-generator PLAN_FILE");
const plan = JSON.parse(readFileSync(planFile, "utf8")) as LoadPlan;
const lists = plan.requests.map((list) => list.map((text) => Buffer.from(text, "utf8")));

process.on("message", (run: LoadRun) => {
  runLoad(run).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`load generator: ${String(error)}\n`);
      process.exit(1);
    },
  );
});

/** Where an answer ends in what has been received, or -1; keep-alive connections need to know. */
function answerEnd(received: Buffer): number {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return -1;
  const head = received.toString("latin1", 0, headEnd).toLowerCase();
  const [, length] = /\r\ncontent-length: *(\d+)/.exec(head) ?? [];
  if (length === undefined) return received.subarray(-CHUNKS_END.length).equals(CHUNKS_END) ? received.length : -1;
  const end = headEnd + HEAD_END.length + Number(length);
  return received.length >= end ? end : -1;
}

interface Client {
  readonly socket: Socket;
  received: Buffer | null;
  /** When the request under way was due, ms; null: none is. */
  dueAtMs: number | null;
}

async function runLoad(run: LoadRun): Promise<LoadResult> {
  const requests = lists[run.list] ?? [];
  const latenciesMs: number[] = [];
  const waiting: number[] = [];
  let failures = 0;
  let next = 0;
  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  const endsAtMs = startedAtMs + run.durationMs;
  const ask = (client: Client, dueAtMs: number): void => {
    client.dueAtMs = dueAtMs;
    client.socket.write(requests[next % requests.length] ?? "");
    next += 1;
  };
  const answered = (client: Client, status: number): void => {
    const nowMs = performance.now();
    latenciesMs.push(nowMs - (client.dueAtMs ?? nowMs));
    if (status !== 200) failures += 1;
    client.dueAtMs = null;
    const dueAtMs = run.arrivalsPerSecond === null ? (nowMs < endsAtMs ? nowMs : undefined) : waiting.shift();
    if (dueAtMs !== undefined) ask(client, dueAtMs);
  };
  const clients = await Promise.all(Array.from({ length: run.connections }, () => openClient(run.port, answered)));
  if (run.arrivalsPerSecond === null) for (const client of clients) ask(client, performance.now());
  else await arrive(run.arrivalsPerSecond, startedAtMs, endsAtMs, clients, waiting, ask);
  const giveUpAtMs = endsAtMs + GRACE_MS;
  while (performance.now() < giveUpAtMs && (performance.now() < endsAtMs || isBusy(clients, waiting))) await tick();
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const { socket } of clients) socket.destroy();
  return {
    answers: latenciesMs.length,
    failures: failures + clients.filter(({ dueAtMs }) => dueAtMs !== null).length + waiting.length,
    seconds,
    perSecond: latenciesMs.length / seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    cpuSeconds: (user + system) / 1_000_000,
  };
}

function isBusy(clients: readonly Client[], waiting: readonly number[]): boolean {
  return waiting.length > 0 || clients.some(({ dueAtMs }) => dueAtMs !== null);
}

/** Requests come when they are due, whether or not a connection is free; waiting counts into their latency. */
async function arrive(
  perSecond: number,
  startedAtMs: number,
  endsAtMs: number,
  clients: readonly Client[],
  waiting: number[],
  ask: (client: Client, dueAtMs: number) => void,
): Promise<void> {
  const stepMs = 1_000 / perSecond;
  let dueAtMs = startedAtMs;
  while (dueAtMs < endsAtMs) {
    const nowMs = performance.now();
    for (; dueAtMs <= nowMs && dueAtMs < endsAtMs; dueAtMs += stepMs) {
      const idle = clients.find((client) => client.dueAtMs === null);
      if (idle === undefined) waiting.push(dueAtMs);
      else ask(idle, dueAtMs);
    }
    await tick();
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TICK_MS));
}

function openClient(port: number, answered: (client: Client, status: number) => void): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    const client: Client = { socket, received: null, dueAtMs: null };
    socket.once("connect", () => resolve(client));
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      const received = client.received === null ? chunk : Buffer.concat([client.received, chunk]);
      if (answerEnd(received) === -1) {
        client.received = received;
        return;
      }
      client.received = null;
      answered(client, Number(received.toString("latin1", 9, 12)));
    });
  });
}
