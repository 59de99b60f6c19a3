import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { startTestPostgres, startTestRedis } from "@xueshi/runtime/testing";
import { createPostgresBackend, Queue } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { type JobQueue, migrateQueue, openQueue, type QueueConfig } from "../index.ts";

export type LogEntry = { level: "info" | "warn" | "error"; message: string; fields: Readonly<Record<string, unknown>> };

/** Fast enough for tests; `lockMs` leaves room for a loaded machine. */
export const testTiming = { retryDelayMs: 20, lockMs: 2_000, stalledEveryMs: 250 };

/** Redis takes part where there is one: a `redis-server` program or `REDIS_URL`. */
export const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0;
export const storeStarters = [
  ...(hasRedisServer || process.env.REDIS_URL ? [["redis", startRedisStore] as const] : []),
  ["postgres", startPostgresStore] as const,
];

/** One store of either kind, with what a test needs to look into it and to hurt it. */
export type TestStore = {
  kind: "redis" | "postgres";
  /** A queue in a namespace of its own, unless `like` names another queue's. */
  open(options?: { like?: OpenedQueue; timing?: QueueConfig["timing"] }): Promise<OpenedQueue>;
  stop(): Promise<void>;
};
export type OpenedQueue = {
  queue: JobQueue;
  log: LogEntry[];
  namespace: string;
  /** Puts a payload past the checks of `enqueue`. */
  smuggle(name: string, payload: object): Promise<void>;
  /** Takes the lock of the only running job away, as another worker would after a stall. */
  breakLock(name: string): Promise<void>;
  /** Everything that is stored, as one text. */
  dump(): Promise<string>;
};

export function collectLog(): { log: LogEntry[]; logger: QueueConfig["logger"] } {
  const log: LogEntry[] = [];
  const at =
    (level: LogEntry["level"]) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      log.push({ level, message, fields });
    };
  return { log, logger: { info: at("info"), warn: at("warn"), error: at("error") } };
}

export async function startRedisStore(): Promise<TestStore & { url: string }> {
  const server = (await startTestRedis()) ?? { url: process.env.REDIS_URL ?? "", stop: async () => undefined };
  const admin = new Redis(server.url);
  const opened: OpenedQueue[] = [];
  async function dump(prefix: string): Promise<string> {
    const found: unknown[] = [];
    for (const key of await admin.keys(`${escapeGlob(prefix)}:*`)) {
      const type = await admin.type(key);
      if (type === "hash") found.push(key, await admin.hgetall(key));
      else if (type === "stream") found.push(key, await admin.xrange(key, "-", "+"));
      else found.push(key);
    }
    return JSON.stringify(found);
  }
  return {
    kind: "redis",
    url: server.url,
    open: async ({ like, timing } = {}) => {
      const namespace = like?.namespace ?? `{${randomUUID()}}`;
      const { log, logger } = collectLog();
      const config = { redisUrl: server.url, prefix: namespace, logger, timing: { ...testTiming, ...timing } };
      const entry: OpenedQueue = {
        queue: openQueue(config),
        log,
        namespace,
        smuggle: (name, payload) => addPastChecks(new Queue(name, { connection: admin, prefix: namespace }), payload),
        breakLock: async (name) => {
          const locks = await admin.keys(`${escapeGlob(namespace)}:${name}:*:lock`);
          if (locks.length !== 1) throw new Error(`${locks.length} locks instead of one`);
          await admin.del(locks);
        },
        dump: () => dump(namespace),
      };
      opened.push(entry);
      return entry;
    },
    stop: async () => {
      await Promise.all(opened.map(({ queue }) => queue.close({ timeoutMs: 0 })));
      admin.disconnect();
      await server.stop();
    },
  };
}

const escapeGlob = (text: string): string => text.replaceAll(/[[\]{}*?]/g, "?");

export async function startPostgresStore(): Promise<TestStore & { url: string }> {
  const server = await startTestPostgres({ major: 18 });
  if (server === null) throw new Error("the embedded PostgreSQL is not installed");
  const admin = new pg.Pool({ connectionString: server.url, max: 1 });
  admin.on("error", () => undefined);
  const opened: OpenedQueue[] = [];
  let schemas = 0;
  return {
    kind: "postgres",
    url: server.url,
    open: async ({ like, timing } = {}) => {
      schemas += 1;
      const namespace = like?.namespace ?? `mq_${schemas}`;
      if (like === undefined) await migrateQueue(server.url, namespace);
      const { log, logger } = collectLog();
      const connection = { connectionString: server.url, schema: namespace, max: 1 };
      const entry: OpenedQueue = {
        queue: openQueue({ postgresUrl: server.url, schema: namespace, logger, timing: { ...testTiming, ...timing } }),
        log,
        namespace,
        smuggle: (name, payload) => addPastChecks(new Queue(name, { connection }, createPostgresBackend), payload),
        breakLock: async (name) => {
          const { rowCount } = await admin.query(
            `update ${namespace}.job set lock_token = 'another', locked_until_ms = 1 where queue = $1 and state = 'active'`,
            [name],
          );
          if (rowCount !== 1) throw new Error(`${rowCount} locks instead of one`);
        },
        dump: async () => {
          const tables = ["job", "dedup", "dedup_next", "event", "scheduler"];
          const results = tables.map((table) => admin.query(`select t::text from ${namespace}.${table} t`));
          return JSON.stringify((await Promise.all(results)).map(({ rows }) => rows));
        },
      };
      opened.push(entry);
      return entry;
    },
    stop: async () => {
      await Promise.all(opened.map(({ queue }) => queue.close({ timeoutMs: 0 })));
      await admin.end();
      await server.stop();
    },
  };
}

type RawQueue = { name: string; add(name: string, data: object): Promise<unknown>; close(): Promise<void> };

async function addPastChecks(queue: RawQueue, payload: object): Promise<void> {
  await queue.add(queue.name, payload);
  await queue.close();
}
