import { once } from "node:events";
import { parentPort, Worker as Thread, workerData } from "node:worker_threads";
import { connectToRead, openWorker, type Worker } from "./open-worker.ts";
import { emptyTally } from "./tally.ts";
import type { Task, TaskResult, WorkerSetup } from "./tasks.ts";

/** What a thread says of a task: what came of it, or why it could not be done. */
type Answer = { readonly result: TaskResult } | { readonly error: string };

/** Works in a thread of its own, which runs the program again: a bundle is one file, and has no other to name. */
export function startThread(program: URL, setup: WorkerSetup): Worker {
  const thread = new Thread(program, { workerData: setup });
  const hear = async (): Promise<TaskResult> => {
    const [answer] = (await once(thread, "message")) as [Answer];
    if ("error" in answer) throw new Error(answer.error);
    return answer.result;
  };
  let isReady = false;
  const ready = hear().then(() => {
    isReady = true;
  });
  // Whoever gives it a task is told.
  ready.catch(() => undefined);
  return {
    ready,
    run(task) {
      const result = hear();
      thread.postMessage(task);
      return result;
    },
    async close() {
      if (!isReady) return void (await thread.terminate());
      const exit = once(thread, "exit");
      thread.postMessage(null);
      await exit;
    },
  };
}

/** The other side, in the thread: does tasks until it is told to end. */
export async function serveThread(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this is no thread");
  const say = (answer: Answer) => port.postMessage(answer);
  const failed = (error: unknown) => say({ error: error instanceof Error ? error.message : String(error) });
  try {
    const setup = workerData as WorkerSetup;
    const pool = connectToRead(setup.databaseUrl, 1);
    const worker = await openWorker(setup, pool);
    const end = async () => {
      await worker.close();
      await pool.end({ timeout: 5 });
      port.close();
    };
    say({ result: { people: 0, entries: 0, erased: 0, above: new Uint8Array(), tally: emptyTally() } });
    port.on("message", (task: Task | null) => {
      if (task === null) void end();
      else void worker.run(task).then((result) => say({ result }), failed);
    });
  } catch (error) {
    failed(error);
  }
}
