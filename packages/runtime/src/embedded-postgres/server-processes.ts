import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../logging/create-logger.ts";
import { isRunning } from "../processes/is-running.ts";

const pollMs = 20;

const stopSteps = [
  { signal: "SIGINT", msMax: 20_000 },
  { signal: "SIGQUIT", msMax: 5_000 },
  { signal: "SIGKILL", msMax: 5_000 },
] as const;

/**
 * What the server says of itself in `postmaster.pid`: line 1 its process id, line 8 its state
 * (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_…). Null when there is no such file.
 */
export async function readPostmasterFile(clusterDir: string): Promise<{ pid: number; state: string } | null> {
  const text = await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch(() => null);
  if (text === null) return null;
  const lines = text.split("\n");
  return { pid: Number(lines[0]), state: lines[7]?.trim() ?? "" };
}

/** The running processes whose working directory is the cluster: every server process's is. */
async function findServerProcesses(clusterDir: string): Promise<number[]> {
  const entries = await readdir("/proc");
  const pids = entries.filter((entry) => /^\d+$/.test(entry));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => null)));
  return pids.filter((_, index) => places[index] === clusterDir).map(Number);
}

/**
 * Ends a server that an earlier, killed starter left behind on this cluster, and a lock file that is in the way of a
 * new one. Called under the directory's lock, so nobody uses what it finds.
 * @param clusterDir its real path, without links
 */
export async function clearOrphan(clusterDir: string, logger: Logger): Promise<void> {
  const pids = await findServerProcesses(clusterDir);
  if (pids.length > 0) {
    logger.warn("stopping the embedded PostgreSQL that an earlier run left behind", { pids });
    await stopServer(clusterDir);
  }
  const after = await readPostmasterFile(clusterDir);
  // A number that now belongs to another process would keep the server from starting; a free one it clears itself.
  if (after !== null && isTaken(after.pid)) await rm(join(clusterDir, "postmaster.pid"), { force: true });
}

/** True when a signal to the number succeeds, which is how the server asks (a zombie's does too). */
function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Stops the cluster's server: fast (SIGINT: clients are cut off, then a checkpoint), then immediate (SIGQUIT: the
 * next start recovers from the log), then SIGKILL, each for a bounded time. Returns when no process is left, or
 * nothing more can be done.
 */
export async function stopServer(clusterDir: string): Promise<void> {
  for (const { signal, msMax } of stopSteps) {
    const pids = await findServerProcesses(clusterDir);
    if (pids.length === 0) return;
    const postmaster = (await readPostmasterFile(clusterDir))?.pid;
    // The postmaster stops its children in good order; they are signalled only where it is gone, or does not.
    const first = pids.filter((pid) => pid === postmaster);
    for (const pid of first.length > 0 && signal !== "SIGKILL" ? first : pids) signalQuietly(pid, signal);
    await waitUntil(() => !pids.some(isRunning), msMax);
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile, or it is not ours to end: the wait that follows finds out which.
  }
}

async function waitUntil(holds: () => boolean, msMax: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < msMax && !holds(); waitedMs += pollMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
