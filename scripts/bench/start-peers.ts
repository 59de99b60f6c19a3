import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ServiceProcess, type Shutdown, spawnService, systemClock } from "@xueshi/runtime";
import { freePort } from "../start/free-port.ts";
import { waitUntilListening } from "../start/platforms-spec.ts";
import type { LoadPlan, LoadResult, LoadRun } from "./load-protocol.ts";
import type { Stack } from "./start-stack.ts";

const LISTENING_MS_MAX = 20_000;
const ANSWER_MS_EXTRA_MAX = 30_000;

export interface BareServer {
  readonly port: number;
  readonly process: ServiceProcess;
}

/** Bare hono over the same database, with the same login as the query API. */
export async function startBareServer(stack: Stack, shutdown: Shutdown): Promise<BareServer> {
  const port = await freePort();
  const server = await spawnService({
    name: "bare-server",
    command: process.execPath,
    args: [join(import.meta.dirname, "bare-server.ts")],
    env: { ...process.env, DATABASE_URL: stack.prepared.serviceUrls.query, PORT: String(port) },
    output: { stdout: process.stderr, stderr: process.stderr },
  });
  shutdown.register("bare-server", async () => void (await server.stop()));
  await waitUntilListening(port, systemClock, LISTENING_MS_MAX);
  return { port, process: server };
}

export interface LoadGenerator {
  run(run: LoadRun): Promise<LoadResult>;
}

/** The load generator as a child process that sends the requests of a plan. */
export async function startLoadGenerator(
  { dataDir }: Pick<Stack, "dataDir">,
  plan: LoadPlan,
  shutdown: Shutdown,
): Promise<LoadGenerator> {
  const planFile = join(dataDir, "load-plan.json");
  await writeFile(planFile, JSON.stringify(plan), { mode: 0o600 });
  const child = fork(join(import.meta.dirname, "load-generator.ts"), [planFile]);
  shutdown.register("load-generator", () => endChild(child));
  await once(child, "spawn");
  return {
    async run(run) {
      child.send(run);
      const over = new AbortController();
      const late = AbortSignal.timeout(run.durationMs + ANSWER_MS_EXTRA_MAX);
      const signal = AbortSignal.any([shutdown.signal, late, over.signal]);
      const exited = once(child, "exit", { signal }).then(() => {
        throw new Error("The load generator ended by itself.");
      });
      const answered = once(child, "message", { signal }).then(([result]) => result as LoadResult);
      exited.catch(() => undefined);
      return Promise.race([answered, exited]).finally(() => over.abort());
    },
  };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}
