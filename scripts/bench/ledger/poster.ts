import type { Sql } from "@xueshi/database";
import {
  BATCHES_AT_A_TIME,
  createRuleSetReader,
  numberPostings,
  type PostingContext,
  postBatch,
} from "@xueshi/ledger-service/commands";
import { SOURCES } from "@xueshi/platforms";
import { createUuidV7, systemChance, systemClock } from "@xueshi/runtime";
import { sha256Hex, sha256Suite, sha256TreeHash } from "@xueshi/vault";
import { treeCpuSecondsOf } from "../process-usage.ts";
import { percentile } from "../statistics.ts";
import type { StoredBatch } from "./store-batches.ts";

/** What posts batches of records: the product, or an event store that does the same work. */
export interface Poster {
  readonly name: string;
  /** Batches that it is given at the same time. */
  readonly connections: number;
  post(batch: StoredBatch): Promise<void>;
  /** What is left to do until the batches are where a reader of all records in order finds them. */
  settle(): Promise<void>;
  /** Records or events that it holds. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** As long as the ledger service waits, so that postings that follow each other are numbered together. */
const NUMBERING_PAUSE_MS = 100;

/** The ledger service's own posting, and its sequencer, which works beside it whenever something waits. */
export function startLedger(sql: Sql): Poster {
  const context: PostingContext = {
    ...{
      sql,
      clock: systemClock,
      newId: createUuidV7(systemClock),
      suite: sha256Suite,
      sha256Hex,
      chance: systemChance,
    },
    ...{ rules: createRuleSetReader(sql, systemClock), sources: SOURCES, actor: "ledger-service" },
  };
  const numberAll = async () => {
    while ((await numberPostings({ sql, clock: systemClock, treeHash: sha256TreeHash })) > 0);
  };
  let numbering: Promise<void> | null = null;
  const numberSoon = async () => {
    await new Promise((resolve) => setTimeout(resolve, NUMBERING_PAUSE_MS));
    await numberAll();
  };
  return {
    name: "xueshi",
    connections: BATCHES_AT_A_TIME,
    async post({ batchId }) {
      const outcome = await postBatch(context, batchId);
      if (outcome !== "posted") throw new Error(`A batch was not posted: ${outcome}.`);
      numbering ??= numberSoon().finally(() => {
        numbering = null;
      });
    },
    async settle() {
      await numbering;
      await numberAll();
    },
    count: async () => Number((await sql`SELECT count(*)::int AS count FROM projection.record_state`)[0]?.count),
    close: async () => {},
  };
}

/** What posting some batches took. */
export interface PostingRun {
  readonly name: string;
  readonly records: number;
  readonly seconds: number;
  /** Of one batch, from when it was due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of this process, which posts, and of the server with all its backends. */
  readonly posterCpuSeconds: number;
  readonly postgresCpuSeconds: number;
}

/**
 * Posts batches as fast as they are taken, or at fixed times whether or not earlier ones are done.
 * @param perSecond batches that are due in a second; null: the next one as soon as one is done
 */
export async function runPoster(
  poster: Poster,
  batches: readonly StoredBatch[],
  { postgresPid, perSecond }: { readonly postgresPid: number; readonly perSecond: number | null },
): Promise<PostingRun> {
  const latenciesMs: number[] = [];
  const [cpuBefore, postgresBefore] = [process.cpuUsage(), treeCpuSecondsOf(postgresPid)];
  const startedAtMs = performance.now();
  const dueAtMs = (index: number) => (perSecond === null ? 0 : startedAtMs + (index * 1_000) / perSecond);
  const waiting = [...batches.entries()];
  const postSome = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, batch] = next;
      await until(dueAtMs(index));
      const fromMs = perSecond === null ? performance.now() : dueAtMs(index);
      await poster.post(batch);
      latenciesMs.push(performance.now() - fromMs);
    }
  };
  await Promise.all(Array.from({ length: poster.connections }, postSome));
  await poster.settle();
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    name: poster.name,
    records: batches.reduce((sum, { versions }) => sum + versions.length, 0),
    seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    posterCpuSeconds: (user + system) / 1_000_000,
    postgresCpuSeconds: treeCpuSecondsOf(postgresPid) - postgresBefore,
  };
}

async function until(dueAtMs: number): Promise<void> {
  const leftMs = dueAtMs - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}
