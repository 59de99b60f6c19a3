import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks per second in /proc; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1_024;

interface ProcessStat {
  readonly parentId: number;
  /** User and system time of the process and its threads, seconds. */
  readonly ownCpuSeconds: number;
  /** The same of children that have ended and were waited for. */
  readonly endedChildrenCpuSeconds: number;
}

/** CPU seconds that a process has used so far; NaN where there is no /proc or no such process. */
export function cpuSecondsOf(pid: number): number {
  return readStat(pid)?.ownCpuSeconds ?? Number.NaN;
}

/** CPU seconds of a process with its children, ended ones included: a PostgreSQL with all its backends. */
export function treeCpuSecondsOf(pid: number): number {
  const root = readStat(pid);
  if (root === null) return Number.NaN;
  const children = listProcesses().flatMap((id) => readStat(id) ?? []);
  return children
    .filter((child) => child.parentId === pid)
    .reduce((sum, child) => sum + child.ownCpuSeconds, root.ownCpuSeconds + root.endedChildrenCpuSeconds);
}

/** The most memory a process ever had resident, MiB; NaN where there is no /proc. */
export function peakResidentMibOf(pid: number): number {
  const status = readText(`/proc/${pid}/status`);
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? "") ?? [];
  return Number(kib) / KIB_PER_MIB;
}

function listProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readStat(pid: number): ProcessStat | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The command stands in parentheses and may hold anything; the numbers begin behind the last one.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, parentId = 0] = fields;
  const [userTicks = 0, systemTicks = 0, endedUserTicks = 0, endedSystemTicks = 0] = fields.slice(11, 15);
  return {
    parentId,
    ownCpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND,
    endedChildrenCpuSeconds: (endedUserTicks + endedSystemTicks) / TICKS_PER_SECOND,
  };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
