import { type IQueueBackend, type Job, Worker } from "bullmq";
import type { Backend } from "./backend.ts";
import { type JobName, type JobPayloads, parseJobPayload } from "./jobs.ts";
import type { QueueTiming } from "./queue-config.ts";
import { QueueError } from "./queue-error.ts";
import type { QueueLogger, TroubleLog } from "./trouble-log.ts";

export type JobContext = {
  /** 1 at the first attempt. */
  attempt: number;
  /** Aborted when the job's lock is lost, so another worker may have it, and when a drain runs out of time. */
  signal: AbortSignal;
};
/** Runs at least once per job, and may run twice at the same time: it is idempotent. */
export type JobHandler<Name extends JobName> = (payload: JobPayloads[Name], context: JobContext) => Promise<void>;

export type HintWorker = {
  /** Takes no new job; resolves when those that run have ended and are settled in the store. */
  drain(): Promise<void>;
  /** Resolves when no handler runs. */
  idle(): Promise<void>;
  abort(): void;
};

type HintWorkerOptions<Name extends JobName> = {
  name: Name;
  handler: JobHandler<Name>;
  concurrency: number;
  backend: Backend;
  timing: QueueTiming;
  logger: QueueLogger;
  trouble: TroubleLog;
};

const claimPauseMs = 250;
const stalledMax = 5;

/** BullMQ asks again at once when a claim fails for another reason than the connection (out of memory, …). */
class PacedWorker extends Worker<unknown, void, string, IQueueBackend, number, object> {
  protected override async moveToActive(token: string, name?: string): Promise<Job<unknown, void, string, number>> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (!this.closing) await this.delay(claimPauseMs);
      throw error;
    }
  }
}

/** Starts a worker on one queue. */
export function startHintWorker<Name extends JobName>(options: HintWorkerOptions<Name>): HintWorker {
  const { name, handler, backend, timing, logger } = options;
  const running = new Map<string, RunningJob>();
  const settling = new Set<Promise<void>>();

  async function run(job: Job<unknown, void, string, number>): Promise<void> {
    const payload = tryParse(name, job, logger);
    if (payload === undefined) return;
    const current = trackJob(timing.lockMs);
    const id = job.id ?? "";
    running.set(id, current);
    const handled = (async () => handler(payload, { attempt: job.attemptsMade + 1, signal: current.signal }))();
    const settled = handled.then(
      () => undefined,
      () => undefined,
    );
    settling.add(settled);
    try {
      await handled;
    } catch (error) {
      throw withoutDetails(error);
    } finally {
      current.stop();
      settling.delete(settled);
      if (running.get(id) === current) running.delete(id);
    }
  }

  const worker = new PacedWorker(
    name,
    run,
    {
      connection: {},
      concurrency: options.concurrency,
      lockDuration: timing.lockMs,
      stalledInterval: timing.stalledEveryMs,
      maxStalledCount: stalledMax,
      runRetryDelay: 1_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 200 },
    },
    backend.factory,
  );
  watchWorker(worker, options, running);

  return {
    drain: () => worker.close(),
    idle: async () => {
      while (settling.size > 0) await Promise.all(settling);
    },
    abort: () => {
      for (const current of running.values()) current.abort("the worker is closing");
    },
  };
}

function watchWorker<Name extends JobName>(
  worker: PacedWorker,
  { name, logger, trouble }: HintWorkerOptions<Name>,
  running: ReadonlyMap<string, RunningJob>,
): void {
  worker.on("error", (error) => trouble.report(error, "worker"));
  worker.on("active", () => trouble.recovered("worker"));
  worker.on("locksRenewed", ({ jobIds }) => {
    for (const id of jobIds) running.get(id)?.renewed();
  });
  worker.on("lockRenewalFailed", (jobIds) => {
    for (const id of jobIds) running.get(id)?.abort("the job's lock is lost");
  });
  worker.on("stalled", (jobId) => logger.warn("queue job stalled", { queue: name, jobId }));
  worker.on("failed", (job, error) => {
    const fields = { queue: name, jobId: job?.id, attempt: job?.attemptsMade, problem: error.message };
    if (job?.finishedOn === undefined) logger.warn("queue job will be tried again", fields);
    else logger.error("queue job failed", fields);
  });
}

type RunningJob = { signal: AbortSignal; renewed(): void; abort(reason: string): void; stop(): void };

/** Aborts by itself when the lock was not renewed in time, as when the store is away: it is lost then, too. */
function trackJob(lockMs: number): RunningJob {
  const controller = new AbortController();
  const abort = (reason: string): void => controller.abort(new Error(reason));
  const timer = setTimeout(() => abort("the job's lock was not renewed in time"), lockMs);
  return {
    signal: controller.signal,
    renewed: () => timer.refresh(),
    abort,
    stop: () => clearTimeout(timer),
  };
}

/** A refused payload is dropped, not retried and not kept: it may hold what must not be stored. */
function tryParse<Name extends JobName>(
  name: Name,
  job: Job<unknown, void, string, number>,
  logger: QueueLogger,
): JobPayloads[Name] | undefined {
  try {
    return parseJobPayload(name, job.data);
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    logger.error("queue payload refused", { queue: name, jobId: job.id, problem: error.message });
    return undefined;
  }
}

/** What is stored about a failed attempt: the kind of error, not its message, which may quote data. */
function withoutDetails(error: unknown): Error {
  if (!(error instanceof Error)) return new Error("not an Error");
  const code = "code" in error && typeof error.code === "string" ? ` ${error.code}` : "";
  return new Error(`${error.name}${code}`, { cause: error });
}
