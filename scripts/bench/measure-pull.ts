import type { PlatformsResponse } from "@xueshi/contracts";
import { type CpuSeconds, countCpu } from "./cpu-spent.ts";
import { peakResidentMibOf } from "./process-usage.ts";
import { type RawFigure, writeRaw } from "./raw-write.ts";
import type { Stack } from "./start-stack.ts";

export interface PullFigure {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: CpuSeconds;
  /** The most memory each service had resident, MiB. */
  readonly peakResidentMib: Readonly<Record<string, number>>;
}

const POLL_MS = 100;
const PULL_MS_MAX = 900_000;
const ENDED = new Set(["complete", "partial", "failed"]);

type Platforms = PlatformsResponse["platforms"];

export interface RawLimit {
  /** One pass for each number of connections. */
  readonly passes: readonly RawFigure[];
  readonly best: RawFigure;
}

const RAW_BATCH_ROWS = 1_000;
const RAW_CONNECTIONS = [1, 2, 3, 4];

/** The raw limit of what was pulled: the same rows, written on 1–4 connections, each time to an empty database. */
export async function measureRawLimit(stack: Stack, database: string, signal: AbortSignal): Promise<RawLimit> {
  const source = { ownerUrl: stack.postgres.url, postgresPid: stack.postgres.pid, sinceMs: null };
  const passes: RawFigure[] = [];
  for (const connections of RAW_CONNECTIONS) {
    const shape = { batchRows: RAW_BATCH_ROWS, connections };
    passes.push(await writeRaw(source, { name: database, isKept: false }, shape, signal));
  }
  return { passes, best: passes.reduce((best, pass) => (pass.seconds < best.seconds ? pass : best)) };
}

/** Pulls all platforms at once and waits until the ledger has posted everything and marked each pull's end. */
export async function measurePull(stack: Stack, signal: AbortSignal): Promise<PullFigure> {
  const names = (await readPlatforms(stack)).map(({ platform }) => platform);
  const cpuSpent = countCpu(stack);
  const startedAtMs = performance.now();
  await Promise.all(names.map((platform) => stack.ingestion.post("/v1/pulls", { platform })));
  let platforms: Platforms = [];
  do {
    signal.throwIfAborted();
    if (performance.now() - startedAtMs > PULL_MS_MAX) throw new Error("The pull took too long.");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    platforms = await readPlatforms(stack);
  } while (!platforms.every(isPosted));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const cpuSeconds = cpuSpent();
  const incomplete = platforms.filter(({ lastPull }) => lastPull?.state !== "complete");
  if (incomplete.length > 0) throw new Error(`Not pulled: ${incomplete.map(({ platform }) => platform).join(", ")}.`);
  return {
    rows: platforms.reduce((sum, { lastPull }) => sum + (lastPull?.rows ?? 0), 0),
    seconds,
    cpuSeconds,
    peakResidentMib: Object.fromEntries(
      Object.entries(stack.services).map(([name, { pid }]) => [name, peakResidentMibOf(pid)]),
    ),
  };
}

async function readPlatforms(stack: Stack): Promise<Platforms> {
  return ((await stack.ingestion.get("/v1/platforms")) as PlatformsResponse).platforms;
}

function isPosted({ lastPull, unpostedBatches }: Platforms[number]): boolean {
  return lastPull !== null && ENDED.has(lastPull.state) && unpostedBatches === 0;
}
