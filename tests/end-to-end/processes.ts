import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process of the machine, as /proc shows it. */
export interface FoundProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** Arguments, joined by spaces. */
  readonly command: string;
}

/** Processes that have not ended; a zombie has. */
function listProcesses(): FoundProcess[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
}

/** Those that a process started from its main thread. Costs little however much runs here, so it may be asked often. */
export function childrenOf(pid: number): FoundProcess[] {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean);
    return pids.flatMap((child) => readProcess(Number(child)));
  } catch {
    // It has ended, or this kernel does not list them (CONFIG_PROC_CHILDREN).
    return listProcesses().filter(({ parentPid }) => parentPid === pid);
  }
}

function readProcess(pid: number): FoundProcess[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // proc(5): "pid (name) state parent …", and the name may hold spaces and brackets itself.
    const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return [{ pid, parentPid: Number(parent), command }];
  } catch {
    // It ended while we looked.
    return [];
  }
}

/**
 * Processes that work for a data directory, whoever is their parent by now: it is in their environment, their arguments
 * or where they stand (the server's own processes rewrite the first two).
 */
export function processesOf(dataDir: string): FoundProcess[] {
  return listProcesses().filter(
    ({ pid, command }) => pid !== process.pid && (command.includes(dataDir) || standsIn(pid, dataDir)),
  );
}

function standsIn(pid: number, dataDir: string): boolean {
  const read = (look: () => string) => {
    try {
      return look();
    } catch {
      return "";
    }
  };
  const environment = read(() => readFileSync(`/proc/${pid}/environ`, "latin1"));
  return (
    environment.split("\0").includes(`XUESHI_DATA_DIR=${dataDir}`) ||
    read(() => readlinkSync(`/proc/${pid}/cwd`)).startsWith(`${dataDir}/`)
  );
}

/** Kills processes one by one; who has ended already is fine. */
export function killAll(processes: readonly Pick<FoundProcess, "pid">[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
}
