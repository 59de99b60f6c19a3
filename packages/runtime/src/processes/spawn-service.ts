import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { within } from "../time/within.ts";
import { prefixLines } from "./prefix-lines.ts";

export type ServiceExit = { code: number | null; signal: NodeJS.Signals | null };

export type ServiceProcess = {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process has ended and its output is copied. */
  readonly exited: Promise<ServiceExit>;
  /** SIGTERM to the process group, then SIGKILL after `stopMsMax`; whatever it left behind is killed too. */
  stop(): Promise<ServiceExit>;
};

export type ServiceOptions = {
  /** Stands before each line of output. */
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment of the process; XUESHI_WATCH_PARENT=stdin is added. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Where the prefixed output goes; standard output and error when absent. */
  output?: { stdout: Writable; stderr: Writable };
  /** How long a stop may take before it is forced, milliseconds. */
  stopMsMax?: number;
  /** Called once when the process ends without `stop`. */
  onExit?: (exit: ServiceExit) => void;
};

const outputMsMax = 2_000;

/**
 * Starts a service as a child in a process group of its own, so that Ctrl-C reaches only the starter, which then
 * stops its services in order. The child's standard input is a pipe that closes when the starter dies, however
 * it dies; a service that watches it (`watchParent`) then ends by itself.
 * @throws the system's error (ENOENT, EACCES …) when the command cannot be started
 */
export async function spawnService(options: ServiceOptions): Promise<ServiceProcess> {
  const { name, stopMsMax = 20_000, output = process } = options;
  const child = spawn(options.command, options.args, {
    detached: true,
    env: { ...options.env, XUESHI_WATCH_PARENT: "stdin" },
    stdio: ["pipe", "pipe", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  await once(child, "spawn");
  const pid = Number(child.pid);
  // The service may end while its input is still open: that is its exit to report, not an error here.
  child.stdin.on("error", () => {});
  prefixLines(child.stdout, output.stdout, `[${name}] `);
  prefixLines(child.stderr, output.stderr, `[${name}] `);

  let stopping: Promise<ServiceExit> | null = null;
  const exited = endOf(child, pid).then((exit) => {
    if (stopping === null) options.onExit?.(exit);
    return exit;
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return await exited;
    signalGroup(pid, "SIGTERM");
    return await within(exited, stopMsMax, `The service ${name}`).catch(() => {
      signalGroup(pid, "SIGKILL");
      return exited;
    });
  };
  return {
    name,
    pid,
    exited,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Waits for the process, kills what is left of its group at that moment, and lets the output run dry. */
async function endOf(child: ChildProcess, groupId: number): Promise<ServiceExit> {
  const closed = once(child, "close");
  const [code, signal] = await once(child, "exit");
  signalGroup(groupId, "SIGKILL");
  // A process that left the group may hold the output open: the exit does not wait for it.
  await within(closed, outputMsMax, "The output").catch(() => child.stdout?.destroy() && child.stderr?.destroy());
  return { code, signal };
}

function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    // ESRCH: the whole group has ended, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
