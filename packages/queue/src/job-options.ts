import type { JobsOptions } from "bullmq";
import { z } from "zod";
import type { QueueTiming } from "./queue-config.ts";
import { QueueError } from "./queue-error.ts";

export type EnqueueOptions = {
  /**
   * At most one job with this key waits at a time, and one enqueued while another runs starts after it.
   * One to 64 letters, digits, `-` or `_`: an id, never personal data.
   */
  dedupeKey?: string;
  /** 0 to one day, in milliseconds. */
  delayMs?: number;
};

const dayMs = 86_400_000;
const optionsSchema = z.strictObject({
  dedupeKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  delayMs: z.int().min(0).max(dayMs).optional(),
});

/**
 * Finished jobs leave nothing behind that could stand in the way of the next; failed ones are kept, bounded,
 * for an operator. `stackTraceLimit` 0: a stack could hold what must not be stored.
 */
export function keepingOptions(timing: QueueTiming) {
  return {
    attempts: timing.attemptsMax,
    backoff: { type: "exponential", delay: timing.retryDelayMs, jitter: 0.5 },
    removeOnComplete: true,
    removeOnFail: { age: dayMs / 1_000, count: 200 },
    stackTraceLimit: 0,
  } satisfies JobsOptions;
}

/** BullMQ's options for one job. Throws `QueueError` `payload_refused`. */
export function toJobOptions(timing: QueueTiming, options: EnqueueOptions): JobsOptions {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "unknown field");
    throw new QueueError("payload_refused", `the options of a job are refused: ${fields.join(", ")}`);
  }
  const { dedupeKey, delayMs } = parsed.data;
  return {
    ...keepingOptions(timing),
    ...(delayMs === undefined ? {} : { delay: delayMs }),
    // Not a fixed job id: that would drop what is enqueued while the first runs (bullmq #1662, #3427).
    ...(dedupeKey === undefined ? {} : { deduplication: { id: dedupeKey, keepLastIfActive: true } }),
  };
}
