import type { Backend } from "./backend.ts";
import type { HintWorker } from "./hint-worker.ts";
import type { HintQueue } from "./schedules.ts";

const abortGraceMs = 1_000;

/** Drains the workers and drops the connections, in bounded time. @returns whether the drain was complete */
export async function closeQueue(
  backend: Backend,
  workers: readonly HintWorker[],
  queues: readonly HintQueue[],
  timeoutMs: number,
): Promise<{ drained: boolean }> {
  const drains = Promise.allSettled(workers.map((worker) => worker.drain()));
  const drained = drains.then(() => true);
  // Without the store nothing can be settled in it: then only the running handlers are worth the wait.
  const abandoned = Promise.all(workers.map((worker) => worker.idle())).then(() =>
    backend.isReachable() ? drained : false,
  );
  let complete = await within(timeoutMs, Promise.race([drained, abandoned]), false);
  if (!complete) {
    for (const worker of workers) worker.abort();
    if (backend.isReachable()) complete = await within(abortGraceMs, drained, false);
  }
  const closed = Promise.allSettled([drains, ...queues.map((queue) => queue.close())]).then(() => true);
  await backend.close();
  await within(abortGraceMs, closed, false);
  return { drained: complete };
}

async function within<Result>(timeoutMs: number, work: Promise<Result>, otherwise: NoInfer<Result>): Promise<Result> {
  const timeout = Promise.withResolvers<Result>();
  const timer = setTimeout(() => timeout.resolve(otherwise), timeoutMs);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
