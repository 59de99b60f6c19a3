import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RuntimeError } from "../runtime-error.ts";
import { readConfig } from "./read-config.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "xueshi-config-"));
  await mkdir(join(root, "repo/packages/one"), { recursive: true });
  await writeFile(join(root, "repo/pnpm-workspace.yaml"), "");
});
afterAll(() => rm(root, { recursive: true }));

it("runs embedded when nothing is set", () => {
  expect(readConfig({}, root)).toEqual({
    databaseUrl: null,
    redisUrl: null,
    dataDir: join(root, ".data"),
    production: false,
    host: "127.0.0.1",
    ports: { queryApi: 8081, ingestionWorker: 8082, ledgerService: 8083 },
    logLevel: "info",
    accessLog: "group",
    nameVariants: "hold",
    fourEyes: ["fraud_revocation", "erasure"],
    readmissionListDays: 400,
    checkpoints: { origin: "xueshi.local/ledger", everyMs: 3_600_000 },
    feedRetentionDays: null,
    parentWatch: "none",
  });
});

it("reads what is set and takes an empty variable as absent", () => {
  const config = readConfig(
    {
      DATABASE_URL: "postgresql://app@db.internal:5432/xueshi",
      REDIS_URL: "rediss://cache.internal",
      XUESHI_DATA_DIR: "kept/here",
      NODE_ENV: "production",
      HOST: "0.0.0.0",
      QUERY_API_PORT: "0",
      LEDGER_SERVICE_PORT: "",
      LOG_LEVEL: "debug",
      ACCESS_LOG: " sync ",
      XUESHI_NAME_VARIANTS: "accept",
      XUESHI_FOUR_EYES: "fraud_revocation, correction",
      XUESHI_FEED_RETENTION_DAYS: "400",
      XUESHI_READMISSION_LIST_DAYS: "90",
      XUESHI_WATCH_PARENT: "stdin",
    },
    root,
  );
  expect(config).toMatchObject({
    databaseUrl: "postgresql://app@db.internal:5432/xueshi",
    redisUrl: "rediss://cache.internal",
    dataDir: join(root, "kept/here"),
    production: true,
    host: "0.0.0.0",
    ports: { queryApi: 0, ledgerService: 8083 },
    logLevel: "debug",
    accessLog: "sync",
    nameVariants: "accept",
    readmissionListDays: 90,
    fourEyes: ["fraud_revocation", "correction"],
    feedRetentionDays: 400,
    parentWatch: "stdin",
  });
});

it("keeps its data beside the workspace, wherever in it the process starts", () => {
  expect(readConfig({}, join(root, "repo/packages/one")).dataDir).toBe(join(root, "repo/.data"));
});

it.each([
  ["DATABASE_URL", "mysql://secret@host/x", "must be a URL that begins with postgres:// or postgresql://"],
  ["REDIS_URL", "secret", "must be a URL that begins with redis:// or rediss://"],
  ["QUERY_API_PORT", "70000", "must be a port number from 0 to 65535"],
  ["INGESTION_WORKER_PORT", "secret", "must be a port number from 0 to 65535"],
  ["HOST", "a secret", "must be a host name or address"],
  ["LOG_LEVEL", "secret", "must be one of debug, info, warn, error"],
  ["ACCESS_LOG", "secret", "must be one of group, sync"],
  ["XUESHI_FEED_RETENTION_DAYS", "ever", "must be a number of days, 0 for all of them"],
  ["XUESHI_FOUR_EYES", "correction,secret", "must be none, or of withdrawal, fraud_revocation"],
])("names %s and its rule, not its value", (name, value, rule) => {
  const attempt = () => readConfig({ [name]: value }, root);
  expect(attempt).toThrow(RuntimeError);
  expect(attempt).toThrow(`${name} ${rule}`);
  expect(attempt).not.toThrow(value);
});

it("lets no kind of correction need a second holder", () => {
  expect(readConfig({ XUESHI_FOUR_EYES: "none" }, root).fourEyes).toEqual([]);
});

it("names every wrong variable at once", () => {
  expect(() => readConfig({ LOG_LEVEL: "loud", ACCESS_LOG: "none" }, root)).toThrow(/LOG_LEVEL .*; ACCESS_LOG /);
});
