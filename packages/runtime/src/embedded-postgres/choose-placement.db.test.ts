import { appendFile, chmod, chown, cp, mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { systemClock } from "../time/system-clock.ts";
import { canReach, findAccounts } from "./accounts.ts";
import { type Binaries, findInstallation } from "./find-installation.ts";
import { isRoot, namespaceLauncher } from "./launcher.ts";
import { startEmbeddedPostgres } from "./start-embedded-postgres.ts";

let root = "";
let lines: string[] = [];
/** Programs that every account reaches, wherever this clone lies: copied where it is below a private folder. */
let binaries: Binaries = "embedded";
let copies = "";

beforeAll(async () => {
  const { binDir, copyableRoot } = await findInstallation("embedded");
  const accounts = await findAccounts([]);
  const reached = await Promise.all(accounts.map((account) => canReach(binDir, account)));
  if (reached.every(Boolean) || copyableRoot === null) return;
  copies = await mkdtemp(join(await realpath(tmpdir()), "xueshi-programs-"));
  await chmod(copies, 0o755);
  await cp(copyableRoot, join(copies, "native"), { recursive: true, verbatimSymlinks: true });
  binaries = { binDir: join(copies, "native/bin") };
});
afterAll(() => (copies === "" ? undefined : rm(copies, { recursive: true })));

beforeEach(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), "xueshi-placement-"));
  await chmod(root, 0o711);
  lines = [];
});
afterEach(() => rm(root, { recursive: true }));

/** A data directory below a folder that only its owner may enter, as a clone in a home directory is. */
async function privateDataDir(): Promise<string> {
  await mkdir(join(root, "home"), { mode: 0o700 });
  return join(root, "home/data");
}

type Way = Parameters<typeof startEmbeddedPostgres>[0]["placement"];

async function startTwice(dataDir: string, ...ways: readonly NonNullable<Way>[]): Promise<unknown[]> {
  const logger = createLogger({ service: "test", clock: systemClock, write: (line) => lines.push(line) });
  const seen: unknown[] = [];
  for (const placement of ways) {
    const server = await startEmbeddedPostgres({ dataDir, databaseName: "xueshi", binaries, logger, placement });
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    await sql`CREATE TABLE IF NOT EXISTS starts (at int)`;
    await sql`INSERT INTO starts VALUES (1)`;
    const [row] = await sql`SELECT count(*)::int AS starts FROM starts`;
    await sql.end();
    await server.stop();
    seen.push(row?.starts);
  }
  return seen;
}

function waysTaken(): unknown[] {
  return lines.map((line) => JSON.parse(line).runs).filter((way) => way !== undefined);
}

async function namespaceIsAllowed(): Promise<boolean> {
  const [account] = await findAccounts([]);
  return account !== undefined && namespaceLauncher(account) !== null;
}

it("runs as another account as root, and as oneself otherwise", async () => {
  expect(await startTwice(join(root, "data"), {}, {})).toEqual([1, 2]);
  const way = isRoot() ? "other-account" : "direct";
  expect(waysTaken()).toEqual([way, way]);
});

it("runs below a folder that only its owner may enter, and changes hands when it is opened", async () => {
  const dataDir = await privateDataDir();
  const relocationDir = join(root, "elsewhere");
  expect(await startTwice(dataDir, { relocationDir }, { relocationDir })).toEqual([1, 2]);
  const asRoot = (await namespaceIsAllowed()) ? "user-namespace" : "other-account";
  const closed = isRoot() ? asRoot : "direct";
  await chmod(join(root, "home"), 0o711);
  expect(await startTwice(dataDir, { relocationDir }, { relocationDir })).toEqual([3, 4]);
  const opened = isRoot() ? "other-account" : "direct";
  expect(waysTaken()).toEqual([closed, closed, opened, opened]);
});

it("keeps the data elsewhere, and says where, when nothing else is possible", async () => {
  const dataDir = await privateDataDir();
  const relocationDir = join(root, "elsewhere");
  const way = { relocationDir, without: ["user-namespace"] as const };
  expect(await startTwice(dataDir, way, way, { relocationDir })).toEqual([1, 2, 3]);
  const moved = lines.map((line) => JSON.parse(line)).filter((line) => line.storeDir !== undefined);
  expect(moved.map((line) => line.storeDir.startsWith(relocationDir))).toEqual(isRoot() ? [true, true, true] : []);
  if (isRoot()) expect(await readdir(dataDir)).not.toContain("cluster");
});

it("runs under a strict umask, which closes every folder it makes", async () => {
  const before = process.umask(0o077);
  try {
    const dataDir = join(root, "data");
    const relocationDir = join(root, "elsewhere");
    expect(await startTwice(dataDir, { relocationDir }, { relocationDir })).toEqual([1, 2]);
    const relocated = { relocationDir, without: ["user-namespace"] as const };
    expect(await startTwice(join(root, "other"), relocated, relocated)).toEqual([1, 2]);
  } finally {
    process.umask(before);
  }
});

it("knows which folders an account may enter", async () => {
  const stranger = { name: "stranger", uid: 4_000_000, gid: 4_000_000 };
  const dataDir = await privateDataDir();
  expect(await canReach(root, stranger)).toBe(true);
  expect(await canReach(join(dataDir, ".."), stranger)).toBe(false);
  const { uid, gid } = await stat(root);
  expect(await canReach(join(dataDir, ".."), { uid, gid })).toBe(true);
});

it("takes the account whose data it is first, then the usual ones, and never root", async () => {
  const passwd = join(root, "passwd");
  const line = (name: string, uid: number) => `${name}:x:${uid}:${uid}::/:/bin/false\n`;
  const { uid } = await stat(root);
  const owner = uid === 0 ? [] : ["owner"];
  await writeFile(passwd, ["root", "someone", "nobody", "postgres"].map((name, index) => line(name, index)).join(""));
  await appendFile(passwd, uid === 0 ? "" : line("owner", uid));
  const names = (await findAccounts([join(root, "not/there/yet")], passwd)).map((account) => account.name);
  expect(names).toEqual([...owner, "postgres", "nobody", "someone"]);
  expect(await findAccounts([], "/nonexistent")).toEqual([]);
});

it("as root, leaves to another user what is in that user's private folder", async () => {
  const [account] = await findAccounts([]);
  if (!isRoot() || account === undefined) return;
  const dataDir = await privateDataDir();
  await chown(join(root, "home"), account.uid, account.gid);
  expect(await startTwice(dataDir, {}, {})).toEqual([1, 2]);
  expect(waysTaken()).toEqual(["other-account", "other-account"]);
  expect((await stat(join(dataDir, "cluster"))).uid).toBe(account.uid);
});
