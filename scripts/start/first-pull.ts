import type { PlatformsResponse } from "@xueshi/contracts";
import { type ApiClient, RefusedCall } from "./api-client.ts";
import { createProgressBar } from "./progress-bar.ts";

export interface PullResult {
  readonly platform: string;
  readonly state: string;
  readonly rows: number;
  readonly reason: string | null;
}

const ENDED = new Set(["complete", "partial", "failed"]);
const POLL_MS = 100;
/** What a platform that is just being started again looks like. */
const PASSING_REASONS = new Set(["connection_failed", "timeout", "http_status"]);
const PULLS_MAX = 5;

/**
 * Pulls every platform and waits until each has ended and the ledger has posted what it brought, with a progress bar.
 * A pull that is already under way (a start after a crash finds one) is waited for like any other; one that a platform
 * out of reach cut off is made again, a few times.
 */
export async function runFirstPull(ingestion: ApiClient, output: NodeJS.WriteStream): Promise<PullResult[]> {
  const asked = new Map<string, number>();
  const ask = async (platform: string): Promise<void> => {
    asked.set(platform, (asked.get(platform) ?? 0) + 1);
    await ingestion.post("/v1/pulls", { platform }).catch((error: unknown) => {
      // `pull_in_progress`: it is being pulled already.
      if (!(error instanceof RefusedCall)) throw error;
    });
  };
  for (const { platform } of await readPlatforms(ingestion)) await ask(platform);
  const bar = createProgressBar(output);
  for (;;) {
    const platforms = await readPlatforms(ingestion);
    const cutOff = platforms.filter(
      ({ platform, lastPull }) => isCutOff(lastPull) && asked.get(platform) !== PULLS_MAX,
    );
    for (const { platform } of cutOff) await ask(platform);
    bar.draw(platforms);
    if (cutOff.length === 0 && platforms.every(isDone)) {
      bar.end();
      return platforms.map(({ platform, lastPull }) => ({
        platform,
        state: lastPull?.state ?? "failed",
        rows: lastPull?.rows ?? 0,
        reason: lastPull?.error?.code ?? null,
      }));
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

type PlatformView = PlatformsResponse["platforms"][number];

function isDone({ lastPull, unpostedBatches }: PlatformView): boolean {
  const isOver = lastPull !== null && ENDED.has(lastPull.state) && lastPull.error?.code !== "interrupted";
  return isOver && unpostedBatches === 0;
}

function isCutOff(lastPull: PlatformView["lastPull"]): boolean {
  return lastPull !== null && ENDED.has(lastPull.state) && PASSING_REASONS.has(lastPull.error?.code ?? "");
}

async function readPlatforms(ingestion: ApiClient): Promise<PlatformsResponse["platforms"]> {
  return ((await ingestion.get("/v1/platforms")) as PlatformsResponse).platforms;
}
