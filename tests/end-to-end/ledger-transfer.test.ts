import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { activateRuleSet, connect, type Sql } from "@xueshi/database";
import { createTestDatabase, type TestDatabase } from "@xueshi/database/testing";
import { createNoteSigner } from "@xueshi/vault";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const NOBODY = "11111111-1111-8111-8111-111111111111";
const folder = makeTemporaryFolder();
let home: TestDatabase;
let away: TestDatabase;
let owner: Sql;

beforeAll(async () => {
  [home, away] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  owner = connect({ url: home.url, connectionsMax: 1, applicationName: "test" });
  const rules = { ruleSetId: "a", activatedAtMs: 1, digest: "00".repeat(32), fullText: 'id: a\n"\\', activatedBy: "x" };
  await activateRuleSet(owner, rules);
});
afterAll(async () => {
  await owner.end();
  await Promise.all([home.drop(), away.drop()]);
  folder.remove();
});

interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the command as it is typed, without a terminal. */
function ledger(args: readonly string[], databaseUrl: string, input: string | Buffer = "", more = {}): Promise<Ended> {
  const env = { ...process.env, XUESHI_DATA_DIR: folder.at("data"), DATABASE_URL: databaseUrl, ...more };
  const child = spawn(process.execPath, [join(ROOT, "scripts/ledger/main.ts"), ...args], { cwd: ROOT, env });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

describe("export and import", () => {
  test("a signed file goes from one database into another, once", async () => {
    const file = folder.at("ledger.ndjson.gz");
    const key = { XUESHI_SIGNING_KEY: "07".repeat(32), XUESHI_ORIGIN: "example/ledger" };
    const written = await ledger(["export", "--out", file, "--lang", "en"], home.url, "", key);
    expect(written).toMatchObject({ status: 0, stdout: Buffer.alloc(0) });
    const verifierKey = /example\/ledger\+\S+/.exec(written.stderr)?.[0] ?? "";
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = gunzipSync(readFileSync(file)).toString("utf8").split("\n");
    expect(lines.map((line) => line.slice(0, 30))).toEqual([
      '{"header":{"format":"xueshi-le',
      '{"table":"requirement.activati',
      '{"trailer":{"lines":2,"counts"',
      "",
    ]);
    const stranger = createNoteSigner("example/ledger", Buffer.alloc(32, 8)).verifierKey;
    const other = await ledger(["import", file, "--verifier-key", stranger, "--lang", "en"], away.url);
    expect(other.status).toBe(1);
    expect(other.stderr).toContain("signature_invalid: line 1");
    const taken = await ledger(["import", file, "--verifier-key", verifierKey, "--lang", "en"], away.url);
    const root = createHash("sha256").digest("base64");
    expect(taken).toMatchObject({ status: 0, stderr: "" });
    expect(taken.stdout.toString()).toBe(`Taken: 1 rows, 0 people.\nsame heads: 0 ${root}\nsame feed: 0 ${root}\n`);
    const again = await ledger(["import", file, "--lang", "en"], away.url);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain("database_not_empty: the database holds rows already: requirement.activation");
    expect((await ledger(["export", "--out", file], home.url)).status).toBe(2);
  });

  test("standard output and input do as well; a file that is not whole is refused by line", async () => {
    const { status, stdout, stderr } = await ledger(["export", "--out", "-"], home.url);
    expect(status).toBe(0);
    expect(stderr).toContain("未签名");
    const text = stdout.toString("utf8");
    const empty = await createTestDatabase();
    const cut = await ledger(["import", "-"], empty.url, text.slice(0, text.indexOf("\n", 900) + 1));
    expect(cut.status).toBe(1);
    expect(cut.stderr).toContain("file_cut_off: line");
    const broken = folder.at("broken.gz");
    writeFileSync(broken, gzipSync(text).subarray(0, -20));
    const unzipped = await ledger(["import", broken], empty.url);
    expect([unzipped.status, unzipped.stderr.split("\n")[0]]).toEqual([1, expect.stringContaining("file_cut_off")]);
    expect((await ledger(["import", "-"], empty.url, text)).status).toBe(0);
    await empty.drop();
  });

  test("what is typed wrongly is 2, and no file is begun", async () => {
    const out = folder.at("none.ndjson");
    const tries = await Promise.all([
      ledger(["export"], home.url),
      ledger(["export", "--out", out, "--practitioner", "wang"], home.url),
      ledger(["export", "--out", folder.at("nobody.ndjson"), "--practitioner", NOBODY], home.url),
      ledger(["export", "--out", folder.at("nowhere.ndjson")], "postgres://nobody:secret@127.0.0.1:1/none"),
      ledger(["import"], away.url),
      ledger(["import", folder.at("missing")], away.url),
      ledger(["import", "a", "b"], away.url),
    ]);
    expect(tries.map(({ status }) => status)).toEqual(tries.map(() => 2));
    for (const { stderr } of tries) expect(stderr).not.toContain("secret");
    for (const name of ["none", "nobody", "nowhere"]) expect(existsSync(folder.at(`${name}.ndjson`))).toBe(false);
  });
});
