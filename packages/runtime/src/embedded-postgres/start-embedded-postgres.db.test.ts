import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { isRunning } from "../processes/is-running.ts";
import { systemClock } from "../time/system-clock.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./start-embedded-postgres.ts";

/** One directory for all tests: each begins with a start on what the one before it left. */
let root = "";
let dataDir = "";
let lines: string[] = [];
let server: EmbeddedPostgres | null = null;

beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), "xueshi-embedded-"));
  dataDir = join(root, "data");
  await chmod(root, 0o711);
  await (await start()).stop();
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function start(more: { databaseName?: string; port?: number } = {}): Promise<EmbeddedPostgres> {
  const logger = createLogger({ service: "test", clock: systemClock, write: (line) => lines.push(line) });
  server = await startEmbeddedPostgres({ dataDir, databaseName: "xueshi", logger, ...more });
  return server;
}

async function query(url: string, text: string): Promise<readonly postgres.Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}

it("keeps what was stored from one start to the next, durably, for both clients", async () => {
  const first = await start();
  expect(first).toMatchObject({ major: 18, dataDir });
  await query(first.url, "CREATE TABLE kept AS SELECT 1 AS one");
  await first.stop();
  expect(isRunning(first.pid)).toBe(false);
  const second = await start();
  expect(await query(second.url, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
  const client = new Client({ connectionString: second.url });
  await client.connect();
  const settings = ["fsync", "synchronous_commit", "full_page_writes", "server_encoding", "TimeZone", "jit"];
  const read = settings.map((name) => `current_setting('${name}') AS ${name.toLowerCase()}`);
  const { rows } = await client.query(`SELECT ${read.join(", ")}, 'ä' < 'z' AS linguistic, lower('Ä') AS lower`);
  await client.end();
  expect(rows).toEqual([
    {
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      server_encoding: "UTF8",
      timezone: "UTC",
      jit: "off",
      linguistic: false,
      lower: "ä",
    },
  ]);
});

it("lets nobody in without the password, and keeps that for its owner alone", async () => {
  const { url, port } = await start();
  expect((await stat(join(dataDir, "superuser-password"))).mode & 0o777).toBe(0o600);
  const wrong = url.replace(/:[^:@]+@/, ":wrong@");
  await expect(query(wrong, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  expect(lines.join("")).toContain(`"port":${port}`);
  expect(lines.join("")).not.toContain(new URL(url).password);
});

it("writes no statement and no stored value to its log", async () => {
  const { url } = await start();
  const text =
    "CREATE TEMP TABLE t (a text UNIQUE); INSERT INTO t VALUES ('330899199001011234'), ('330899199001011234')";
  await expect(query(url, text)).rejects.toMatchObject({ code: "23505" });
  await expect(query(url, "SELECT 'not a number 330899199001011234'::int")).rejects.toMatchObject({ code: "22P02" });
  await server?.stop();
  const log = await readFile(join(dataDir, "postgres.log"), "utf8");
  expect(log).toContain("database system is ready");
  expect(log).not.toMatch(/330899|INSERT/);
});

it("refuses a second start on the same directory while the first lives", async () => {
  await start();
  const first = server;
  await expect(start()).rejects.toMatchObject({ code: "embedded_postgres_in_use" });
  expect(isRunning(Number(first?.pid))).toBe(true);
});

it("takes the port that was asked for, and says so when it is taken", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(start({ port })).rejects.toMatchObject({
    code: "embedded_postgres_port_taken",
    message: expect.stringContaining(`Port ${port} `),
  });
  await new Promise((resolve) => listener.close(resolve));
  expect((await start({ port })).port).toBe(port);
});

it("makes a further database on data that is there, and finds it again when its notes are lost", async () => {
  const first = await start({ databaseName: "second_one" });
  await query(first.url, "CREATE TABLE kept_here ()");
  await first.stop();
  await rm(join(dataDir, "embedded-postgres.json"));
  const second = await start({ databaseName: "second_one" });
  expect(await query(second.url, "SELECT current_database() AS name, count(*)::int FROM kept_here")).toEqual([
    { name: "second_one", count: 0 },
  ]);
});

it("sets a new password when the old one is lost", async () => {
  const before = await readFile(join(dataDir, "superuser-password"), "utf8");
  await rm(join(dataDir, "superuser-password"));
  const { url } = await start();
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  expect(await readFile(join(dataDir, "superuser-password"), "utf8")).not.toBe(before);
});

it("starts over a lock file whose number now belongs to another process", async () => {
  await writeFile(join(dataDir, "cluster/postmaster.pid"), `${process.pid}\n${dataDir}/cluster\n0\n1\n\n\n\nready\n`);
  const { url } = await start();
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

it("starts over a lock file of a process that is gone", async () => {
  await writeFile(join(dataDir, "cluster/postmaster.pid"), `4194304\n${dataDir}/cluster\n0\n1\n\n\n\nready\n`);
  const { url } = await start();
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

it("tells when the server ends by itself, and recovers what was acknowledged", async () => {
  const first = await start();
  await query(first.url, "CREATE TABLE acknowledged AS SELECT 7 AS seven");
  process.kill(first.pid, "SIGKILL");
  expect(await first.exited).toEqual({ code: null, signal: "SIGKILL" });
  await first.stop();
  expect(lines.join("")).toContain("ended by itself");
  const second = await start();
  expect(await query(second.url, "SELECT seven FROM acknowledged")).toEqual([{ seven: 7 }]);
});

it("leaves data of another major version as it is", async () => {
  dataDir = join(root, "older");
  await mkdir(join(dataDir, "cluster"), { recursive: true });
  await writeFile(join(dataDir, "cluster/PG_VERSION"), "15\n");
  await expect(start()).rejects.toMatchObject({
    code: "embedded_postgres_version_mismatch",
    message: expect.stringMatching(/is of PostgreSQL 15, .* brings PostgreSQL 18/),
  });
  expect(await readdir(join(dataDir, "cluster"))).toEqual(["PG_VERSION"]);
  dataDir = join(root, "data");
});

it("leaves a folder alone that is no cluster", async () => {
  dataDir = join(root, "foreign");
  await mkdir(join(dataDir, "cluster"), { recursive: true });
  await expect(start()).rejects.toMatchObject({ code: "embedded_postgres_version_mismatch" });
  expect(await readdir(join(dataDir, "cluster"))).toEqual([]);
  dataDir = join(root, "data");
});

it.each(["", "Upper", "1st", "a-b", "a;b", "x".repeat(64)])("refuses the database name %j", async (databaseName) => {
  await expect(start({ databaseName })).rejects.toMatchObject({ code: "config_invalid" });
});

it("says what to do when the binaries do not run", async () => {
  const logger = createLogger({ service: "test", clock: systemClock, write: () => {} });
  const attempt = startEmbeddedPostgres({ dataDir, databaseName: "xueshi", logger, binaries: { binDir: root } });
  await expect(attempt).rejects.toMatchObject({
    code: "embedded_postgres_unavailable",
    message: expect.stringContaining("Set DATABASE_URL"),
  });
});
