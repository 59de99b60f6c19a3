import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../scripts/start/free-port.ts";
import { childrenOf, type FoundProcess, killAll, processesOf } from "./processes.ts";
import { waitFor } from "./wait-for.ts";

const WORKSPACE_DIR = join(import.meta.dirname, "../..");

export interface MainJobOptions {
  readonly dataDir: string;
  readonly args?: readonly string[];
  /** Over the environment of the tests without its own DATABASE_URL, REDIS_URL and data directory. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The processes that the main job starts, as a test names them. */
export type ChildName = "platforms" | "ingestion-worker" | "ledger-service" | "query-api" | "postgres";

export interface MainJobEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Credentials {
  readonly sources: Readonly<Record<string, { readonly apiKey: string }>>;
  readonly declarationSystem: { readonly apiKey: string };
  readonly operator: { readonly apiKey: string };
}

/** A main job as a person starts it: a process group of its own, so that a signal to the group is Ctrl-C. */
export interface MainJob {
  readonly pid: number;
  readonly dataDir: string;
  readonly urls: { readonly queryApi: string; readonly ingestionWorker: string; readonly ledgerService: string };
  /** What it has written so far, both streams. */
  output(): string;
  /** Settles when it has ended and its output is whole. */
  readonly ended: Promise<MainJobEnd>;
  /** Waits for a line. Throws when the job ends without it. */
  says(pattern: RegExp): Promise<void>;
  child(name: ChildName): FoundProcess | null;
  credentials(): Credentials;
  signalGroup(signal: NodeJS.Signals): void;
}

/** Starts the main job on ports that are free now. The caller ends it with `killMainJobs`, whatever happens. */
export async function startMainJob({ dataDir, args = [], env = {} }: MainJobOptions): Promise<MainJob> {
  const [queryApi, ingestionWorker, ledgerService] = [await freePort(), await freePort(), await freePort()];
  const { DATABASE_URL: _url, REDIS_URL: _redis, XUESHI_DATA_DIR: _dir, ...inherited } = process.env;
  const script = join(WORKSPACE_DIR, "scripts/start/main.ts");
  const child = spawn(process.execPath, [script, ...args], {
    cwd: WORKSPACE_DIR,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...inherited,
      XUESHI_DATA_DIR: dataDir,
      LOG_LEVEL: "warn",
      QUERY_API_PORT: String(queryApi),
      INGESTION_WORKER_PORT: String(ingestionWorker),
      LEDGER_SERVICE_PORT: String(ledgerService),
      ...env,
    },
  });
  await once(child, "spawn");
  const pid = Number(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
    });
  }
  let hasEnded = false;
  const ended = once(child, "close").then(([code, signal]): MainJobEnd => {
    hasEnded = true;
    return { code, signal };
  });
  const url = (port: number | undefined) => `http://127.0.0.1:${port}`;
  return {
    pid,
    dataDir,
    urls: { queryApi: url(queryApi), ingestionWorker: url(ingestionWorker), ledgerService: url(ledgerService) },
    output: () => output,
    ended,
    async says(pattern) {
      await waitFor(`the main job to say ${pattern}`, () => {
        if (pattern.test(output)) return true;
        if (hasEnded) throw new Error(`The main job ended without saying ${pattern}:\n${output}`);
        return false;
      });
    },
    child: (name) => childrenOf(pid).find((found) => isChild(found, name)) ?? null,
    credentials: () => JSON.parse(readFileSync(join(dataDir, "credentials.json"), "utf8")) as Credentials,
    signalGroup: (signal) => process.kill(-pid, signal),
  };
}

/** Runs a main job to its end. */
export async function runMainJob(options: MainJobOptions): Promise<MainJobEnd & { readonly output: string }> {
  const job = await startMainJob(options);
  const end = await job.ended;
  return { ...end, output: job.output() };
}

/** Kills whatever still works for a data directory and waits until it is gone; returns what there was. */
export async function killMainJobs(dataDir: string): Promise<string[]> {
  const found = processesOf(dataDir);
  await waitFor(`the end of every process of ${dataDir}`, () => {
    const left = processesOf(dataDir);
    killAll(left);
    return left.length === 0;
  });
  return found.map(({ command }) => command);
}

function isChild({ command }: FoundProcess, name: ChildName): boolean {
  if (name === "platforms") return command.includes("scripts/simulators/main.ts");
  if (name === "postgres") return /\/postgres( |$)/.test(command);
  return command.includes(`services/${name}/src/main.ts`);
}
