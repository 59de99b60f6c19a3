import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { deathSignalPrefix } from "../processes/death-signal.ts";
import { isRunning } from "../processes/is-running.ts";
import { systemClock } from "../time/system-clock.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./start-embedded-postgres.ts";

const index = fileURLToPath(new URL("../index.ts", import.meta.url));
const patience = { timeout: 20_000 };
const lines: string[] = [];
/** One directory for all tests but the one that cuts off its making: each begins on what the one before it left. */
let root = "";
let dataDir = "";
let toStop: EmbeddedPostgres | null = null;
let toKill: ChildProcess | null = null;
let serverElsewhere = 0;

beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), "xueshi-killed-"));
  dataDir = join(root, "data");
  await chmod(root, 0o711);
});
afterEach(async () => {
  toKill?.kill("SIGKILL");
  if (serverElsewhere > 0 && isRunning(serverElsewhere)) process.kill(serverElsewhere, "SIGQUIT");
  await toStop?.stop();
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A process that starts the server, tells its URL and process id in one line, and stays. */
function startElsewhere(path: string): ChildProcess {
  const script = `
    import { createLogger, startEmbeddedPostgres } from ${JSON.stringify(index)};
    const logger = createLogger({ service: "starter", clock: () => 0 });
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, databaseName: "xueshi", logger });
    process.once("SIGINT", () => process.exit(0));
    console.log(JSON.stringify({ url: server.url, pid: server.pid }));
    setInterval(() => {}, 1e9);`;
  toKill = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: { PATH: path },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return toKill;
}

async function told(child: ChildProcess): Promise<{ url: string; pid: number }> {
  const output = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  for await (const line of output) {
    const server = JSON.parse(line);
    serverElsewhere = server.pid;
    return server;
  }
  throw new Error("the starter ended before it told its server");
}

async function store(url: string, what: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql`CREATE TABLE IF NOT EXISTS acknowledged (what text)`;
  await sql`INSERT INTO acknowledged VALUES (${what})`;
  await sql.end();
}

/** Starts the server in this process: the rows it finds, or the SQLSTATE of looking for them. */
async function startHere(): Promise<unknown> {
  const logger = createLogger({ service: "test", clock: systemClock, write: (line) => lines.push(line) });
  toStop = await startEmbeddedPostgres({ dataDir, databaseName: "xueshi", logger });
  const sql = postgres(toStop.url, { max: 1 });
  try {
    return await sql.unsafe("SELECT what FROM acknowledged").catch((error) => error.code);
  } finally {
    await sql.end();
  }
}

/** Programs the start needs besides the server's own, without the one that asks for the death signal. */
async function pathWithoutDeathSignal(): Promise<string> {
  const directory = await mkdtemp(join(root, "bin-"));
  await chmod(directory, 0o755);
  await symlink("/bin/true", join(directory, "true"));
  return directory;
}

it("the server ends with a starter that is killed, where the kernel can tell it", async () => {
  const starter = startElsewhere(process.env.PATH ?? "");
  const { url, pid } = await told(starter);
  await store(url, "before a kill");
  starter.kill("SIGKILL");
  const outlives = deathSignalPrefix("INT").length === 0;
  await expect.poll(() => isRunning(pid), patience).toBe(outlives);
  expect(await startHere()).toContainEqual({ what: "before a kill" });
});

it("a server that outlived its starter is stopped by the next start", async () => {
  const starter = startElsewhere(await pathWithoutDeathSignal());
  const { url, pid } = await told(starter);
  await store(url, "before an orphan");
  starter.kill("SIGKILL");
  await once(starter, "exit");
  expect(isRunning(pid)).toBe(true);
  expect(await startHere()).toContainEqual({ what: "before an orphan" });
  expect(isRunning(pid)).toBe(false);
  expect(lines.join("")).toContain("an earlier run left behind");
});

it("an init that was cut off in the middle is done again", async () => {
  dataDir = join(root, "cut-off");
  const starter = startElsewhere(process.env.PATH ?? "");
  const draftFiles = async () => {
    const names = await readdir(dataDir).catch(() => []);
    const draft = names.find((name) => name.startsWith("cluster-draft-") && !name.endsWith(".password"));
    return draft === undefined ? 0 : (await readdir(join(dataDir, draft)).catch(() => [])).length;
  };
  await expect.poll(draftFiles, { ...patience, interval: 5 }).toBeGreaterThan(3);
  starter.kill("SIGKILL");
  await once(starter, "exit");
  expect(await readdir(dataDir)).not.toContain("cluster");
  const undefinedTable = "42P01";
  expect(await startHere()).toBe(undefinedTable);
  const names = await readdir(dataDir);
  expect(names.filter((name) => name.startsWith("cluster"))).toEqual(["cluster"]);
});

it("the server ends with a starter that leaves without stopping it", async () => {
  const starter = startElsewhere(await pathWithoutDeathSignal());
  const { pid } = await told(starter);
  starter.kill("SIGINT");
  await once(starter, "exit");
  await expect.poll(() => isRunning(pid), patience).toBe(false);
});
