import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { startTestRedis, type TestRedis } from "@xueshi/runtime/testing";

/** A Redis for tests at an address that stays while the server behind it is killed and another one started. */
export type RedisGate = {
  url: string;
  /** SIGKILL; the address refuses connections until `start`. */
  kill(): Promise<void>;
  /** A new server, empty. */
  start(): Promise<void>;
  /** The server stops answering but keeps its connections. */
  freeze(): void;
  thaw(): void;
  /** Half open: connections stay, new ones are taken, and what is sent in either direction is swallowed. */
  partition(): void;
  /** Sound again for what is sent from now on. */
  heal(): void;
  stop(): Promise<void>;
};

export async function openRedisGate(): Promise<RedisGate> {
  let server = await startServer();
  let passing = true;
  const pairs = new Set<[Socket, Socket]>();
  const gate = createServer((inner) => {
    const outer = connect(server.port, "127.0.0.1");
    const pair: [Socket, Socket] = [inner, outer];
    pairs.add(pair);
    for (const [from, to] of [pair, [outer, inner] as const]) {
      from.on("data", (chunk) => passing && to.write(chunk));
      from.on("error", () => undefined);
      from.on("close", () => {
        if (passing) to.destroy();
        pairs.delete(pair);
      });
    }
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const address = gate.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  const { port } = address;

  function cut(): void {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
  }
  async function kill(): Promise<void> {
    process.kill(server.pid, "SIGKILL");
    await server.stop();
    const closed = new Promise((resolve) => gate.close(resolve));
    cut();
    await closed;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start: async () => {
      server = await startServer();
      gate.listen(port, "127.0.0.1");
      await once(gate, "listening");
    },
    freeze: () => process.kill(server.pid, "SIGSTOP"),
    thaw: () => process.kill(server.pid, "SIGCONT"),
    partition: () => {
      passing = false;
    },
    heal: () => {
      passing = true;
    },
    stop: async () => {
      if (gate.listening) await kill();
    },
  };
}

async function startServer(): Promise<TestRedis> {
  const server = await startTestRedis();
  if (server === null) throw new Error("there is no redis-server here");
  return server;
}
