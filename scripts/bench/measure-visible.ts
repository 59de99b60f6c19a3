import { connect, type Sql } from "@xueshi/database";
import { type CpuSeconds, countCpu } from "./cpu-spent.ts";
import { makeRecords, peopleOf } from "./make-records.ts";
import { SOURCE, type Stack } from "./start-stack.ts";
import { percentile } from "./statistics.ts";

/** From the moment a push was due until a check could see it, at arrivals that do not wait for answers. */
export interface VisibleFigure {
  readonly requestsPerSecond: number;
  readonly recordsPerRequest: number;
  readonly requests: number;
  readonly acknowledgedMsP50: number;
  readonly acknowledgedMsP99: number;
  readonly visibleMsP50: number;
  readonly visibleMsP99: number;
  readonly visibleMsMax: number;
  /** How often the database was asked what is visible: what the figure may be too long by. */
  readonly pollMs: number;
  readonly cpuSeconds: CpuSeconds;
}

const REQUESTS_PER_SECOND = 50;
const RECORDS_PER_REQUEST = 10;
const SECONDS = 20;
const WARM_REQUESTS = 100;
const POLL_MS = 4;
const VISIBLE_MS_MAX = 30_000;

interface Sent {
  readonly dueAtMs: number;
  readonly batchId: string;
  readonly acknowledgedMs: number;
}

/** Sends pushes at fixed times, whether or not earlier ones are answered, and watches when each is posted. */
export async function measureVisible(
  stack: Stack,
  firstPerson: number,
  { secondsOfLoad, signal }: { readonly secondsOfLoad?: number; readonly signal: AbortSignal },
): Promise<VisibleFigure> {
  const sql = connect({ url: stack.postgres.url, connectionsMax: 1, applicationName: "bench-visible" });
  try {
    await run(stack, sql, firstPerson, WARM_REQUESTS, signal);
    const cpuSpent = countCpu(stack);
    const people = peopleOf(WARM_REQUESTS * RECORDS_PER_REQUEST);
    const requests = REQUESTS_PER_SECOND * (secondsOfLoad ?? SECONDS);
    const { sent, visibleMs } = await run(stack, sql, firstPerson + people, requests, signal);
    const acknowledgedMs = sent.map((one) => one.acknowledgedMs);
    return {
      requestsPerSecond: REQUESTS_PER_SECOND,
      recordsPerRequest: RECORDS_PER_REQUEST,
      requests,
      acknowledgedMsP50: percentile(acknowledgedMs, 0.5),
      acknowledgedMsP99: percentile(acknowledgedMs, 0.99),
      visibleMsP50: percentile(visibleMs, 0.5),
      visibleMsP99: percentile(visibleMs, 0.99),
      visibleMsMax: percentile(visibleMs, 1),
      pollMs: POLL_MS,
      cpuSeconds: cpuSpent(),
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function run(stack: Stack, sql: Sql, firstPerson: number, requests: number, signal: AbortSignal) {
  const records = makeRecords(firstPerson, requests * RECORDS_PER_REQUEST);
  const bodies = Array.from({ length: requests }, (_, index) =>
    JSON.stringify({ records: records.slice(index * RECORDS_PER_REQUEST, (index + 1) * RECORDS_PER_REQUEST) }),
  );
  const waiting = new Map<string, Sent>();
  const visibleMs: number[] = [];
  let isSending = true;
  const watching = watch(sql, waiting, visibleMs, () => isSending, signal);
  const startedAtMs = performance.now();
  const answers: Promise<Sent>[] = [];
  for (const [index, body] of bodies.entries()) {
    const dueAtMs = startedAtMs + (index * 1_000) / REQUESTS_PER_SECOND;
    while (performance.now() < dueAtMs) await pause(1);
    answers.push(push(stack, body, dueAtMs, waiting));
  }
  const sent = await Promise.all(answers);
  isSending = false;
  await watching;
  return { sent, visibleMs };
}

async function push(stack: Stack, body: string, dueAtMs: number, waiting: Map<string, Sent>): Promise<Sent> {
  const response = await fetch(`http://127.0.0.1:${stack.ports.ingestionWorker}/v1/records`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${stack.prepared.credentials.sources[SOURCE]?.apiKey ?? ""}`,
      "Content-Type": "application/json",
    },
    body,
  });
  const { batchId } = (await response.json()) as { batchId: string };
  if (response.status !== 202) throw new Error(`A push was answered with ${response.status}.`);
  const sent = { dueAtMs, batchId, acknowledgedMs: performance.now() - dueAtMs };
  waiting.set(batchId, sent);
  return sent;
}

/** Asks which of the waiting batches are posted, until none is left; what is committed is visible to every check. */
async function watch(
  sql: Sql,
  waiting: Map<string, Sent>,
  visibleMs: number[],
  isSending: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  let lastSeenAtMs = performance.now();
  while (isSending() || waiting.size > 0) {
    signal.throwIfAborted();
    await pause(POLL_MS);
    const ids = [...waiting.keys()];
    if (ids.length === 0) continue;
    const rows = await sql<{ id: string }[]>`
      SELECT batch_id AS id FROM acquisition.batch WHERE batch_id = ANY(${ids}::uuid[]) AND posted_at IS NOT NULL`;
    const nowMs = performance.now();
    for (const { id } of rows) {
      visibleMs.push(nowMs - (waiting.get(id)?.dueAtMs ?? nowMs));
      waiting.delete(id);
      lastSeenAtMs = nowMs;
    }
    if (!isSending() && nowMs - lastSeenAtMs > VISIBLE_MS_MAX) throw new Error("A push did not become visible.");
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
