import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer } from "node:net";

/** A lock that is held until it is released or the process ends, however it ends. */
export type DirectoryLock = { release(): Promise<void> };

/**
 * Takes the lock of a directory, or null when another holder (this process included) has it.
 * It is an abstract Unix socket (unix(7)) named after the directory's device and inode: taking it is atomic,
 * the kernel gives it back at the process's end, and no file is left behind. One network namespace sees it.
 */
export async function holdLock(directory: string): Promise<DirectoryLock | null> {
  const { dev, ino } = await stat(directory);
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen({ path: `\0xueshi-postgres-${dev}-${ino}` });
    await once(server, "listening");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return null;
    throw error;
  }
  server.unref();
  return {
    release: async () => {
      server.close();
      await once(server, "close");
    },
  };
}
