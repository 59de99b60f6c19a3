import { chmod, mkdtemp, readdir, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../logging/create-logger.ts";
import type { Clock } from "../time/clock.ts";
import { holdLock } from "./hold-lock.ts";
import { clearOrphan } from "./server-processes.ts";
import { readState } from "./store-files.ts";

const prefix = "xueshi-postgres-";
const ageMsMin = 10 * 60_000;

/** Makes an empty folder for a server that is thrown away, which the server's account may enter. */
export async function makeEphemeralDirectory(): Promise<string> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), prefix));
  await chmod(directory, 0o711);
  return directory;
}

/** Removes the folder and, where the cluster had to be elsewhere, the cluster. */
export async function removeEphemeralDirectory(directory: string): Promise<void> {
  const { storeDir } = await readState(directory);
  if (storeDir !== null) await rm(storeDir, { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
}

/** Removes the folders of runs that were killed: older than ten minutes and in nobody's use. */
export async function sweepEphemeralDirectories(clock: Clock, logger: Logger): Promise<void> {
  const parent = await realpath(tmpdir());
  const names = await readdir(parent);
  for (const name of names.filter((entry) => entry.startsWith(prefix))) {
    const directory = join(parent, name);
    const found = await stat(directory).catch(() => null);
    if (found === null || found.uid !== process.getuid?.() || clock() - found.ctimeMs < ageMsMin) continue;
    const lock = await holdLock(directory);
    if (lock === null) continue;
    const { storeDir } = await readState(directory);
    await clearOrphan(join(storeDir ?? directory, "cluster"), logger);
    await removeEphemeralDirectory(directory);
    await lock.release();
  }
}
