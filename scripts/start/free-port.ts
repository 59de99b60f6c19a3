import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type ListenOptions } from "node:net";
import { platform } from "node:os";

/** Below the ports that systems give to outgoing connections: one of those would take the port of a child that starts again. */
const PORTS = { first: 20_000, last: 32_000 } as const;
const PORT_ATTEMPTS_MAX = 50;
/** Asked for in this process: one that is free still may be meant for another child. */
const given = new Set<number>();

/**
 * A TCP port on the loop-back address for a process that is started later, and again after it ended: free now, and on
 * Linux given to nobody else by this function, in whatever process, until this process ends.
 * @throws Error when 50 drawn ports were all taken
 */
export async function freePort(draw: () => number = drawPort): Promise<number> {
  for (let attempt = 1; attempt <= PORT_ATTEMPTS_MAX; attempt += 1) {
    const port = draw();
    if (given.has(port)) continue;
    given.add(port);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
  throw new Error(`no port between ${PORTS.first} and ${PORTS.last} was free`);
}

function drawPort(): number {
  return randomInt(PORTS.first, PORTS.last);
}

/** An abstract socket's name belongs to one process at a time and is gone with it (unix(7)). */
async function reserve(port: number): Promise<boolean> {
  if (platform() !== "linux") return true;
  return (await listen({ path: `\0xueshi-port-${port}` })) !== null;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen({ port, host: "127.0.0.1" });
  if (server === null) return false;
  server.close();
  await once(server, "close");
  return true;
}

/** A server that keeps no process alive; null where somebody else listens. */
async function listen(place: ListenOptions) {
  const server = createServer().unref();
  try {
    server.listen(place);
    await once(server, "listening");
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
}
