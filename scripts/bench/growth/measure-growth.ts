import { connect, stateInstallation } from "@xueshi/database";
import { type Shutdown, spawnService, systemClock } from "@xueshi/runtime";
import { waitUntilReady } from "../../start/api-client.ts";
import { freePort } from "../../start/free-port.ts";
import { servicesSpec } from "../../start/services-spec.ts";
import type { BenchPostgres } from "../ledger/start-postgres.ts";
import type { LoadRun } from "../load-protocol.ts";
import { cpuSecondsOf, treeCpuSecondsOf } from "../process-usage.ts";
import { type LoadGenerator, startLoadGenerator } from "../start-peers.ts";
import { WORKSPACE_DIR } from "../start-stack.ts";
import { median } from "../statistics.ts";
import { GrowthPosting } from "./growth-posting.ts";
import { checkBody, GROWTH_QUESTIONS, type GrowthQuestion, PeopleInTurn, requestsOf } from "./growth-requests.ts";
import { type GrowthRun, middleOf } from "./growth-run.ts";
import { GROWTH } from "./growth-shape.ts";
import { type FilledLedger, openLedger, SMALL_ENTRIES } from "./open-ledgers.ts";
import { readStorage, type StorageFigure } from "./read-storage.ts";
import { verifySample } from "./verify-sample.ts";

/** The same asked of both ledgers: medians over the pairs, and of the pairs' ratios of the large one to the small one. */
export interface GrowthComparison {
  readonly name: string;
  readonly small: GrowthRun;
  readonly large: GrowthRun;
  readonly ratioP50: number;
  readonly ratioP99: number;
}

export interface LedgerFigure {
  readonly people: number;
  readonly entries: number;
  readonly fillSeconds: number | null;
  /** Entries of a sample of people that were verified before anything was measured. */
  readonly verified: number;
  readonly storage: readonly StorageFigure[];
}

export interface GrowthFigure {
  readonly pairs: number;
  readonly connections: number;
  readonly small: LedgerFigure;
  readonly large: LedgerFigure;
  readonly comparisons: readonly GrowthComparison[];
}

interface ServedLedger {
  readonly ledger: FilledLedger;
  readonly figure: LedgerFigure;
  readonly people: PeopleInTurn;
  readonly posting: GrowthPosting;
  readonly port: number;
  readonly pid: number;
}

const CONNECTIONS = 4;
const SAMPLE_PEOPLE = 1_000;
const WARM_UP_MS = 2_000;
const READY_MS_MAX = 60_000;
/** Of what the slower ledger reached in a closed loop. */
const OPEN_LOOP_PART = 0.4;
const US_PER_SECOND = 1_000_000;

/** Two ledgers on one server, one with 100,000 entries: the same questions to both, in interleaved pairs. */
export async function measureGrowth(
  server: BenchPostgres,
  options: { readonly entries: number; readonly pairs: number; readonly roundMs: number },
  shutdown: Shutdown,
): Promise<GrowthFigure> {
  const both = [await serve(server, SMALL_ENTRIES, shutdown), await serve(server, options.entries, shutdown)] as const;
  const bench = new GrowthBench(server, both, options, shutdown);
  const comparisons: GrowthComparison[] = [];
  for (const question of GROWTH_QUESTIONS) comparisons.push(...(await bench.ask(question)));
  comparisons.push(await bench.post());
  const [small, large] = both.map(({ figure }) => figure) as [LedgerFigure, LedgerFigure];
  return { pairs: options.pairs, connections: CONNECTIONS, small, large, comparisons };
}

async function serve(server: BenchPostgres, entries: number, shutdown: Shutdown): Promise<ServedLedger> {
  const ledger = await openLedger(server, entries, shutdown.signal);
  const people = new PeopleInTurn(server, ledger);
  const sample = people.take(SAMPLE_PEOPLE);
  const ids = sample.map(({ practitionerId }) => practitionerId);
  const sql = connect({ url: ledger.url, connectionsMax: 4, applicationName: "bench-posting", keyedPlans: true });
  shutdown.register("bench-posting", () => sql.end({ timeout: 5 }));
  await stateInstallation(sql, server.vault.fingerprint, systemClock());
  const figure = {
    ...{ people: ledger.people, entries: ledger.entries, fillSeconds: ledger.fillSeconds },
    // Of a ledger that an earlier run was measured on, some have more entries by now.
    verified: await verifySample(ledger.url, ids, await countEntries(ids)),
    storage: await readStorage(sql),
  };
  const port = await freePort();
  const places = {
    ...{ workspaceDir: WORKSPACE_DIR, dataDir: server.dataDir, targetsFile: "", schedules: false, logLevel: "warn" },
    ports: { queryApi: port, ingestionWorker: 0, ledgerService: 0 },
  };
  const spec = servicesSpec(places, ledger.serviceUrls)["query-api"];
  const output = { stdout: process.stderr, stderr: process.stderr };
  const service = await spawnService({ ...spec, command: process.execPath, output });
  shutdown.register(`query-api of ${entries}`, async () => void (await service.stop()));
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(url, systemClock, READY_MS_MAX);
  for (const person of people.take(1)) await refuseIdleCheck(url, ledger, checkBody(person));
  const posting = new GrowthPosting(sql, server, people);
  return { ledger, figure, people, posting, port, pid: service.pid };

  async function countEntries(practitionerIds: readonly string[]): Promise<number> {
    const [row] = await sql`
      SELECT count(*)::int AS count FROM ledger.entry WHERE practitioner_id = ANY(${practitionerIds as string[]}::uuid[])`;
    return Number(row?.count);
  }
}

