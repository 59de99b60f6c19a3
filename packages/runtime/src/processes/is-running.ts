import { existsSync, readFileSync } from "node:fs";

/**
 * True while the process exists and has not ended. A zombie has ended: where nobody collects the children of a
 * killed process (many containers), a signal to it still succeeds.
 */
export function isRunning(pid: number): boolean {
  if (existsSync("/proc/self/stat")) {
    const state = readState(pid);
    return state !== null && state !== "Z" && state !== "X";
  }
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function readState(pid: number): string | null {
  try {
    // proc(5): "pid (name) state …", and the name may hold spaces and brackets itself.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return null;
  }
}
