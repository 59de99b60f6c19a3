import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import postgres from "postgres";
import { expect, it } from "vitest";
import { isRunning } from "../processes/is-running.ts";
import { startTestMariadb } from "./start-test-mariadb.ts";
import { startTestPostgres } from "./start-test-postgres.ts";
import { startTestRedis } from "./start-test-redis.ts";

it.each([18, 15] as const)("starts PostgreSQL %i where it is installed, and leaves nothing behind", async (major) => {
  const server = await startTestPostgres({ major });
  const installed = major === 18 || existsSync(`/usr/lib/postgresql/${major}/bin/postgres`);
  expect(server !== null || !installed).toBe(true);
  if (server === null) return;
  expect(server.major).toBe(major);
  const sql = postgres(server.url, { max: 1 });
  const rows = await sql`
    SELECT current_setting('fsync') AS fsync, lower('Ä') AS lower, 'ä' < 'z' AS linguistic,
      current_setting('server_version_num')::int / 10000 AS major`;
  await sql.end();
  expect([...rows]).toEqual([{ fsync: "off", lower: "ä", linguistic: false, major }]);
  await server.stop();
  expect(isRunning(server.pid)).toBe(false);
  expect(existsSync(server.dataDir)).toBe(false);
});

it("starts Redis where it is installed, and ends it", async () => {
  const server = await startTestRedis();
  if (server === null) return;
  const socket = connect(server.port, "127.0.0.1");
  socket.end("PING\r\nQUIT\r\n");
  expect(await text(socket)).toBe("+PONG\r\n+OK\r\n");
  expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
  await Promise.all([server.stop(), server.stop()]);
  expect(isRunning(server.pid)).toBe(false);
});

it("starts MariaDB where it is installed, and leaves nothing behind", async () => {
  const server = await startTestMariadb();
  expect(server !== null || !existsSync("/usr/sbin/mariadbd")).toBe(true);
  if (server === null) return;
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const [greeting] = await once(socket, "data");
  socket.destroy();
  expect(String(greeting)).toContain("MariaDB");
  await Promise.all([server.stop(), server.stop()]);
  expect(isRunning(server.pid)).toBe(false);
});