/** A check that finds nothing, or decides nothing, would be quick in any ledger. */
async function refuseIdleCheck(url: string, { credentials }: FilledLedger, body: string): Promise<void> {
  const headers = {
    Authorization: `Bearer ${credentials.declarationSystem.apiKey}`,
    "Content-Type": "application/json",
  };
  const response = await fetch(`${url}/v1/checks`, { method: "POST", headers, body });
  const answer = (await response.json()) as { verdict?: string; cut?: { sequence?: number } };
  const isDecided = answer.verdict === "met" || answer.verdict === "not_met";
  if (isDecided && (answer.cut?.sequence ?? 0) >= GROWTH.entriesPerPerson) return;
  throw new Error(`A check was answered ${response.status} ${answer.verdict} at sequence ${answer.cut?.sequence}.`);
}

/** Which ledger a run is on: the first is the small one. */
type Side = 0 | 1;

class GrowthBench {
  readonly #server: BenchPostgres;
  readonly #both: readonly [ServedLedger, ServedLedger];
  readonly #options: { readonly pairs: number; readonly roundMs: number };
  readonly #shutdown: Shutdown;

  constructor(
    server: BenchPostgres,
    both: readonly [ServedLedger, ServedLedger],
    options: { readonly pairs: number; readonly roundMs: number },
    shutdown: Shutdown,
  ) {
    this.#server = server;
    this.#both = both;
    this.#options = options;
    this.#shutdown = shutdown;
  }

  /** A closed loop and, at fixed arrival times, an open one. */
  async ask(question: GrowthQuestion): Promise<GrowthComparison[]> {
    const { pairs, roundMs } = this.#options;
    const runs = 1 + pairs * 2;
    const lists = this.#both.flatMap(({ people, ledger }) =>
      Array.from({ length: runs }, () => requestsOf(question, people, ledger)),
    );
    const generator = await startLoadGenerator(this.#server, { requests: lists }, this.#shutdown);
    const used: [number, number] = [0, runs];
    const run = (side: Side, changes: Partial<LoadRun>) => {
      const list = used[side]++;
      return this.#load(generator, side, { list, durationMs: roundMs, arrivalsPerSecond: null, ...changes });
    };
    for (const side of [0, 1] as const) await run(side, { durationMs: WARM_UP_MS });
    const closed = await this.#pair(`${question}, closed loop`, (side) => run(side, {}));
    const reached = Math.min(closed.small.perSecond, closed.large.perSecond);
    const arrivalsPerSecond = Math.max(1, Math.round(reached * OPEN_LOOP_PART));
    const open = await this.#pair(`${question}, ${arrivalsPerSecond}/s`, (side) => run(side, { arrivalsPerSecond }));
    return [closed, open];
  }

  /** Batches of a thousand new records of people who have entries already. */
  async post(): Promise<GrowthComparison> {
    const { pid } = this.#server.postgres;
    for (const side of [0, 1] as const) await this.#both[side].posting.run(pid);
    return this.#pair("posting, batches of 1000", (side) => this.#both[side].posting.run(pid));
  }

  async #pair(name: string, run: (side: Side) => Promise<GrowthRun>): Promise<GrowthComparison> {
    const runs: [GrowthRun[], GrowthRun[]] = [[], []];
    for (let pair = 0; pair < this.#options.pairs; pair += 1) {
      this.#shutdown.signal.throwIfAborted();
      // Every other pair runs backwards, so that nothing always comes first.
      const sides: readonly Side[] = pair % 2 === 0 ? [0, 1] : [1, 0];
      for (const side of sides) runs[side].push(await run(side));
    }
    const ratioOf = (read: (one: GrowthRun) => number) =>
      median(runs[1].map((large, pair) => read(large) / read(runs[0][pair] as GrowthRun)));
    return {
      ...{ name, small: middleOf(runs[0]), large: middleOf(runs[1]) },
      ...{ ratioP50: ratioOf(({ p50Ms }) => p50Ms), ratioP99: ratioOf(({ p99Ms }) => p99Ms) },
    };
  }

  async #load(generator: LoadGenerator, side: Side, run: Omit<LoadRun, "port" | "connections">): Promise<GrowthRun> {
    const { port, pid } = this.#both[side];
    const { postgres } = this.#server;
    const before = { service: cpuSecondsOf(pid), postgres: treeCpuSecondsOf(postgres.pid) };
    const result = await generator.run({ ...run, port, connections: CONNECTIONS });
    if (result.failures > 0) throw new Error(`${result.failures} requests failed.`);
    const us = (seconds: number) => (seconds / result.answers) * US_PER_SECOND;
    return {
      ...{ perSecond: result.perSecond, p50Ms: result.p50Ms, p99Ms: result.p99Ms },
      serviceCpuUs: us(cpuSecondsOf(pid) - before.service),
      postgresCpuUs: us(treeCpuSecondsOf(postgres.pid) - before.postgres),
    };
  }
}
