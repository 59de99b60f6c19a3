import { randomUUID } from "node:crypto";
import type { EmbeddedPostgres } from "@xueshi/runtime";
import { startTestPostgres } from "@xueshi/runtime/testing";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { grantQueue, type JobQueue, migrateQueue, openQueue } from "./index.ts";
import { collectLog, testTiming } from "./testing/test-stores.ts";

const patience = { timeout: 20_000, interval: 10 };
/** A connection that is made while the server restarts may hang until the query's own limit of 10 s, more than once. */
const patienceAfterCrash = { timeout: 50_000, interval: 10 };
const unavailable = { code: "queue_unavailable" };
const roles = ["ingestion", "ledger"];
const password = "for-tests";

// The oldest version that is supported, where it is installed; rights and migrations differ most there.
describe("a queue on PostgreSQL", () => {
  let server: EmbeddedPostgres;
  let admin: pg.Pool;
  const opened: JobQueue[] = [];
  beforeAll(async () => {
    const started = (await startTestPostgres({ major: 15 })) ?? (await startTestPostgres({ major: 18 }));
    if (started === null) throw new Error("there is no PostgreSQL here");
    server = started;
    admin = new pg.Pool({ connectionString: server.url, max: 2 });
    admin.on("error", () => undefined);
    for (const role of roles) await admin.query(`create role ${role} login password '${password}'`);
  });
  beforeEach(async () => {
    await admin.query("drop schema if exists mq cascade");
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close({ timeoutMs: 0 })));
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  function urlOf(role: string): string {
    const url = new URL(server.url);
    url.username = role;
    url.password = password;
    return url.href;
  }
  function openAs(role: string) {
    const { log, logger } = collectLog();
    const queue = openQueue({ postgresUrl: urlOf(role), logger, timing: testTiming });
    opened.push(queue);
    return { queue, log };
  }
  function workOn(queue: JobQueue): Set<string> {
    const seen = new Set<string>();
    queue.work("post-batch", async ({ batchId }) => void seen.add(batchId), { concurrency: 10 });
    return seen;
  }
  async function sweepUntilDone(queue: JobQueue, batchId: string, seen: Set<string>, bound = patience): Promise<void> {
    await vi.waitUntil(async () => {
      await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId }).catch(() => undefined);
      return seen.has(batchId);
    }, bound);
  }
  async function countConnections(): Promise<number> {
    const { rows } = await admin.query<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where application_name = 'xueshi-queue'",
    );
    return rows[0]?.count ?? 0;
  }

  test("several may migrate and grant at once, and again", async () => {
    await Promise.all([1, 2, 3].map(() => migrateQueue(server.url)));
    await Promise.all([1, 2, 3].map(() => grantQueue(server.url, roles)));
    await migrateQueue(server.url);
    await grantQueue(server.url, roles);
    const { rows } = await admin.query("select to_regclass('mq.job')::text as job");
    expect(rows).toEqual([{ job: "mq.job" }]);
  });

  test("restricted roles put in, take out, retry, deduplicate and schedule for each other", async () => {
    await migrateQueue(server.url);
    await grantQueue(server.url, roles);
    const { queue: ingestion } = openAs("ingestion");
    const { queue: ledger, log } = openAs("ledger");
    const done = new Map<string, number>();
    const handler = async ({ batchId }: { batchId: string }, { attempt }: { attempt: number }) => {
      if (attempt === 1) throw new Error("again");
      done.set(batchId, attempt);
    };
    ledger.work("post-batch", handler, { concurrency: 2 });
    let pulls = 0;
    const pulled = async () => {
      pulls += 1;
    };
    ingestion.work("pull-platform", pulled, { concurrency: 1 });
    const [plain, keyed, bulk] = [randomUUID(), randomUUID(), randomUUID()];
    await ingestion.enqueue("post-batch", { batchId: plain });
    await ingestion.enqueue("post-batch", { batchId: keyed }, { dedupeKey: keyed, delayMs: 10 });
    await ledger.enqueueMany("post-batch", [{ payload: { batchId: bulk } }]);
    await ingestion.schedule("pull-platform", "pull", { everyMs: 1_000 }, { platform: "quzhou-city" });
    await vi.waitUntil(() => done.size === 3 && pulls >= 2, patience);
    await ingestion.unschedule("pull-platform", "pull");
    expect(new Set(done.keys())).toEqual(new Set([plain, keyed, bulk]));
    expect(log.filter(({ message }) => message === "queue trouble")).toEqual([]);
  });

  test.each([
    "create table mq.more (id int)",
    "alter table mq.job add column more int",
    "drop table mq.job",
    "truncate mq.job",
    "delete from mq.migration",
    "insert into mq.migration values (99, 'more', 99)",
    "create or replace function mq.next_delay(text) returns bigint language sql as 'select 1'",
    "drop schema mq cascade",
  ])("a restricted role may not: %s", async (statement) => {
    await migrateQueue(server.url);
    await grantQueue(server.url, roles);
    const client = new pg.Client({ connectionString: urlOf("ledger") });
    await client.connect();
    await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
    await client.end();
  });

  test("a role without a grant gets a typed error and reads nothing", async () => {
    await migrateQueue(server.url);
    const { queue } = openAs("ledger");
    await expect(queue.enqueue("post-batch", { batchId: randomUUID() })).rejects.toMatchObject(unavailable);
    await expect(queue.health()).resolves.toEqual({ backend: "postgres", reachable: false, counts: {} });
  });

  test("opened before the migration: calls fail typed, and it begins to work when that has run", async () => {
    const { queue, log } = openAs("ledger");
    const seen = workOn(queue);
    const batchId = randomUUID();
    await expect(queue.enqueue("post-batch", { batchId })).rejects.toMatchObject(unavailable);
    await migrateQueue(server.url);
    await grantQueue(server.url, roles);
    await sweepUntilDone(queue, batchId, seen);
    expect(log.length).toBeLessThan(10);
  });

  test("two queues and two workers share five connections at most, and close gives them back", async () => {
    await migrateQueue(server.url);
    await grantQueue(server.url, roles);
    const { queue } = openAs("ledger");
    const seen = workOn(queue);
    queue.work("pull-platform", async () => undefined, { concurrency: 10 });
    const jobs = Array.from({ length: 300 }, () => ({ payload: { batchId: randomUUID() } }));
    let connectionsMax = 0;
    const enqueued = queue.enqueueMany("post-batch", jobs);
    await vi.waitUntil(async () => {
      connectionsMax = Math.max(connectionsMax, await countConnections());
      return seen.size === jobs.length;
    }, patience);
    await enqueued;
    expect(connectionsMax).toBeGreaterThan(1);
    expect(connectionsMax).toBeLessThanOrEqual(5);
    await queue.close({ timeoutMs: 5_000 });
    await vi.waitUntil(async () => (await countConnections()) === 0, patience);
  });

  test("every connection cut: the worker listens again and the queue goes on", async () => {
    await migrateQueue(server.url);
    await grantQueue(server.url, roles);
    const { queue, log } = openAs("ledger");
    const seen = workOn(queue);
    await sweepUntilDone(queue, randomUUID(), seen);
    for (let times = 0; times < 3; times += 1) {
      await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'xueshi-queue'",
      );
      await sweepUntilDone(queue, randomUUID(), seen);
    }
    const listening = "application_name = 'xueshi-queue' and query ilike '%listen bullmq_jobs%'";
    await vi.waitUntil(async () => {
      const { rows } = await admin.query(`select from pg_stat_activity where ${listening}`);
      return rows.length === 1;
    }, patience);
    expect(log.some(({ message }) => message === "queue recovered")).toBe(true);
  });

  test("the server crashes and recovers: calls fail typed, then all goes on by itself", async () => {
    await migrateQueue(server.url);
    await grantQueue(server.url, roles);
    const { queue } = openAs("ledger");
    const seen = workOn(queue);
    await sweepUntilDone(queue, randomUUID(), seen);
    const { rows } = await admin.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'xueshi-queue' limit 1",
    );
    // The server ends every other connection when it sees the crash; until then the queue could still be served.
    const witness = new pg.Client({ connectionString: server.url });
    witness.on("error", () => undefined);
    await witness.connect();
    const crashSeen = new Promise((resolve) => witness.once("end", resolve));
    process.kill(rows[0]?.pid ?? 0, "SIGKILL");
    await crashSeen;
    await sweepUntilDone(queue, randomUUID(), seen, patienceAfterCrash);
  });

  test("a server that is not there: typed errors, and a close that ends", async () => {
    const { logger } = collectLog();
    const queue = openQueue({ postgresUrl: "postgres://nobody@127.0.0.1:1/none", logger, timing: testTiming });
    queue.work("post-batch", async () => undefined, { concurrency: 1 });
    await expect(queue.enqueue("post-batch", { batchId: randomUUID() })).rejects.toMatchObject(unavailable);
    await queue.close({ timeoutMs: 100 });
  });

  test("a URL that sets options is refused, because they would undo the queue's own", () => {
    const { logger } = collectLog();
    expect(() => openQueue({ postgresUrl: "postgres://h/d?options=-c%20a%3Db", logger })).toThrow("options");
  });
});
