import { Queue } from "bullmq";
import type { Backend } from "./backend.ts";
import type { JobName } from "./jobs.ts";
import { QueueError } from "./queue-error.ts";
import type { HintQueue } from "./schedules.ts";
import { describeError, type TroubleLog } from "./trouble-log.ts";

export type StoreCalls = {
  /** Runs `operation` on the queue of this name, in bounded time. Throws `QueueError` and nothing else. */
  call<Result>(name: JobName, operation: (queue: HintQueue) => Promise<Result>): Promise<Result>;
  /** Refuses every later call. @returns the queues that were opened */
  end(): HintQueue[];
};

const eventsMax = 1_000;

/** The one way to the store for all that is not a worker: lazily opened queues, a time limit, typed errors. */
export function createStoreCalls(backend: Backend, trouble: TroubleLog, timeoutMs: number): StoreCalls {
  const queues = new Map<JobName, HintQueue>();
  let ended = false;

  function queueOf(name: JobName): HintQueue {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const opts = { connection: {}, streams: { events: { maxLen: eventsMax } } };
    const queue: HintQueue = new Queue(name, opts, backend.factory);
    queue.on("error", (error) => trouble.report(error));
    queues.set(name, queue);
    return queue;
  }

  return {
    call: async (name, operation) => {
      if (ended) throw new QueueError("queue_closed", "the queue is closed");
      // While the store is away nothing may pile up in the client, so this fails before anything is sent.
      if (!backend.isReachable()) throw unavailable(backend, "the connection is lost");
      const timeout = Promise.withResolvers<never>();
      const timer = setTimeout(() => timeout.reject(unavailable(backend, "no answer in time")), timeoutMs);
      try {
        const result = await Promise.race([operation(queueOf(name)), timeout.promise]);
        trouble.recovered();
        return result;
      } catch (error) {
        if (error instanceof QueueError) throw error;
        throw unavailable(backend, describeError(error), error);
      } finally {
        clearTimeout(timer);
      }
    },
    end: () => {
      ended = true;
      return [...queues.values()];
    },
  };
}

function unavailable(backend: Backend, problem: string, cause?: unknown): QueueError {
  const message = `the queue (${backend.kind}) did not take the call: ${problem}; try again later`;
  return new QueueError("queue_unavailable", message, cause === undefined ? undefined : { cause });
}
