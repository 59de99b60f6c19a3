import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { PlatformsResponse } from "@xueshi/contracts";
import { type EmbeddedPostgres, type ServiceProcess, spawnService, systemClock } from "@xueshi/runtime";
import { startTestPostgres } from "@xueshi/runtime/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiClient, createApiClient, waitUntilReady } from "../start/api-client.ts";
import { freePort } from "../start/free-port.ts";
import { bundleEntries } from "./bundle-entries.ts";
import { bundleProgram } from "./bundle-program.ts";

const PATIENT_MS = 120_000;
const READY_MS_MAX = 30_000;
const WORKSPACE_DIR = join(import.meta.dirname, "../..");
const FEEDS_DIR = join(WORKSPACE_DIR, "tests/feeds/public");
const PASSWORDS = {
  XUESHI_INGESTION_PASSWORD: "password-of-ingestion",
  XUESHI_LEDGER_PASSWORD: "password-of-ledger",
  XUESHI_QUERY_PASSWORD: "password-of-query",
};

const programs = bundleEntries(WORKSPACE_DIR);
/** Outside the workspace, so that nothing is found in its node_modules by accident. */
let outDir = "";
let server: EmbeddedPostgres;
const services: ServiceProcess[] = [];

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "xueshi-bundle-"));
  const started = await startTestPostgres({ major: 18 });
  if (started === null) throw new Error("The embedded PostgreSQL 18 is missing.");
  server = started;
  for (const [name, entry] of programs) await bundleProgram({ name, entry, outDir, workspaceDir: WORKSPACE_DIR });
}, PATIENT_MS);

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await server.stop();
  await rm(outDir, { recursive: true });
}, PATIENT_MS);

/** The environment of a container: nothing of the machine's but what is given. */
const environment = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ NODE_ENV: "production", ...more });

async function run(
  name: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
  exitCode: number = 0,
): Promise<string> {
  const env = environment({ DATABASE_URL: server.url, ...more });
  const child = spawn(process.execPath, [join(outDir, `${name}.js`), ...args], { cwd: outDir, env });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  expect(errors).toBe("");
  expect(code).toBe(exitCode);
  return output;
}

