import { openWorker, type Worker } from "./open-worker.ts";
import type { Task, TaskResult, WorkerSetup } from "./tasks.ts";
import { startThread } from "./worker-thread.ts";

/** The program that threads run, and how many of them there are. */
export interface Threads {
  readonly program: URL;
  readonly count: number;
}

/** Opens the workers: threads, or one in this thread where there are none, or too little to do for them. */
export async function openWorkers(threads: Threads | null, setup: WorkerSetup, tasks: number): Promise<Worker[]> {
  if (threads === null || tasks < 2) return [await openWorker(setup)];
  const count = Math.min(threads.count, tasks);
  return Promise.all(Array.from({ length: count }, () => startThread(threads.program, setup)));
}

/** Gives each worker the next task whenever it is free; the results are in the order of the tasks. */
export async function runTasks(
  tasks: readonly Task[],
  workers: readonly Worker[],
  done: (result: TaskResult) => void,
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  let next = 0;
  const work = async (worker: Worker): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      const result = await worker.run(tasks[at] as Task);
      results[at] = result;
      done(result);
    }
  };
  await Promise.all(workers.map(work));
  return results;
}
