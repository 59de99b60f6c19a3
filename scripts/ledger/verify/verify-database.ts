import {
  connect,
  cutPersonRanges,
  exportSnapshot,
  openSnapshot,
  readEntryTotal,
  readExemptRecords,
} from "@xueshi/database";
import { openWorker, type Worker } from "./open-worker.ts";
import { addFindings, addTally, emptyTally, type Tally } from "./tally.ts";
import type { Task, TaskResult, WorkerSetup } from "./tasks.ts";
import { verifyPostings } from "./verify-postings.ts";
import { startThread } from "./worker-thread.ts";

export interface VerifyPlan {
  readonly databaseUrl: string;
  /** Findings that are kept; all are counted. */
  readonly limit: number;
  /** The program that threads run; null: everything is done in this one. */
  readonly threads: { readonly program: URL; readonly count: number } | null;
  /** Entries that are read at a time: what a worker keeps in memory. Default 20,000. */
  readonly entriesPerTask?: number;
  /** How many of how many entries have been gone through. */
  readonly progress: (done: number, all: number) => void;
}

export interface VerifyReport {
  readonly people: number;
  readonly entries: number;
  readonly tally: Tally;
}

const ENTRIES_PER_TASK = 20_000;

/** Verifies a ledger in one moment, so that what is posted meanwhile is no finding. */
export async function verifyDatabase(plan: VerifyPlan): Promise<VerifyReport> {
  const { databaseUrl: url, limit } = plan;
  const pool = connect({
    ...{ url, connectionsMax: 2, applicationName: "xueshi-verify", statementTimeoutMs: 0, readOnly: true },
  });
  try {
    const snapshot = await openSnapshot(pool);
    const { sql } = snapshot;
    const snapshotId = await exportSnapshot(snapshot);
    const second = await openSnapshot(pool, snapshotId);
    const setup = { databaseUrl: url, snapshotId, limit, countsBesides: await readExemptRecords(sql) };
    const ranges = await cutPersonRanges(sql, plan.entriesPerTask ?? ENTRIES_PER_TASK);
    const tasks = ranges.map((scope) => ({ kind: "people" as const, scope }));
    const all = await readEntryTotal(sql);
    const results = await runTasks(tasks, await openWorkers(plan, setup, tasks.length), (done) =>
      plan.progress(done, all),
    );
    const report = { people: 0, entries: 0, tally: emptyTally() };
    for (const { people, entries, tally } of results) {
      report.people += people;
      report.entries += entries;
      addTally(report.tally, tally, limit);
    }
    for await (const findings of verifyPostings([sql, second.sql])) addFindings(report.tally, findings, limit);
    await Promise.all([snapshot.close(), second.close()]);
    return report;
  } finally {
    await pool.end({ timeout: 5 });
  }
}

/** Few tasks are done here: a thread takes longer to start than they do. */
async function openWorkers({ threads }: VerifyPlan, setup: WorkerSetup, tasks: number): Promise<Worker[]> {
  if (threads === null || tasks < 2) return [await openWorker(setup)];
  const count = Math.min(threads.count, tasks);
  return Promise.all(Array.from({ length: count }, () => startThread(threads.program, setup)));
}

/** Gives each worker the next task whenever it is free; the results are in the order of the tasks. */
async function runTasks(
  tasks: readonly Task[],
  workers: readonly Worker[],
  progress: (entries: number) => void,
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  let [next, entries] = [0, 0];
  progress(0);
  const work = async (worker: Worker): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      const result = await worker.run(tasks[at] as Task);
      results[at] = result;
      entries += result.entries;
      progress(entries);
    }
  };
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
  return results;
}
