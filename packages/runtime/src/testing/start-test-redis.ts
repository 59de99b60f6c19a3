import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickPort } from "../embedded-postgres/pick-port.ts";
import { deathSignalPrefix } from "../processes/death-signal.ts";
import { RuntimeError } from "../runtime-error.ts";
import { within } from "../time/within.ts";

export type TestRedis = { url: string; port: number; pid: number; stop(): Promise<void> };

const attemptsMax = 10;
const readyMsMax = 30_000;

/**
 * Starts the machine's `redis-server` for tests: on a free port, in a temporary folder, keeping nothing.
 * @returns the server, or null when there is no such program
 * @throws RuntimeError `test_redis_start_failed` with the end of what it said
 */
export async function startTestRedis(): Promise<TestRedis | null> {
  if (spawnSync("redis-server", ["--version"], { stdio: "ignore" }).error !== undefined) return null;
  const directory = await mkdtemp(join(tmpdir(), "xueshi-redis-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await launch(await pickPort(), directory, remove);
      if (typeof outcome !== "string") return outcome;
      if (!outcome.includes("Address already in use") || attempt === attemptsMax) throw new Error(outcome);
    }
  } catch (error) {
    await remove();
    throw new RuntimeError("test_redis_start_failed", `redis-server did not start: ${error}`, { cause: error });
  }
}

async function launch(port: number, directory: string, remove: () => Promise<void>): Promise<TestRedis | string> {
  const flags = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no", "--dir", directory];
  const [file = "", ...args] = [...deathSignalPrefix("TERM"), "redis-server", ...flags];
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
  await once(child, "spawn");
  const ended = once(child, "exit");
  let output = "";
  const ready = new Promise<boolean>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-4_000);
      if (output.includes("Ready to accept connections")) resolve(true);
    });
    child.once("close", () => resolve(false));
  });
  if (!(await within(ready, readyMsMax, "The start of redis-server"))) return output;
  const stop = async () => {
    child.kill("SIGTERM");
    await within(ended, 5_000, "redis-server").catch(() => {
      child.kill("SIGKILL");
      return ended;
    });
    await remove();
  };
  let stopping: Promise<void> | null = null;
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    port,
    pid: Number(child.pid),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
