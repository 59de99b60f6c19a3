import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, ensureServiceLogin, migrateDatabase, SERVICE_ROLES, type Sql } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { formatCheckpoint } from "@xueshi/domain";
import { createLogger, startEmbeddedPostgres, systemClock } from "@xueshi/runtime";
import { sha256TreeHash } from "@xueshi/vault";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const NOBODY = "11111111-1111-8111-8111-111111111111";
const folder = makeTemporaryFolder();
let database: TestDatabase;
let owner: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
  folder.remove();
});

/** Runs the command as it is typed, without a terminal. */
function ledger(line: string, databaseUrl = ""): Promise<{ status: number; stdout: string; stderr: string }> {
  const args = [join(ROOT, "scripts/ledger/main.ts"), ...line.split(" ").filter((word) => word !== "")];
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test("is one of the commands of the repository", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
  expect(manifest.scripts.ledger).toBe("node scripts/ledger/main.ts");
});

test("every verb explains itself with an example", async () => {
  const help = await ledger("--help");
  expect(help).toMatchObject({ status: 0, stderr: "" });
  const verbs = Array.from(help.stdout.matchAll(/^ {2}([a-z][a-z-]*) {2,}/gm), ([, verb = ""]) => verb);
  expect(verbs).toContain("verify");
  const explained = await Promise.all(verbs.map((verb) => ledger(`${verb} --help --lang en`)));
  expect(explained.map(({ stdout }) => /Example:\s+pnpm ledger ([a-z-]+)/.exec(stdout)?.[1])).toEqual(verbs);
});

describe("what is typed wrongly, or cannot be done, is 2 and says why", () => {
  test.each([
    ["", "pnpm ledger"],
    ["vrify", "verify"],
    ["verify --lang fr", "--lang"],
    ["verify --limt 3", "--limt"],
    ["verify --limit many", "--limit"],
    ["verify", "DATABASE_URL"],
    ["verify --only chain", "DATABASE_URL"],
    ["verify --only chain,blances", "chain, balances, states"],
    ["verify --only feed", "chain, balances, states"],
    ["verify --only chain --limit many", "--limit"],
    ["verify --only chain --full", "--full"],
    ["verify --only chain --checkpoint none.note", "--checkpoint"],
    ["verify --only chain --since-checkpoint none.note", "--since-checkpoint"],
    ["verify --only chain --verifier-key x", "--verifier-key"],
    ["verify --database-url postgres://x/y --checkpoint none.note", "none.note"],
    ["verify --database-url mysql://x/y", "postgres://"],
    ["doctor", "DATABASE_URL"],
    ["doctor --fix", "--fix"],
    ["doctor --database-url postgres://x/y --migrations nowhere", "nowhere"],
    ["verify --database-url postgres://nobody:secret@127.0.0.1:1/none", ""],
  ])("pnpm ledger %s", async (line, said) => {
    const { status, stdout, stderr } = await ledger(line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("secret");
  });
});

describe("verify", () => {
  test("finds nothing in an empty ledger, and says so in the language asked for", async () => {
    expect(await ledger("verify", database.url)).toEqual({
      status: 0,
      stdout: "检查点 0 个，未验签名；全部分录在检查点之内。\n0 人，0 条分录；完好。\n",
      stderr: "",
    });
    const { stdout } = await ledger("verify --json", database.url);
    expect(JSON.parse(stdout)).toMatchObject({ sound: true, people: 0, entries: 0, findings: [] });
  });

  test("of some parts says which it left out, and never that the ledger is sound", async () => {
    const { status, stdout, stderr } = await ledger("verify --lang en --only balances,chain", database.url);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Looked at: chain hash chains and heads, balances balances\.\nNot looked at, so no change there is found:\n {2}states /,
    );
    expect(stdout).toContain("  feed the feed, and postings that wait for a position: ledger.feed, ");
    expect(stdout).toMatch(/\n0 people, 0 entries; what was looked at is sound, the rest was not looked at\.\n$/);
    const json = await ledger("verify --json --only chain", database.url);
    expect(json.status).toBe(0);
    const report = JSON.parse(json.stdout) as { parts: { verified: string[]; notVerified: { part: string }[] } };
    expect(report).toMatchObject({ sound: null, entries: 0, findings: [], parts: { verified: ["chain"] } });
    expect(report.parts.notVerified).toContainEqual({ part: "balances", tables: ["projection.balance"] });
    const whole = JSON.parse((await ledger("verify --json", database.url)).stdout) as typeof report;
    expect(whole.parts.notVerified.map(({ part }) => part)).toEqual(["records", "verdicts"]);
  });

  test("keeps the newest checkpoint in a file, and takes no other file for one", async () => {
    const root = Buffer.from(sha256TreeHash.empty).toString("base64");
    const checkpoint = formatCheckpoint({ origin: "ledger.example/x", size: 0, root, heads: 0, headsRoot: root });
    const note = `${checkpoint}\n— ledger.example/x AAAA\n`;
    await owner`INSERT INTO ledger.checkpoint (size, signed_at, note) VALUES (0, now(), ${note})`;
    const file = folder.at("verified.note");
    expect(await ledger(`verify --since-checkpoint ${file}`, database.url)).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(note);
    expect(await ledger(`verify --since-checkpoint ${file}`, database.url)).toMatchObject({ status: 0 });
    writeFileSync(file, "nothing");
    const { status, stderr } = await ledger(`verify --lang en --since-checkpoint ${file}`, database.url);
    expect({ status, says: stderr.includes("--since-checkpoint") }).toEqual({ status: 2, says: true });
    expect(readFileSync(file, "utf8")).toBe("nothing");
    await owner.unsafe(
      "SET session_replication_role = replica; DELETE FROM ledger.checkpoint; RESET session_replication_role",
    );
  });

  test("names the row that is wrong, with what is expected and what is there", async () => {
    await owner`INSERT INTO ledger.head (practitioner_id, sequence, hash, recorded_at) VALUES (${NOBODY}, 3, ${Buffer.alloc(32, 1)}, now())`;
    const { status, stdout } = await ledger("verify --lang en --limit 1", database.url);
    expect(status).toBe(1);
    expect(stdout).toContain(`head_differs ledger.head ${NOBODY} sequence\n  expected 0\n  found 3\n`);
    expect(stdout).toMatch(
      /head_differs: 3 .*\n.*\ncheckpoints: 0, signatures not verified; covering every entry\.\n1 people, 0 entries; findings: 3\.\n$/,
    );
    const json = await ledger("verify --json", database.url);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ sound: false, counts: { head_differs: 3 } });
    const some = await ledger("verify --json --only chain", database.url);
    expect(some.status).toBe(1);
    expect(JSON.parse(some.stdout)).toMatchObject({ sound: false, counts: { head_differs: 3 } });
    const english = await ledger("verify --lang en --only chain --limit 0", database.url);
    expect(english.stdout).toMatch(/\n1 people, 0 entries; findings: 3\.\n$/);
  });
});

