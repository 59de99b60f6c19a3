import type { QueueLogger } from "./trouble-log.ts";

export type QueueConfig = {
  /** `redis://` or `rediss://` URL: BullMQ runs on Redis. */
  redisUrl?: string | undefined;
  /** Used when there is no `redisUrl`: BullMQ runs on its PostgreSQL backend. `migrateQueue` was run before. */
  postgresUrl?: string | undefined;
  /** Prefix of every Redis key; the braces keep all keys in one slot of a Redis Cluster. */
  prefix?: string;
  /** Schema of BullMQ's tables in PostgreSQL. */
  schema?: string;
  logger: QueueLogger;
  timing?: Partial<QueueTiming>;
};

export type QueueTiming = {
  /** Longest wait of `enqueue`, `schedule`, `unschedule`, `health` and each part of `enqueueMany`. */
  callTimeoutMs: number;
  /** A running job whose lock was not renewed for so long is given to another worker. */
  lockMs: number;
  /** How often a worker looks for such jobs; a job is given away at the second look. */
  stalledEveryMs: number;
  /** Attempts per job, the first included. */
  attemptsMax: number;
  /** Delay before the second attempt; it doubles from then on, with a jitter of half. */
  retryDelayMs: number;
};

export const defaultTiming: QueueTiming = {
  callTimeoutMs: 2_000,
  lockMs: 10_000,
  stalledEveryMs: 5_000,
  attemptsMax: 5,
  retryDelayMs: 1_000,
};

export const defaultPrefix = "{xueshi}";
export const defaultSchema = "mq";
