import { getNextMillis, type IQueueBackend, type Queue } from "bullmq";
import { z } from "zod";
import { keepingOptions } from "./job-options.ts";
import type { JobName, JobPayloads } from "./jobs.ts";
import type { QueueTiming } from "./queue-config.ts";
import { QueueError } from "./queue-error.ts";

export type HintQueue = Queue<unknown, void, string, unknown, void, string, IQueueBackend, object>;

/**
 * `cron`: five fields, or six with seconds first, read in `tz`. `everyMs`: at once, and then each so many
 * milliseconds (1 s to one day).
 */
export type ScheduleSpec = { cron: string; tz: "Asia/Shanghai" } | { everyMs: number };

export type Schedule = {
  [Name in JobName]: { name: Name; key: string; spec: ScheduleSpec; payload: JobPayloads[Name] };
}[JobName];

const specSchema = z.union([
  z.strictObject({ cron: z.string().min(9).max(100), tz: z.literal("Asia/Shanghai") }),
  z.strictObject({ everyMs: z.int().min(1_000).max(86_400_000) }),
]);
const keySchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);

/** Throws `QueueError` `schedule_refused`. */
export function checkSchedule(key: string, spec: ScheduleSpec): void {
  if (!keySchema.safeParse(key).success) {
    throw new QueueError("schedule_refused", "the key of a schedule is kebab-case, at most 64 characters");
  }
  if (!specSchema.safeParse(spec).success) {
    throw new QueueError("schedule_refused", `schedule ${key} is neither { cron, tz } nor { everyMs }`);
  }
  if (!("cron" in spec)) return;
  try {
    getNextMillis(0, { pattern: spec.cron, tz: spec.tz });
  } catch (error) {
    throw new QueueError("schedule_refused", `schedule ${key} has no valid cron expression`, { cause: error });
  }
}

/**
 * Makes sure that the store has this schedule and its next job. Does nothing when it has: putting it in again
 * would remove a cron job that is due but not yet taken.
 * @returns when it runs next, in milliseconds since the epoch, and whether anything was put in
 */
export async function ensureSchedule(
  queue: HintQueue,
  schedule: Schedule,
  timing: QueueTiming,
): Promise<{ nextRunMs: number; restored: boolean }> {
  const { name, key, spec, payload } = schedule;
  const repeat = "cron" in spec ? { pattern: spec.cron, tz: spec.tz } : { every: spec.everyMs };
  const present = await findNextRun(queue, schedule, repeat);
  if (present !== undefined) return { nextRunMs: present, restored: false };
  try {
    const job = await queue.upsertJobScheduler(key, repeat, { name, data: payload, opts: keepingOptions(timing) });
    return { nextRunMs: Number(job.id?.split(":").at(-1)), restored: true };
  } catch (error) {
    // Two processes at once: on PostgreSQL the second may find the job of the first in its way.
    const nextRunMs = await findNextRun(queue, schedule, repeat);
    if (nextRunMs === undefined) throw error;
    return { nextRunMs, restored: false };
  }
}

async function findNextRun(queue: HintQueue, { key, payload }: Schedule, repeat: Repeat): Promise<number | undefined> {
  const stored = await queue.getJobScheduler(key);
  if (stored?.next === undefined) return undefined;
  if (!isSame(stored, repeat) || !isSamePayload(stored.template?.data, payload)) return undefined;
  const job = await queue.getJob(`repeat:${key}:${stored.next}`);
  return job === undefined || job.finishedOn !== undefined ? undefined : stored.next;
}

type Repeat = { pattern?: string; tz?: string; every?: number };

function isSame(stored: Repeat, wanted: Repeat): boolean {
  return stored.pattern === wanted.pattern && stored.tz === wanted.tz && stored.every === wanted.every;
}

/** Payloads are flat objects of strings. */
function isSamePayload(stored: unknown, wanted: object): boolean {
  const text = (payload: unknown) => JSON.stringify(Object.entries(payload ?? {}).sort());
  return text(stored) === text(wanted);
}