describe("doctor", () => {
  test("finds nothing in an installation as it is made, on a server that keeps what was acknowledged", async () => {
    const logger = createLogger({ service: "test", level: "error", clock: systemClock });
    const server = await startEmbeddedPostgres({ dataDir: folder.at("kept"), databaseName: "xueshi", logger });
    try {
      await migrateDatabase({ url: server.url });
      const sql = connect({ url: server.url, connectionsMax: 1, applicationName: "test" });
      for (const role of SERVICE_ROLES) await ensureServiceLogin(sql, role, "password-of-a-service");
      await sql.end();
      const { status, stdout, stderr } = await ledger("doctor --lang en", server.url);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const lines = stdout.trimEnd().split("\n");
      expect(lines.at(-1)).toBe("faults: 0, warnings: 0.");
      expect(lines.slice(0, -1).map((line) => line.split(/ {2,}/)[0])).toEqual(Array(13).fill("ok"));
    } finally {
      await server.stop();
    }
  });

  test("says what is wrong and what to do, in the language asked for, and leaves by 1", async () => {
    await owner`GRANT DELETE ON ledger.entry TO xueshi_ledger`;
    const chinese = await ledger("doctor", database.url);
    expect(chinese.status).toBe(1);
    expect(chinese.stdout).toMatch(
      /^故障 +权限 +xueshi_ledger 对受保护的 ledger\.entry 有 DELETE 权限。 REVOKE DELETE ON ledger\.entry FROM xueshi_ledger，/m,
    );
    const { status, stdout } = await ledger("doctor --json --lang en", database.url);
    expect(status).toBe(1);
    const report = JSON.parse(stdout) as { sound: boolean; checks: { code: string }[] };
    expect(report.sound).toBe(false);
    expect(report.checks.find(({ code }) => code === "right_to_change")).toEqual({
      ...{ check: "rights", state: "fault", code: "right_to_change" },
      message: "xueshi_ledger holds DELETE on ledger.entry, which is guarded.",
      todo: expect.stringMatching(/^REVOKE DELETE ON ledger\.entry FROM xueshi_ledger/),
    });
    await owner`REVOKE DELETE ON ledger.entry FROM xueshi_ledger`;
  });
});
