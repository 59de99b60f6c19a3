import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { connect, type Sql } from "../index.ts";
import { isConnectionLost } from "./failures.ts";

const heard: unknown[] = [];
const hear = (reason: unknown): void => void heard.push(reason);
afterEach(() => {
  process.off("unhandledRejection", hear);
});

/** `R` authentication ok, then `Z` ready for a query (PostgreSQL, Frontend/Backend Protocol, message formats). */
const READY = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

/** The failure of one statement that is sent to a server. */
async function askOnce(server: Server): Promise<{ readonly sql: Sql; readonly failure: unknown }> {
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sql = connect({ url: `postgres://u:p@127.0.0.1:${port}/d`, connectionsMax: 1, applicationName: "test" });
  const failure = await sql`SELECT 1`.then(
    () => null,
    (error: unknown) => error,
  );
  return { sql, failure };
}

it("a connection that is lost while the driver asks for types, and not to be had again, fails its statement alone", async () => {
  process.on("unhandledRejection", hear);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(READY);
      socket.once("data", () => {
        // The driver comes again, and is refused.
        server.close();
        socket.destroy();
      });
    });
  }).listen(0, "127.0.0.1");
  const { sql, failure } = await askOnce(server);
  expect(failure).toMatchObject({ code: "ECONNREFUSED" });
  expect(isConnectionLost(failure)).toBe(true);
  await sql.end({ timeout: 1 });
  // A rejection that nobody heard is told in the turn after.
  await turn();
  expect(heard).toEqual([]);
});

it("a server that takes connections and says nothing is given up, as when nobody stands behind what forwards them", async () => {
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    socket.on("error", () => {});
    socket.end();
  }).listen(0, "127.0.0.1");
  const { sql, failure } = await askOnce(server);
  expect(failure).toMatchObject({ code: "CONNECTION_CLOSED" });
  expect(isConnectionLost(failure)).toBe(true);
  expect(taken).toBe(2);
  await sql.end({ timeout: 1 });
  server.close();
});
