import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { connect, type Sql, writeBatch } from "@xueshi/database";
import { numberPostings } from "@xueshi/ledger-service/commands";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { sha256TreeHash } from "@xueshi/vault";
import { BENCH_PLATFORM } from "../ledger/bench-people.ts";
import { startLedger } from "../ledger/poster.ts";
import { type FillShare, GROWTH, peopleOfEntries } from "./growth-shape.ts";

const THREADS = 2;
/** For the time of the fill: what a crash would lose can be filled again. */
const FILL_SETTINGS = [
  "synchronous_commit = off",
  "full_page_writes = off",
  "autovacuum = off",
  "max_wal_size = '16GB'",
  "checkpoint_timeout = '1h'",
] as const;

export interface FillOptions {
  readonly entries: number;
  readonly keys: FillShare["keys"];
  readonly signal: AbortSignal;
  /** How many of how many entries have been gone through. */
  readonly progress: (done: number, all: number) => void;
}

/** Of the progress: posting an entry, and giving it its position in the feed. */
const PASSES = 2;

/**
 * Fills an empty database of the product with people who have a year's records in each of five batches, as the services
 * would have left it: chains, balances, record states, versions, the numbered feed and its tree; then vacuums it.
 */
export async function fillDatabase(url: string, options: FillOptions): Promise<void> {
  const sql = connect({ url, connectionsMax: 2, applicationName: "bench-fill", statementTimeoutMs: 0 });
  try {
    for (const setting of FILL_SETTINGS) await sql.unsafe(`ALTER SYSTEM SET ${setting}`);
    await sql`SELECT pg_reload_conf()`;
    const people = peopleOfEntries(options.entries);
    let done = 0;
    const step = (entries: number) => {
      done += entries;
      options.progress(done, options.entries * PASSES);
    };
    const threads = Math.min(THREADS, people);
    const shares = Array.from({ length: threads }, (_, remainder) => ({
      ...{ url, people, threads, remainder, keys: options.keys },
    }));
    await Promise.all(shares.map((share) => fillInThread(share, options.signal, step)));
    await closePull(sql);
    await numberAll(sql, options.signal, step);
    await sql.unsafe("VACUUM (ANALYZE)");
  } finally {
    await sql.unsafe("ALTER SYSTEM RESET ALL");
    await sql`SELECT pg_reload_conf()`;
    await sql.unsafe("CHECKPOINT");
    await sql.end({ timeout: 5 });
  }
}

async function fillInThread(share: FillShare, signal: AbortSignal, step: (entries: number) => void): Promise<void> {
  const thread = new Worker(new URL("./fill-thread.ts", import.meta.url), { workerData: share });
  thread.on("message", step);
  const stop = () => void thread.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    // Rejects where the thread fails.
    await once(thread, "exit");
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The platform is complete, as the ledger says after a pull that reached its end. */
async function closePull(sql: Sql): Promise<void> {
  const newId = createUuidV7(systemClock);
  const [batchId, nowMs] = [newId(), systemClock()];
  await sql.begin((tx) =>
    writeBatch(tx, {
      ...{ batchId, source: BENCH_PLATFORM, origin: "pull", pullId: newId(), closesPull: true, completeUntilMs: nowMs },
      ...{ receivedAtMs: nowMs, rowCount: 0, counts: {}, receipts: [], recordKeys: [], practitionerIds: [] },
    }),
  );
  await startLedger(sql).post({ batchId, versions: [] });
}

async function numberAll(sql: Sql, signal: AbortSignal, step: (entries: number) => void): Promise<void> {
  const context = { sql, clock: systemClock, treeHash: sha256TreeHash };
  for (let numbered = -1; numbered !== 0; ) {
    signal.throwIfAborted();
    numbered = await numberPostings(context);
    step(numbered * GROWTH.recordsPerPosting);
  }
}
