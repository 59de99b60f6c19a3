import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../../scripts/start/free-port.ts";
import type { PreparedDatabase } from "../../scripts/start/prepare-database.ts";
import { type ServiceName, servicesSpec } from "../../scripts/start/services-spec.ts";
import type { ChildSpec } from "../../scripts/start/supervise.ts";

const WORKSPACE_DIR = join(import.meta.dirname, "../..");
const OUTPUT_CHARACTERS_MAX = 20_000;

/** A child process that can be killed and started again under the same settings. */
export interface KillableProcess {
  readonly name: string;
  /** The last of what it has written, both streams, all lives. */
  output(): string;
  /** kill -9, and the next one at once; false when it was not there. */
  killAndRestart(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts a child that ends with this process, whatever becomes of it. */
export function startKillable(spec: ChildSpec): KillableProcess {
  let output = "";
  let child = start();
  function start(): ChildProcess {
    const started = spawn(process.execPath, spec.args, {
      cwd: spec.cwd,
      env: { ...spec.env, XUESHI_WATCH_PARENT: "stdin" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    started.stdin?.on("error", () => {});
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-OUTPUT_CHARACTERS_MAX);
      });
    }
    return started;
  }
  const end = async (): Promise<boolean> => {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    child.kill("SIGKILL");
    await once(child, "exit");
    return true;
  };
  return {
    name: spec.name,
    output: () => output,
    async killAndRestart() {
      const wasThere = await end();
      child = start();
      return wasThere;
    },
    async stop() {
      await end();
    },
  };
}

/** Where simulated platforms are, as a process of their own. */
export interface PlatformProcess {
  readonly process: KillableProcess;
  readonly ports: { readonly quzhouCity: number; readonly zjIndustry: number };
  readonly controlUrl: string;
}

export interface PlatformPlan {
  readonly feedsDir: string;
  readonly exportDir: string;
  readonly pageRowsMax: number;
  readonly pageDelayMs: number;
}

/** The simulated platforms with their switches, over a feeds directory. */
export async function startPlatforms(plan: PlatformPlan): Promise<PlatformProcess> {
  const { feedsDir, exportDir, pageRowsMax, pageDelayMs } = plan;
  const [quzhouCity, zjIndustry, control] = [await freePort(), await freePort(), await freePort()];
  const flags = [
    ...["--feeds", feedsDir, "--export-dir", exportDir],
    ...["--page-rows-max", pageRowsMax, "--page-delay-ms", pageDelayMs],
    ...["--quzhou-port", quzhouCity, "--industry-port", zjIndustry, "--control-port", control],
  ].map(String);
  const process = startKillable({
    name: "platforms",
    args: [join(WORKSPACE_DIR, "scripts/simulators/main.ts"), ...flags, "--exit-with-stdin"],
    env: globalThis.process.env,
    cwd: WORKSPACE_DIR,
  });
  return { process, ports: { quzhouCity, zjIndustry }, controlUrl: `http://127.0.0.1:${control}` };
}

export interface ServicePlan {
  readonly dataDir: string;
  readonly targetsFile: string;
  readonly serviceUrls: PreparedDatabase["serviceUrls"];
}

export interface RunningServices {
  readonly processes: Readonly<Record<ServiceName, KillableProcess>>;
  readonly urls: Readonly<Record<ServiceName, string>>;
}

/** The three services, each a process with the database login of its own role. */
export async function startServiceProcesses(plan: ServicePlan): Promise<RunningServices> {
  const ports = { queryApi: await freePort(), ingestionWorker: await freePort(), ledgerService: await freePort() };
  const { serviceUrls, ...places } = plan;
  const specs = servicesSpec(
    { ...places, ports, workspaceDir: WORKSPACE_DIR, schedules: false, logLevel: "warn" },
    serviceUrls,
  );
  const url = (port: number) => `http://127.0.0.1:${port}`;
  return {
    processes: {
      "ingestion-worker": startKillable(specs["ingestion-worker"]),
      "ledger-service": startKillable(specs["ledger-service"]),
      "query-api": startKillable(specs["query-api"]),
    },
    urls: {
      "ingestion-worker": url(ports.ingestionWorker),
      "ledger-service": url(ports.ledgerService),
      "query-api": url(ports.queryApi),
    },
  };
}
