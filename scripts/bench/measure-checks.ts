import type { Shutdown } from "@xueshi/runtime";
import type { CheckPerson } from "./check-people.ts";
import { type CpuSeconds, countCpu } from "./cpu-spent.ts";
import type { LoadPlan, LoadResult, LoadRun } from "./load-protocol.ts";
import { type BareServer, startLoadGenerator } from "./start-peers.ts";
import type { Stack } from "./start-stack.ts";
import { median } from "./statistics.ts";

/** Ours, and its peers on bare hono: the same range read as JSON, and one prepared select of one row. */
export const CHECK_SUBJECTS = ["check", "range-read", "one-row"] as const;
export type CheckSubject = (typeof CHECK_SUBJECTS)[number];

export interface CheckRun extends LoadResult {
  readonly subject: CheckSubject;
  readonly processCpuSeconds: CpuSeconds;
}

export interface SubjectFigure {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU microseconds of server, database and load generator for one answer. */
  readonly serverCpuUs: number;
  readonly postgresCpuUs: number;
  readonly generatorCpuUs: number;
}

export interface CheckFigure {
  readonly people: number;
  readonly connections: number;
  readonly closedLoop: Readonly<Record<CheckSubject, SubjectFigure>>;
  /** Medians over the pairs of ours to the peer's answers a second. */
  readonly ratioToRangeRead: number;
  readonly ratioToOneRow: number;
  readonly openLoop: { readonly arrivalsPerSecond: number; readonly check: LoadResult; readonly rangeRead: LoadResult };
  readonly runs: readonly CheckRun[];
}

const CONNECTIONS = 32;
const WARM_UP_MS = 2_000;
/** Of what the closed loop reached: an ordinary load, at which nothing should wait. */
const OPEN_LOOP_PART = 0.5;
const US_PER_SECOND = 1_000_000;

/** Single checks over HTTP, interleaved with both peers on the same people, all under the same load generator. */
export async function measureChecks(
  stack: Stack,
  people: readonly CheckPerson[],
  bare: BareServer,
  options: { readonly pairs: number; readonly roundMs: number },
  shutdown: Shutdown,
): Promise<CheckFigure> {
  const generator = await startLoadGenerator(stack, planOf(stack, people), shutdown);
  const base = { connections: CONNECTIONS, durationMs: options.roundMs, arrivalsPerSecond: null };
  const portOf = (subject: CheckSubject) => (subject === "check" ? stack.ports.queryApi : bare.port);
  const run = async (subject: CheckSubject, changes: Partial<LoadRun> = {}): Promise<CheckRun> => {
    const cpuSpent = countCpu(stack, { "bare-server": bare.process.pid });
    const list = CHECK_SUBJECTS.indexOf(subject);
    const result = await generator.run({ ...base, list, port: portOf(subject), ...changes });
    if (result.failures > 0) throw new Error(`${result.failures} requests of ${subject} failed.`);
    return { ...result, subject, processCpuSeconds: cpuSpent() };
  };
  for (const subject of CHECK_SUBJECTS) await run(subject, { durationMs: WARM_UP_MS });
  const runs: CheckRun[] = [];
  for (let pair = 0; pair < options.pairs; pair += 1) {
    // Every other pair runs backwards, so that nothing always comes first.
    const subjects = pair % 2 === 0 ? CHECK_SUBJECTS : CHECK_SUBJECTS.toReversed();
    for (const subject of subjects) runs.push(await run(subject));
  }
  const speeds = (subject: CheckSubject) => of(runs, subject).map(({ perSecond }) => perSecond);
  const ratioTo = (peer: CheckSubject) => {
    const peers = speeds(peer);
    return median(speeds("check").map((ours, pair) => ours / (peers[pair] ?? Number.NaN)));
  };
  const arrivalsPerSecond = Math.max(1, Math.round(median(speeds("check")) * OPEN_LOOP_PART));
  return {
    people: people.length,
    connections: CONNECTIONS,
    closedLoop: {
      check: summarise(runs, "check"),
      "range-read": summarise(runs, "range-read"),
      "one-row": summarise(runs, "one-row"),
    },
    ratioToRangeRead: ratioTo("range-read"),
    ratioToOneRow: ratioTo("one-row"),
    openLoop: {
      arrivalsPerSecond,
      check: await run("check", { arrivalsPerSecond }),
      rangeRead: await run("range-read", { arrivalsPerSecond }),
    },
    runs,
  };
}

function of(runs: readonly CheckRun[], subject: CheckSubject): CheckRun[] {
  return runs.filter((run) => run.subject === subject);
}

function summarise(runs: readonly CheckRun[], subject: CheckSubject): SubjectFigure {
  const own = of(runs, subject);
  const server = subject === "check" ? "query-api" : "bare-server";
  const cpuUs = (seconds: (run: CheckRun) => number | undefined) =>
    median(own.map((run) => ((seconds(run) ?? Number.NaN) / run.answers) * US_PER_SECOND));
  return {
    perSecond: median(own.map((run) => run.perSecond)),
    p50Ms: median(own.map((run) => run.p50Ms)),
    p99Ms: median(own.map((run) => run.p99Ms)),
    serverCpuUs: cpuUs((run) => run.processCpuSeconds[server]),
    postgresCpuUs: cpuUs((run) => run.processCpuSeconds.postgres),
    generatorCpuUs: cpuUs((run) => run.cpuSeconds),
  };
}

/** The lists in the order of `CHECK_SUBJECTS`. */
function planOf(stack: Stack, people: readonly CheckPerson[]): LoadPlan {
  const { apiKey } = stack.prepared.credentials.declarationSystem;
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const checkHead = [
    "POST /v1/checks HTTP/1.1",
    "Host: 127.0.0.1",
    `Authorization: Bearer ${apiKey}`,
    "Content-Type: application/json",
  ].join("\r\n");
  return {
    requests: [
      people.map(({ body }) => `${checkHead}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
      people.map(({ practitionerId }) => get(`/entries/${practitionerId}`)),
      people.map(({ practitionerId }) => get(`/head/${practitionerId}`)),
    ],
  };
}
