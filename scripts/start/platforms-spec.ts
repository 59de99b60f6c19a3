import { join } from "node:path";
import { simulatorSecrets } from "../simulators/index.ts";
import type { ChildSpec } from "./supervise.ts";
import { writeWhole } from "./write-whole.ts";

export interface PlatformPlaces {
  readonly workspaceDir: string;
  readonly feedsDir: string;
  readonly quzhouPort: number;
  readonly industryPort: number;
  /** Null: the simulated platforms' own bound. */
  readonly pageRowsMax: number | null;
  /** Milliseconds that each of their pages takes besides; null: none. */
  readonly pageDelayMs: number | null;
}

/** The process that serves a feeds directory as the simulated platforms. */
export function platformsSpec(places: PlatformPlaces): ChildSpec {
  const { workspaceDir, feedsDir, quzhouPort, industryPort, pageRowsMax, pageDelayMs } = places;
  const flags = ["--feeds", feedsDir, "--quzhou-port", String(quzhouPort), "--industry-port", String(industryPort)];
  if (pageRowsMax !== null) flags.push("--page-rows-max", String(pageRowsMax));
  if (pageDelayMs !== null) flags.push("--page-delay-ms", String(pageDelayMs));
  return {
    name: "platforms",
    args: [join(workspaceDir, "scripts/simulators/main.ts"), ...flags, "--exit-with-stdin"],
    env: process.env,
    cwd: workspaceDir,
    quiet: true,
  };
}

/** Writes the file that tells the ingestion worker where the simulated platforms are, and returns its path. */
export async function writeTargets(dataDir: string, places: PlatformPlaces): Promise<string> {
  const targets = {
    "quzhou-city": { baseUrl: `http://127.0.0.1:${places.quzhouPort}`, credentials: simulatorSecrets.quzhouCity },
    "zj-industry": { baseUrl: `http://127.0.0.1:${places.industryPort}`, credentials: simulatorSecrets.zjIndustry },
    "zj-natural-resources": { folder: join(places.feedsDir, "zj-natural-resources") },
  };
  const file = join(dataDir, "targets.json");
  await writeWhole(file, `${JSON.stringify(targets, null, 2)}\n`);
  return file;
}

/** A platform that is being started answers anything, be it an error, as soon as it listens. */
export async function waitUntilListening(port: number, clock: () => number, patienceMs: number): Promise<void> {
  const giveUpAtMs = clock() + patienceMs;
  while (clock() < giveUpAtMs) {
    const isListening = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isListening) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("A simulated platform did not start.");
}
