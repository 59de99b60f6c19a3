import {
  duplicatesInForce,
  exportSnapshot,
  openSnapshot,
  readAllDuplicateDecisions,
  readExemptRecords,
  type Sql,
} from "@xueshi/database";
import { connectToRead } from "./open-worker.ts";
import { FIRST_PART, type PersonPart, partsBut, type VerifyPart } from "./parts.ts";
import { divideEverybody } from "./read-people-index.ts";
import { openWorkers, runTasks, type Threads } from "./run-tasks.ts";
import { addTally, emptyTally, type Tally } from "./tally.ts";

export interface PartsPlan {
  readonly databaseUrl: string;
  /** Two sessions to it, which stay open. Default: it opens and ends its own. */
  readonly pool?: Sql;
  /** What is looked at; chains are in any case, for all else is compared with them. */
  readonly parts: Iterable<PersonPart>;
  /** Findings that are kept; all are counted. */
  readonly limit: number;
  /** The program that threads run; null: everything is done in this one. */
  readonly threads: Threads | null;
  /** Entries that are read at a time, about. Default 20,000. */
  readonly entriesPerTask?: number;
  /** How many of how many entries have been gone through. */
  readonly progress: (done: number, all: number) => void;
}

export interface PartsReport {
  readonly people: number;
  readonly entries: number;
  /** People who were erased. */
  readonly erased: number;
  readonly tally: Tally;
  /** Parts of which nothing was looked at: whatever was changed there is no finding. */
  readonly leftOut: readonly VerifyPart[];
}

export const ENTRIES_PER_TASK = 20_000;
/** Of this thread: that which names the moment, and that of a worker. */
const SESSIONS = 2;

/**
 * Verifies only some parts of a ledger in one moment, of everybody and exactly as a whole run does: what these find, this
 * finds. Nothing of an entry is kept once its chain has been gone through.
 */
export async function verifyParts(plan: PartsPlan): Promise<PartsReport> {
  const pool = plan.pool ?? connectToRead(plan.databaseUrl, SESSIONS);
  try {
    const snapshot = await openSnapshot(pool);
    try {
      return await verifyMoment({ ...plan, pool }, await exportSnapshot(snapshot), snapshot.sql);
    } finally {
      await snapshot.close();
    }
  } finally {
    if (plan.pool === undefined) await pool.end({ timeout: 5 });
  }
}

async function verifyMoment(
  plan: PartsPlan & { readonly pool: Sql },
  snapshotId: string,
  sql: Sql,
): Promise<PartsReport> {
  const { databaseUrl, limit, threads, pool, progress } = plan;
  const parts = new Set([FIRST_PART, ...plan.parts]);
  const { tasks, entries: all } = await divideEverybody(sql, plan.entriesPerTask ?? ENTRIES_PER_TASK);
  const setup = {
    ...{ databaseUrl, snapshotId, limit, parts: [...parts], memory: null, derivation: null },
    ...(parts.has("states") ? await readStateDecisions(sql) : { countsBesides: [], duplicates: [] }),
  };
  const workers = await openWorkers(threads, setup, { pool, tasks: tasks.length });
  try {
    let done = 0;
    progress(done, all);
    const results = await runTasks(tasks, workers, ({ entries }) => {
      done += entries;
      progress(done, all);
    });
    const tally = emptyTally();
    for (const result of results) addTally(tally, result.tally, limit);
    const sumOf = (field: "people" | "entries" | "erased") => results.reduce((sum, result) => sum + result[field], 0);
    return {
      ...{ people: sumOf("people"), entries: sumOf("entries"), erased: sumOf("erased"), tally },
      leftOut: partsBut(parts),
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

/** What operators decided by which states are as they are. */
export async function readStateDecisions(sql: Sql) {
  return {
    countsBesides: await readExemptRecords(sql),
    duplicates: duplicatesInForce(await readAllDuplicateDecisions(sql)),
  };
}
