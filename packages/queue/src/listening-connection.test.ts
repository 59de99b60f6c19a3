import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ListeningConnection } from "./listening-connection.ts";

const packet = (type: string, body: string): Buffer => {
  const head = Buffer.alloc(5, type, "latin1");
  head.writeInt32BE(4 + Buffer.byteLength(body), 1);
  return Buffer.concat([head, Buffer.from(body)]);
};
const authenticated = packet("R", "\0\0\0\0");
const ready = packet("Z", "I");
const listened = Buffer.concat([packet("C", "LISTEN\0"), ready]);
const cut = packet("E", "SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0");

/** A server that speaks as much of the protocol as it takes to cut a connection in one chosen moment. */
describe("the LISTEN connection of a server that cuts connections", () => {
  let server: Server;
  let connection: ListeningConnection;
  /** What each connection that was made has asked for. */
  let asked: string[];
  let sockets: Socket[];
  /** What each connection in turn says when it is greeted, and when it is asked to listen. */
  let script: { greeting: Buffer; listen: Buffer }[];

  beforeEach(async () => {
    asked = [];
    sockets = [];
    server = createServer((socket) => {
      const index = sockets.push(socket) - 1;
      const { greeting, listen } = script[index] ?? {
        greeting: Buffer.concat([authenticated, ready]),
        listen: listened,
      };
      asked[index] = "";
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(greeting);
        socket.on("data", (data) => {
          asked[index] += data.toString("latin1");
          if (data.includes("listen bullmq_jobs")) socket.write(listen);
        });
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    connection = new ListeningConnection({
      connectionString: `postgres://nobody@127.0.0.1:${port}/none`,
      schema: "mq",
      max: 1,
      application_name: "test",
      options: "",
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await connection.shutDown();
    server.close();
  });

  test("cut in the moment it has connected: an error, not the end of the process; the next one listens", async () => {
    script = [{ greeting: Buffer.concat([authenticated, ready, cut]), listen: listened }];
    const errors: unknown[] = [];
    connection.on("error", (error) => errors.push(error));
    await expect(connection.getListenClient()).rejects.toThrow();
    await connection.getListenClient();
    expect(errors).not.toEqual([]);
    expect(asked[1]).toContain("listen bullmq_jobs");
  });

  test("cut in the moment it listens: workers hear of it, and the next one listens, too", async () => {
    script = [
      { greeting: Buffer.concat([authenticated, ready]), listen: Buffer.concat([listened, cut]) },
      { greeting: Buffer.concat([authenticated, ready]), listen: listened },
    ];
    connection.on("error", () => undefined);
    const invalidated = once(connection, "listenerinvalidated");
    await connection.getListenClient();
    await invalidated;
    await connection.getListenClient();
    expect(asked.map((text) => text.includes("listen bullmq_jobs"))).toEqual([true, true]);
  });

  test("asked twice at once: one connection", async () => {
    script = [];
    connection.on("error", () => undefined);
    await Promise.all([connection.getListenClient(), connection.getListenClient()]);
    expect(sockets).toHaveLength(1);
  });

  test("closed: no new connection", async () => {
    script = [];
    await connection.shutDown();
    await expect(connection.getListenClient()).rejects.toThrow("closed");
    expect(sockets).toHaveLength(0);
  });
});
