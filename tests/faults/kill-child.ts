import { expect } from "vitest";
import { servicesOf } from "../end-to-end/call-services.ts";
import type { ChildName, MainJob } from "../end-to-end/start-main-job.ts";
import { waitFor } from "../end-to-end/wait-for.ts";

export type Services = ReturnType<typeof servicesOf>;

/** How far the newest pull of a platform is, and how many batches of all platforms wait to be posted. */
export interface PullProgress {
  readonly pullId: string;
  readonly state: string;
  readonly rows: number;
  readonly unposted: number;
}

/** Null while nothing can be asked. */
export async function readProgress(services: Services, platform: string): Promise<PullProgress | null> {
  const platforms = await services.platforms().catch(() => []);
  const lastPull = platforms.find((one) => one.platform === platform)?.lastPull ?? null;
  if (lastPull === null) return null;
  const unposted = platforms.reduce((sum, { unpostedBatches }) => sum + unpostedBatches, 0);
  const { pullId, state, rows } = lastPull;
  return { pullId, state, rows, unposted };
}

export interface KillOptions {
  readonly job: MainJob;
  readonly services: Services;
  readonly name: ChildName;
  /** The platform in the middle of whose pull the process is killed. */
  readonly platform: string;
  /** Whether this is the moment; the pull is running. Default: at once. */
  readonly when?: (progress: PullProgress) => boolean;
  readonly signal?: NodeJS.Signals;
}

/**
 * Kills a process of the main job while a pull runs, and waits until another one is in its place.
 * @returns how far the pull was just before
 */
export async function killInPull(options: KillOptions): Promise<PullProgress> {
  const { job, services, name, platform, when = () => true, signal = "SIGKILL" } = options;
  let seen: PullProgress | null = null;
  const progress = await waitFor(`the moment to kill ${name}`, async () => {
    const now = await readProgress(services, platform);
    seen = now ?? seen;
    if (now?.state === "complete") throw new Error(`The pull had ended before ${name} could be killed.`);
    return now?.state === "running" && when(now) ? now : null;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)} Last seen: ${JSON.stringify(seen)}\n${job.output()}`);
  });
  const child = job.child(name);
  if (child === null) throw new Error(`There is no ${name} to kill:\n${job.output()}`);
  process.kill(child.pid, signal);
  await waitFor(`another ${name}`, () => {
    const next = job.child(name);
    return next !== null && next.pid !== child.pid;
  });
  return progress;
}

/** Expects that a pull was cut off in its middle by the death of a process, and that another one went on. */
export async function expectInterrupted(job: MainJob, platform: string, pullId: string): Promise<void> {
  const services = servicesOf(job);
  const pull = await waitFor(`the pull ${pullId} to be found dead`, async () => {
    const pulls = await services.pulls(platform).catch(() => []);
    return pulls.find((one) => one.pullId === pullId && one.state !== "running");
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${job.output()}`);
  });
  expect(pull).toMatchObject({ state: "failed", error: { code: "interrupted" } });
}
