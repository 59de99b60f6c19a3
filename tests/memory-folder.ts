import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const MEMORY = "/dev/shm";
/** Several times what a whole run has in its temporary folders at once. */
const BYTES_MIN = 4 * 2 ** 30;
const PREFIX = "xueshi-tests-";

/**
 * A folder in memory for what a run throws away, removed when this process ends: databases of a minute need no disk, and
 * making one there takes a third of the time. Null where there is no such place, or not room enough.
 */
export function makeMemoryFolder(): string | null {
  if (!hasRoom()) return null;
  removeFoldersOfTheDead();
  const folder = mkdtempSync(join(MEMORY, `${PREFIX}${process.pid}-`));
  // The account of the embedded PostgreSQL enters it.
  chmodSync(folder, 0o711);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function hasRoom(): boolean {
  try {
    // proc(5): what is mounted, where, as what, and how. Some tests run programs that they copied.
    const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
    const [, , kind = "", options = ""] = mounts.find((line) => line.split(" ")[1] === MEMORY)?.split(" ") ?? [];
    const { bavail, bsize } = statfsSync(MEMORY);
    const bytes = Math.min(bavail * bsize, process.availableMemory());
    return kind === "tmpfs" && !options.split(",").includes("noexec") && bytes >= BYTES_MIN;
  } catch {
    return false;
  }
}

/** A run that was killed leaves its folder. */
function removeFoldersOfTheDead(): void {
  for (const name of readdirSync(MEMORY).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number.parseInt(name.slice(PREFIX.length), 10);
    if (!isAlive(pid)) rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
