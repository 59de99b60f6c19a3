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

/**
 * Pulls every platform and waits until each has ended and the ledger has posted what it brought, with a progress bar.
 * A pull that is already under way (a start after a crash finds one) is waited for like any other.
 */
export async function runFirstPull(ingestion: ApiClient, output: NodeJS.WriteStream): Promise<PullResult[]> {
  const before = await readPlatforms(ingestion);
  for (const { platform } of before) {
    await ingestion.post("/v1/pulls", { platform }).catch((error: unknown) => {
      // `pull_in_progress`: it is being pulled already.
      if (!(error instanceof RefusedCall)) throw error;
    });
  }
  const bar = createProgressBar(output);
  for (;;) {
    const platforms = await readPlatforms(ingestion);
    const isDone = platforms.every(
      ({ lastPull, unpostedBatches }) =>
        lastPull !== null &&
        ENDED.has(lastPull.state) &&
        lastPull.error?.code !== "interrupted" &&
        unpostedBatches === 0,
    );
    bar.draw(platforms);
    if (isDone) {
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

async function readPlatforms(ingestion: ApiClient): Promise<PlatformsResponse["platforms"]> {
  return ((await ingestion.get("/v1/platforms")) as PlatformsResponse).platforms;
}
