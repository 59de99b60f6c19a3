import type { Backend } from "./backend.ts";
import { closeQueue } from "./close-queue.ts";
import { type HintWorker, type JobHandler, startHintWorker } from "./hint-worker.ts";
import { type EnqueueOptions, toJobOptions } from "./job-options.ts";
import { type JobName, type JobPayloads, jobNames, parseJobPayload } from "./jobs.ts";
import { openPostgresBackend } from "./postgres-backend.ts";
import { defaultPrefix, defaultSchema, defaultTiming, type QueueConfig, type QueueTiming } from "./queue-config.ts";
import { QueueError } from "./queue-error.ts";
import { openRedisBackend } from "./redis-backend.ts";
import { checkSchedule, ensureSchedule, type HintQueue, type Schedule, type ScheduleSpec } from "./schedules.ts";
import { createStoreCalls } from "./store-calls.ts";
import { createTroubleLog, type TroubleLog } from "./trouble-log.ts";

export type QueueCounts = { waiting: number; active: number; delayed: number; failed: number };
export type QueueHealth = { backend: "redis" | "postgres"; reachable: boolean; counts: Record<string, QueueCounts> };

/**
 * Delivery of hints. Every call throws `QueueError`: `payload_refused` or `schedule_refused` for what could
 * never work, `queue_unavailable` within `timing.callTimeoutMs` when the store is away, `queue_closed` after `close`.
 */
export type JobQueue = {
  enqueue<Name extends JobName>(name: Name, payload: JobPayloads[Name], options?: EnqueueOptions): Promise<void>;
  /** All or none of each thousand. */
  enqueueMany<Name extends JobName>(
    name: Name,
    jobs: readonly { payload: JobPayloads[Name]; options?: EnqueueOptions }[],
  ): Promise<void>;
  /**
   * Keeps a schedule. It is remembered even when the store is away: `ensureSchedules` puts it in later.
   * @returns when it runs next, in milliseconds since the epoch
   */
  schedule<Name extends JobName>(
    name: Name,
    key: string,
    spec: ScheduleSpec,
    payload: JobPayloads[Name],
  ): Promise<{ nextRunMs: number }>;
  unschedule(name: JobName, key: string): Promise<void>;
  /** Puts back the schedules of this process that the store has lost. Called now and then, by every process. */
  ensureSchedules(): Promise<{ restored: string[] }>;
  /** Starts a worker; one per name and process. `concurrency`: jobs at a time, 1 to 100. */
  work<Name extends JobName>(name: Name, handler: JobHandler<Name>, options: { concurrency: number }): void;
  /** Never throws: a store that is away is `reachable: false`. */
  health(): Promise<QueueHealth>;
  /**
   * Takes no new job and waits for those that run; after `timeoutMs` aborts their signals and leaves within
   * about four seconds more, whatever the store does.
   * @returns whether every job ended and was settled in the store
   */
  close(options: { timeoutMs: number }): Promise<{ drained: boolean }>;
};

const bulkMax = 1_000;
const concurrencyMax = 100;

/** Opens the queue. Connects in the background; no store needs to be there yet. */
export function openQueue(config: QueueConfig): JobQueue {
  const timing: QueueTiming = { ...defaultTiming, ...config.timing };
  const { backend, trouble } = openBackend(config, timing);
  const { call, end } = createStoreCalls(backend, trouble, timing.callTimeoutMs);
  const workers = new Map<JobName, HintWorker>();
  const schedules = new Map<string, Schedule>();
  let closing: Promise<{ drained: boolean }> | undefined;

  const ensure = (schedule: Schedule) => call(schedule.name, (queue) => ensureSchedule(queue, schedule, timing));

  return {
    enqueue: async (name, payload, options = {}) => {
      const data = parseJobPayload(name, payload);
      const jobOptions = toJobOptions(timing, options);
      await call(name, (queue) => queue.add(name, data, jobOptions));
    },
    enqueueMany: async (name, jobs) => {
      const entries = jobs.map(({ payload, options = {} }) => ({
        name,
        data: parseJobPayload(name, payload),
        opts: toJobOptions(timing, options),
      }));
      for (let start = 0; start < entries.length; start += bulkMax) {
        await call(name, (queue) => queue.addBulk(entries.slice(start, start + bulkMax)));
      }
    },
    schedule: async (name, key, spec, payload) => {
      checkSchedule(key, spec);
      const schedule = { name, key, spec, payload: parseJobPayload(name, payload) } as Schedule;
      schedules.set(`${name}/${key}`, schedule);
      return { nextRunMs: (await ensure(schedule)).nextRunMs };
    },
    unschedule: async (name, key) => {
      schedules.delete(`${name}/${key}`);
      await call(name, (queue) => queue.removeJobScheduler(key));
    },
    ensureSchedules: async () => {
      const restored: string[] = [];
      for (const [id, schedule] of schedules) {
        if ((await ensure(schedule)).restored) restored.push(id);
      }
      return { restored };
    },
    work: (name, handler, { concurrency }) => {
      if (closing !== undefined) throw new QueueError("queue_closed", "the queue is closed");
      if (workers.has(name)) throw new Error(`this process works on ${name} already`);
      if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > concurrencyMax) {
        throw new Error(`concurrency is a whole number from 1 to ${concurrencyMax}`);
      }
      const { logger } = config;
      workers.set(name, startHintWorker({ name, handler, concurrency, backend, timing, logger, trouble }));
    },
    health: async () => {
      const counts: Record<string, QueueCounts> = {};
      try {
        for (const name of jobNames) counts[name] = await call(name, countJobs);
        return { backend: backend.kind, reachable: true, counts };
      } catch {
        return { backend: backend.kind, reachable: false, counts: {} };
      }
    },
    close: ({ timeoutMs }) => {
      closing ??= closeQueue(backend, [...workers.values()], end(), timeoutMs);
      return closing;
    },
  };
}

function openBackend(config: QueueConfig, timing: QueueTiming): { backend: Backend; trouble: TroubleLog } {
  const { logger, postgresUrl, redisUrl } = config;
  if (redisUrl !== undefined) {
    const trouble = createTroubleLog(logger, "redis");
    return { backend: openRedisBackend(redisUrl, config.prefix ?? defaultPrefix, { timing, trouble }), trouble };
  }
  if (postgresUrl === undefined) throw new Error("a queue needs a redisUrl or a postgresUrl");
  const trouble = createTroubleLog(logger, "postgres");
  return { backend: openPostgresBackend(postgresUrl, config.schema ?? defaultSchema, { timing, trouble }), trouble };
}

async function countJobs(queue: HintQueue): Promise<QueueCounts> {
  const counts = await queue.getJobCounts("waiting", "active", "delayed", "failed");
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
  return { waiting, active, delayed, failed };
}
