import { request } from "node:http";
import type { CheckPerson } from "./check-people.ts";
import { type CpuSeconds, countCpu } from "./cpu-spent.ts";
import type { BareServer } from "./start-peers.ts";
import type { Stack } from "./start-stack.ts";
import { median } from "./statistics.ts";

export interface BatchRound {
  readonly checks: number;
  readonly seconds: number;
  readonly peerSeconds: number;
  readonly cpuSeconds: CpuSeconds;
}

export interface BatchFigure {
  readonly perSecond: number;
  readonly peerPerSecond: number;
  readonly ratio: number;
  readonly rounds: readonly BatchRound[];
}

/** What one request may hold. */
const LINES = 10_000;
const LINE_FEED = 0x0a;
const REQUEST_MS_MAX = 120_000;

/** NDJSON batches of checks, interleaved with bare hono that returns the same range reads as NDJSON. */
export async function measureBatch(
  stack: Stack,
  people: readonly CheckPerson[],
  bare: BareServer,
  pairs: number,
  signal: AbortSignal,
): Promise<BatchFigure> {
  const repeated = Array.from({ length: LINES }, (_, index) => people[index % people.length]);
  const checks = repeated.map((person) => `${person?.body}\n`).join("");
  const ids = repeated.map((person) => `${person?.practitionerId}\n`).join("");
  const { apiKey } = stack.prepared.credentials.declarationSystem;
  const headers = { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/x-ndjson" };
  const ours = () => send(stack.ports.queryApi, "/v1/checks/batch", headers, checks);
  const peer = () => send(bare.port, "/entries", { "Content-Type": "text/plain" }, ids);
  await ours();
  await peer();
  const rounds: BatchRound[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    signal.throwIfAborted();
    const cpuSpent = countCpu(stack);
    const seconds = await ours();
    rounds.push({ checks: LINES, seconds, cpuSeconds: cpuSpent(), peerSeconds: await peer() });
  }
  return {
    perSecond: median(rounds.map((round) => round.checks / round.seconds)),
    peerPerSecond: median(rounds.map((round) => round.checks / round.peerSeconds)),
    ratio: median(rounds.map((round) => round.peerSeconds / round.seconds)),
    rounds,
  };
}

/** Sends a body and reads the answer to its end without looking at it; returns the seconds it took. */
function send(port: number, path: string, headers: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const signal = AbortSignal.timeout(REQUEST_MS_MAX);
    const length = { "Content-Length": Buffer.byteLength(body) };
    const options = { host: "127.0.0.1", port, path, method: "POST", signal, headers: { ...headers, ...length } };
    const outgoing = request(options, (response) => {
      let lines = 0;
      response.on("data", (chunk: Buffer) => {
        for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1;
      });
      response.on("error", reject);
      response.on("end", () => {
        const isWhole = response.statusCode === 200 && lines === LINES;
        if (isWhole) resolve((performance.now() - startedAtMs) / 1_000);
        else reject(new Error(`${path} was answered with ${response.statusCode} and ${lines} lines.`));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
