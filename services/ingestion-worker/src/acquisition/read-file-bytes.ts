import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Without waiting: a pipe in the folder would otherwise be waited for until somebody writes to it. */
const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

/** The bytes of a file; null when it is not there, is no plain file, or cannot be read. */
export async function readFileBytes(path: string, bytesMax: number): Promise<Buffer | "too_large" | null> {
  const handle = await open(path, READ_AT_ONCE).catch(() => null);
  if (handle === null) return null;
  try {
    const found = await handle.stat();
    if (!found.isFile()) return null;
    return found.size > bytesMax ? "too_large" : await handle.readFile();
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}
