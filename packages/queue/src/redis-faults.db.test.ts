import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type JobQueue, openQueue } from "./index.ts";
import { openRedisGate, type RedisGate } from "./testing/redis-gate.ts";
import { collectLog, hasRedisServer, testTiming } from "./testing/test-stores.ts";

const patience = { timeout: 20_000, interval: 10 };
const unavailable = { code: "queue_unavailable" };

describe.runIf(hasRedisServer)("a queue on a Redis that fails", () => {
  let server: RedisGate;
  const opened: JobQueue[] = [];
  beforeEach(async () => {
    server = await openRedisGate();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close({ timeoutMs: 0 })));
    await server.stop();
  });

  function open(timing: object = {}) {
    const { log, logger } = collectLog();
    const queue = openQueue({ redisUrl: server.url, logger, timing: { ...testTiming, callTimeoutMs: 500, ...timing } });
    opened.push(queue);
    return { queue, log };
  }
  async function admin(command: string, ...args: string[]): Promise<void> {
    const client = new Redis(server.url);
    await client.call(command, ...args);
    client.disconnect();
  }
  function workOn(queue: JobQueue): Set<string> {
    const seen = new Set<string>();
    queue.work("post-batch", async ({ batchId }) => void seen.add(batchId), { concurrency: 2 });
    return seen;
  }
  /** As the sweeper does: again and again until it is done. */
  async function sweepUntilDone(queue: JobQueue, batchId: string, seen: Set<string>): Promise<void> {
    await vi.waitUntil(async () => {
      await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId }).catch(() => undefined);
      return seen.has(batchId);
    }, patience);
  }

  test("FLUSHALL costs what was in it and nothing later", async () => {
    const { queue } = open();
    const seen = workOn(queue);
    let pulls = 0;
    const pulled = async () => {
      pulls += 1;
    };
    queue.work("pull-platform", pulled, { concurrency: 1 });
    await queue.schedule("pull-platform", "each-second", { everyMs: 1_000 }, { platform: "quzhou-city" });
    const lost = randomUUID();
    await queue.enqueue("post-batch", { batchId: lost }, { dedupeKey: lost, delayMs: 86_400_000 });
    await vi.waitUntil(() => pulls > 0, patience);
    await admin("FLUSHALL");
    const pullsBefore = pulls;
    expect((await queue.health()).counts["post-batch"]).toMatchObject({ delayed: 0 });
    await sweepUntilDone(queue, randomUUID(), seen);
    await queue.enqueue("post-batch", { batchId: lost }, { dedupeKey: lost, delayMs: 20 });
    await vi.waitUntil(() => seen.has(lost), patience);
    expect(await queue.ensureSchedules()).toEqual({ restored: ["pull-platform/each-second"] });
    await vi.waitUntil(() => pulls >= pullsBefore + 2, patience);
  });

  test("FLUSHALL under running jobs lets them end, and the worker goes on", async () => {
    const { queue } = open();
    const release = Promise.withResolvers<void>();
    const started: string[] = [];
    const ended: string[] = [];
    const handler = async ({ batchId }: { batchId: string }) => {
      started.push(batchId);
      await release.promise;
      ended.push(batchId);
    };
    queue.work("post-batch", handler, { concurrency: 2 });
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    for (const batchId of [first, second]) await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    await vi.waitUntil(() => started.length === 2, patience);
    await admin("FLUSHALL");
    await queue.enqueue("post-batch", { batchId: third });
    release.resolve();
    await vi.waitUntil(() => ended.includes(third), patience);
    expect(ended.sort()).toEqual([first, second, third].sort());
    await expect(queue.close({ timeoutMs: 5_000 })).resolves.toEqual({ drained: true });
  });

  test("killed and restarted empty: calls fail typed, then all goes on by itself", async () => {
    const { queue, log } = open();
    const seen = workOn(queue);
    const before = randomUUID();
    await queue.enqueue("post-batch", { batchId: before });
    await vi.waitUntil(() => seen.has(before), patience);
    await server.kill();
    const during = randomUUID();
    await expect(queue.enqueue("post-batch", { batchId: during })).rejects.toMatchObject(unavailable);
    await expect(queue.enqueueMany("post-batch", [{ payload: { batchId: during } }])).rejects.toMatchObject(
      unavailable,
    );
    await expect(
      queue.schedule("post-batch", "each-day", { everyMs: 86_400_000 }, { batchId: during }),
    ).rejects.toMatchObject(unavailable);
    await expect(queue.ensureSchedules()).rejects.toMatchObject(unavailable);
    await expect(queue.health()).resolves.toEqual({ backend: "redis", reachable: false, counts: {} });
    await server.start();
    await sweepUntilDone(queue, during, seen);
    await vi.waitUntil(async () => (await queue.health()).reachable, patience);
    expect(await queue.ensureSchedules()).toEqual({ restored: ["post-batch/each-day"] });
    const messages = log.map(({ message }) => message);
    expect(messages[0]).toBe("queue trouble");
    expect(messages.at(-1)).toBe("queue recovered");
  });

  test("killed under a running job: its signal is aborted once the lock cannot be its own any more", async () => {
    const { queue } = open({ lockMs: 500 });
    const signals: AbortSignal[] = [];
    const handler = async (_payload: unknown, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      if (signals.length === 1) await once(signal, "abort");
    };
    queue.work("post-batch", handler, { concurrency: 1 });
    await queue.enqueue("post-batch", { batchId: randomUUID() });
    await vi.waitUntil(() => signals.length === 1, patience);
    await server.kill();
    await vi.waitUntil(() => signals[0]?.aborted, patience);
    await server.start();
    await vi.waitUntil(async () => {
      await queue.enqueue("post-batch", { batchId: randomUUID() }).catch(() => undefined);
      return signals.length > 1;
    }, patience);
  });

  test("frozen: calls end in bounded time; thawed: all goes on", async () => {
    const { queue } = open();
    const seen = workOn(queue);
    const batchId = randomUUID();
    await queue.enqueue("post-batch", { batchId: randomUUID() });
    await vi.waitUntil(() => seen.size === 1, patience);
    server.freeze();
    await expect(queue.enqueue("post-batch", { batchId })).rejects.toMatchObject(unavailable);
    await expect(queue.enqueue("post-batch", { batchId })).rejects.toMatchObject(unavailable);
    server.thaw();
    await sweepUntilDone(queue, batchId, seen);
  });

  test("partitioned: calls end in bounded time; healed: half-open connections are given up and all goes on", async () => {
    const { queue } = open();
    const seen = workOn(queue);
    const batchId = randomUUID();
    await queue.enqueue("post-batch", { batchId: randomUUID() });
    await vi.waitUntil(() => seen.size === 1, patience);
    server.partition();
    await expect(queue.enqueue("post-batch", { batchId })).rejects.toMatchObject(unavailable);
    await expect(queue.enqueue("post-batch", { batchId })).rejects.toMatchObject(unavailable);
    server.heal();
    await sweepUntilDone(queue, batchId, seen);
  });

  test("out of memory: calls fail typed; given room: all goes on", async () => {
    const { queue } = open();
    const seen = workOn(queue);
    const batchId = randomUUID();
    await queue.enqueue("post-batch", { batchId: randomUUID() });
    await vi.waitUntil(() => seen.size === 1, patience);
    await admin("CONFIG", "SET", "maxmemory", "1");
    await expect(queue.enqueue("post-batch", { batchId })).rejects.toMatchObject(unavailable);
    await admin("CONFIG", "SET", "maxmemory", "0");
    await sweepUntilDone(queue, batchId, seen);
  });

  test.each([
    ["killed before", true],
    ["killed while a job runs", false],
  ])("a close with Redis %s ends, drops what waits, and leaves no connection", async (_when, before) => {
    const { queue } = open();
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const handler = async () => {
      started.resolve();
      await release.promise;
    };
    queue.work("post-batch", handler, { concurrency: 1 });
    await queue.enqueue("post-batch", { batchId: randomUUID() });
    await started.promise;
    const closedLater = before ? undefined : queue.close({ timeoutMs: 60_000 });
    await server.kill();
    if (before) await vi.waitUntil(async () => !(await queue.health()).reachable, patience);
    const closed = closedLater ?? queue.close({ timeoutMs: 60_000 });
    release.resolve();
    await expect(closed).resolves.toEqual({ drained: false });
    await server.start();
    const client = new Redis(server.url);
    expect(await client.call("CLIENT", "LIST", "TYPE", "normal")).not.toContain("xueshi");
    client.disconnect();
  });

  test("never there: opening, working and closing do not mind, and it may come later", async () => {
    await server.kill();
    const { queue } = open();
    const seen = workOn(queue);
    const batchId = randomUUID();
    await expect(queue.enqueue("post-batch", { batchId })).rejects.toMatchObject(unavailable);
    const { queue: other } = open();
    other.work("post-batch", async () => undefined, { concurrency: 1 });
    await other.close({ timeoutMs: 60_000 });
    await server.start();
    await sweepUntilDone(queue, batchId, seen);
  });

  test("never there: a process that has closed its queue ends by itself", async () => {
    const program = `
      import { openQueue } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
      const silent = () => undefined;
      const logger = { info: silent, warn: silent, error: silent };
      const queue = openQueue({ redisUrl: "redis://127.0.0.1:1", logger });
      queue.work("post-batch", async () => undefined, { concurrency: 1 });
      await queue.enqueue("post-batch", { batchId: ${JSON.stringify(randomUUID())} }).catch(({ code }) => console.log(code));
      await queue.close({ timeoutMs: 100 });
    `;
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { timeout: 25_000 });
    await expect(run).resolves.toMatchObject({ stdout: "queue_unavailable\n" });
  });

  test("a host that takes the connection and never answers is away, too", async () => {
    const silent: Server = createServer(() => undefined);
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const { logger } = collectLog();
    const queue = openQueue({ redisUrl: `redis://127.0.0.1:${address.port}`, logger, timing: { callTimeoutMs: 300 } });
    queue.work("post-batch", async () => undefined, { concurrency: 1 });
    await expect(queue.enqueue("post-batch", { batchId: randomUUID() })).rejects.toMatchObject(unavailable);
    await expect(queue.close({ timeoutMs: 100 })).resolves.toEqual({ drained: false });
    silent.close();
  });
});
