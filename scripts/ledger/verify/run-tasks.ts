import type { Sql } from "@xueshi/database";
import { openWorker, type Worker } from "./open-worker.ts";
import type { Task, TaskResult, WorkerSetup } from "./tasks.ts";
import { startThread } from "./worker-thread.ts";

/** The program that threads run, and how many threads work. */
export interface Threads {
  readonly program: URL;
  readonly count: number;
  /** Whether this thread is one of them, which begins while the others start. Default true. */
  readonly isAmong?: boolean;
}

/**
 * Opens the workers: this thread and others, as far as there is enough to do; this one alone where no others are wanted.
 * @param pool has a session for this thread
 */
export async function openWorkers(
  threads: Threads | null,
  setup: WorkerSetup,
  { pool, tasks }: { readonly pool: Sql; readonly tasks: number },
): Promise<Worker[]> {
  if (threads === null || tasks < 2) return [await openWorker(setup, pool)];
  const own = threads.isAmong === false ? [] : [await openWorker(setup, pool)];
  const count = Math.min(threads.count, tasks) - own.length;
  return [...own, ...Array.from({ length: count }, () => startThread(threads.program, setup))];
}

/** Gives each worker the next task whenever it is free; the results are in the order of the tasks. */
export async function runTasks(
  tasks: readonly Task[],
  workers: readonly Worker[],
  done: (result: TaskResult) => void,
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  let next = 0;
  let left = tasks.length;
  const allDone = Promise.withResolvers<void>();
  const work = async (worker: Worker): Promise<void> => {
    await worker.ready;
    for (let at = next++; at < tasks.length; at = next++) {
      const result = await worker.run(tasks[at] as Task);
      results[at] = result;
      left -= 1;
      done(result);
    }
    if (left === 0) allDone.resolve();
  };
  // Nobody waits for a thread that is not ready before the others have done everything.
  await Promise.race([Promise.all(workers.map(work)), allDone.promise]);
  return results;
}