async function startService(name: string, portVariable: string, more: NodeJS.ProcessEnv): Promise<string> {
  const port = await freePort();
  const quiet = new PassThrough().resume();
  services.push(
    await spawnService({
      name,
      command: process.execPath,
      args: [join(outDir, `${name}.js`)],
      env: environment({ ...more, [portVariable]: String(port), LOG_LEVEL: "warn" }),
      cwd: outDir,
      output: { stdout: quiet, stderr: quiet },
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(url, systemClock, READY_MS_MAX);
  return url;
}

async function pullState(ingestion: ApiClient): Promise<string> {
  const { platforms } = (await ingestion.get("/v1/platforms")) as PlatformsResponse;
  const found = platforms.find(({ platform }) => platform === "zj-natural-resources");
  return `${found?.lastPull?.state}, ${found?.unpostedBatches === 0 ? "posted" : "not posted"}`;
}

interface Question {
  readonly id: string;
  readonly declaration: { readonly series: string; readonly level: string };
}

async function linesOf<Line extends { readonly id: string }>(file: string): Promise<Line[]> {
  const content = await readFile(join(FEEDS_DIR, file), "utf8");
  return content.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
}

/** What the container runs to learn whether its service is alive. */
async function healthOf(service: string, port: string): Promise<number> {
  const env = { SERVICE: service, [`${service.toUpperCase().replaceAll("-", "_")}_PORT`]: port };
  const child = spawn(process.execPath, [join(WORKSPACE_DIR, "infra/healthcheck.ts")], { env, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

it("makes one file of each program", async () => {
  expect((await readdir(outDir)).sort()).toEqual(
    ["assets", "package.json", ...[...programs.keys()].map((name) => `${name}.js`)].sort(),
  );
});

it.each([...programs.keys()])("%s explains itself without a configuration", async (name) => {
  expect(await run(name, ["--help"], { DATABASE_URL: "" })).toContain("DATABASE_URL");
});

it(
  "runs the whole pipeline from the bundles: migrate, a key, a pull, a check",
  async () => {
    const first = await run("migrate", [], PASSWORDS);
    const logins = Object.fromEntries(
      Array.from(first.matchAll(/login: (xueshi_([a-z]+)_\w+)/g), ([, name, role]) => [role, name]),
    );
    expect(Object.keys(logins)).toEqual(["ingestion", "ledger", "query"]);
    expect(first).toContain("quzhou-2020 version 2 activated");
    expect(await run("migrate", [])).toContain("quzhou-2020 version 2 in force already");

    const urlOf = (role: string, password: string) => {
      const url = new URL(server.url);
      url.username = logins[role] ?? "";
      url.password = password;
      return url.href;
    };
    const targets = { "zj-natural-resources": { folder: join(FEEDS_DIR, "zj-natural-resources") } };
    await writeFile(join(outDir, "targets.json"), JSON.stringify(targets));
    const keys = { XUESHI_INDEX_KEY: "1a".repeat(32), XUESHI_MASTER_KEY: "2b".repeat(32) };
    const ingestionUrl = await startService("ingestion-worker", "INGESTION_WORKER_PORT", {
      ...keys,
      DATABASE_URL: urlOf("ingestion", PASSWORDS.XUESHI_INGESTION_PASSWORD),
      XUESHI_TARGETS: join(outDir, "targets.json"),
    });
    await startService("ledger-service", "LEDGER_SERVICE_PORT", {
      DATABASE_URL: urlOf("ledger", PASSWORDS.XUESHI_LEDGER_PASSWORD),
    });
    const queryUrl = await startService("query-api", "QUERY_API_PORT", {
      ...keys,
      DATABASE_URL: urlOf("query", PASSWORDS.XUESHI_QUERY_PASSWORD),
    });

    expect(await healthOf("query-api", new URL(queryUrl).port)).toBe(0);

    const operatorKey = (await run("create-key", ["--kind", "operator", "--name", "bundle-test"])).trim();
    const ingestion = createApiClient(ingestionUrl, operatorKey, systemClock, READY_MS_MAX);
    await ingestion.post("/v1/pulls", { platform: "zj-natural-resources" });
    await expect.poll(() => pullState(ingestion), { timeout: READY_MS_MAX }).toBe("complete, posted");

    const checkKey = (await run("create-key", ["--kind", "declaration-system", "--name", "bundle-test"])).trim();
    const query = createApiClient(queryUrl, checkKey, systemClock, READY_MS_MAX);
    const expected = new Map(
      (await linesOf<{ id: string; verdict: string }>("expected.jsonl")).map((line) => [line.id, line]),
    );
    const asked = (await linesOf<Question>("declarations.jsonl"))
      .filter(({ declaration }) => declaration.series === "natural-resources")
      .slice(0, 8);
    for (const { id, ...question } of asked) {
      const answer = await query.post("/v1/checks", question);
      expect(answer, id).toMatchObject({ verdict: expected.get(id)?.verdict });
    }
    expect(new Set(asked.map(({ id }) => expected.get(id)?.verdict))).toContain("met");
    // A server for tests keeps nothing through a crash, and this installation signs no checkpoints; else all is well.
    const { checks } = JSON.parse(await run("ledger", ["doctor", "--json"], keys, 1)) as {
      checks: { state: string; code: string }[];
    };
    const found = checks.filter(({ state }) => state !== "ok").map(({ code }) => code);
    expect(found.filter((code) => !/^setting_(?:fsync|full_page_writes|synchronous_commit)$/.test(code))).toEqual([
      "checkpoint_none",
    ]);
    expect(await Promise.all(services.splice(0).map((service) => service.stop()))).toEqual(
      Array.from({ length: 3 }, () => ({ code: 0, signal: null })),
    );
    expect(await healthOf("query-api", new URL(queryUrl).port)).toBe(1);
  },
  PATIENT_MS,
);
