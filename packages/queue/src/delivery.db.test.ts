import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { JobContext } from "./index.ts";
import { storeStarters, type TestStore } from "./testing/test-stores.ts";

const none = { waiting: 0, active: 0, delayed: 0, failed: 0 };
const patience = { timeout: 15_000, interval: 5 };

describe.each(storeStarters)("delivery on %s", (_kind, startStore) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.stop());

  test("what is enqueued arrives as it was, once, and leaves nothing", async () => {
    const { queue } = await store.open();
    const seen: [string, string, number, boolean][] = [];
    queue.work(
      "post-batch",
      async ({ batchId }, { attempt, signal }) => {
        seen.push(["post-batch", batchId, attempt, signal.aborted]);
      },
      { concurrency: 2 },
    );
    queue.work(
      "pull-platform",
      async ({ platform }, { attempt, signal }) => {
        seen.push(["pull-platform", platform, attempt, signal.aborted]);
      },
      { concurrency: 1 },
    );
    const batchId = randomUUID();
    await queue.enqueue("post-batch", { batchId });
    await queue.enqueue("pull-platform", { platform: "quzhou-city" }, { delayMs: 50 });
    await vi.waitUntil(() => seen.length === 2, patience);
    // Two queues keep no order between them, whatever the delay of one.
    expect(seen.toSorted()).toEqual([
      ["post-batch", batchId, 1, false],
      ["pull-platform", "quzhou-city", 1, false],
    ]);
    await expect(queue.close({ timeoutMs: 5_000 })).resolves.toEqual({ drained: true });
    const { queue: later } = await store.open();
    expect(await later.health()).toEqual({
      backend: store.kind,
      reachable: true,
      counts: {
        ...{ "pull-platform": none, "post-batch": none, "read-upload": none },
        ...{ "readmit-rows": none, reconcile: none, "erase-person": none },
      },
    });
  });

  test("many at once arrive each", async () => {
    const { queue } = await store.open();
    const wanted = Array.from({ length: 1_500 }, () => randomUUID());
    const seen = new Set<string>();
    await queue.enqueueMany(
      "post-batch",
      wanted.map((batchId) => ({ payload: { batchId } })),
    );
    queue.work("post-batch", async ({ batchId }) => void seen.add(batchId), { concurrency: 20 });
    await vi.waitUntil(() => seen.size === wanted.length, patience);
    expect([...seen].sort()).toEqual(wanted.sort());
  });

  test("a payload with another field is refused where it is put in, and nothing is sent", async () => {
    const { queue } = await store.open();
    const payload = { batchId: randomUUID(), name: "张三" };
    await expect(queue.enqueue("post-batch", payload)).rejects.toMatchObject({ code: "payload_refused" });
    await expect(queue.enqueueMany("post-batch", [{ payload }])).rejects.toMatchObject({ code: "payload_refused" });
    await expect(queue.schedule("post-batch", "each-minute", { everyMs: 60_000 }, payload)).rejects.toMatchObject({
      code: "payload_refused",
    });
    expect((await queue.health()).counts["post-batch"]).toEqual(none);
    expect(await queue.ensureSchedules()).toEqual({ restored: [] });
  });

  test("a payload with another field is refused where it is taken out, dropped, and quoted nowhere", async () => {
    const { queue, log, smuggle, dump } = await store.open();
    const handled: string[] = [];
    queue.work("post-batch", async ({ batchId }) => void handled.push(batchId), { concurrency: 1 });
    await smuggle("post-batch", { batchId: randomUUID(), name: "张三丰" });
    const good = randomUUID();
    await queue.enqueue("post-batch", { batchId: good });
    await vi.waitUntil(() => handled.length > 0, patience);
    expect(handled).toEqual([good]);
    await queue.close({ timeoutMs: 5_000 });
    expect(log).toMatchObject([{ level: "error", message: "queue payload refused" }]);
    expect(JSON.stringify(log) + (await dump())).not.toContain("张三丰");
  });

  test("a failed attempt is made again, and what is stored of it is the kind of error only", async () => {
    const { queue, log, dump } = await store.open();
    const attempts: number[] = [];
    let stored = "";
    queue.work(
      "post-batch",
      async (_payload, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 3) stored = await dump();
        else throw Object.assign(new Error("duplicate key (张三)"), { code: "23505" });
      },
      { concurrency: 1 },
    );
    await queue.enqueue("post-batch", { batchId: randomUUID() });
    await vi.waitUntil(() => stored !== "", patience);
    await queue.close({ timeoutMs: 5_000 });
    expect(attempts).toEqual([1, 2, 3]);
    expect(stored).toContain("23505");
    expect(stored + JSON.stringify(log)).not.toContain("张三");
    expect(log.map(({ message }) => message)).toEqual([
      "queue job will be tried again",
      "queue job will be tried again",
    ]);
  });

  test("attempts are bounded, the failed job is kept, and its key is free again", async () => {
    const { queue, log } = await store.open({ timing: { attemptsMax: 2 } });
    const batchId = randomUUID();
    let runs = 0;
    queue.work(
      "post-batch",
      () => {
        runs += 1;
        throw new TypeError("no");
      },
      { concurrency: 1 },
    );
    await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    await vi.waitUntil(() => log.some(({ message }) => message === "queue job failed"), patience);
    expect(runs).toBe(2);
    expect((await queue.health()).counts["post-batch"]).toEqual({ ...none, failed: 1 });
    await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    await vi.waitUntil(() => runs === 4, patience);
  });

  test("while one waits, more of the same key are one", async () => {
    const { queue } = await store.open();
    const batchId = randomUUID();
    for (let times = 0; times < 5; times += 1) await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    const job = { payload: { batchId }, options: { dedupeKey: batchId } };
    await queue.enqueueMany("post-batch", [job, job]);
    expect((await queue.health()).counts["post-batch"]).toEqual({ ...none, waiting: 1 });
    let runs = 0;
    queue.work(
      "post-batch",
      async () => {
        runs += 1;
      },
      { concurrency: 4 },
    );
    await vi.waitUntil(async () => runs > 0 && (await queue.health()).counts["post-batch"]?.active === 0, patience);
    expect((await queue.health()).counts["post-batch"]).toEqual(none);
    expect(runs).toBe(1);
    await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    await vi.waitUntil(() => runs === 2, patience);
  });

  test("what is enqueued while the same key runs is not lost: it runs after, once", async () => {
    const { queue } = await store.open();
    const batchId = randomUUID();
    const release = Promise.withResolvers<void>();
    let runs = 0;
    let atOnce = 0;
    let atOnceMax = 0;
    queue.work(
      "post-batch",
      async () => {
        runs += 1;
        atOnce += 1;
        atOnceMax = Math.max(atOnceMax, atOnce);
        await release.promise;
        atOnce -= 1;
      },
      { concurrency: 4 },
    );
    await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    await vi.waitUntil(() => runs === 1, patience);
    await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    await queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    release.resolve();
    await vi.waitUntil(async () => {
      const { active, waiting } = (await queue.health()).counts["post-batch"] ?? none;
      return runs >= 2 && active === 0 && waiting === 0;
    }, patience);
    expect({ runs, atOnceMax }).toEqual({ runs: 2, atOnceMax: 1 });
  });

  test("a close drains what runs and takes nothing new", async () => {
    const { queue } = await store.open();
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let ended = false;
    queue.work(
      "post-batch",
      async () => {
        started.resolve();
        await release.promise;
        ended = true;
      },
      { concurrency: 1 },
    );
    await queue.enqueueMany("post-batch", [
      { payload: { batchId: randomUUID() } },
      { payload: { batchId: randomUUID() } },
    ]);
    await started.promise;
    const closed = queue.close({ timeoutMs: 10_000 });
    await expect(queue.enqueue("post-batch", { batchId: randomUUID() })).rejects.toMatchObject({
      code: "queue_closed",
    });
    expect(() => queue.work("pull-platform", async () => undefined, { concurrency: 1 })).toThrow("closed");
    release.resolve();
    await expect(closed).resolves.toEqual({ drained: true });
    expect(ended).toBe(true);
  });

  test("a close that runs out of time aborts what runs, and the job is tried again elsewhere", async () => {
    const first = await store.open();
    const context = Promise.withResolvers<JobContext>();
    first.queue.work(
      "post-batch",
      async (_payload, running) => {
        context.resolve(running);
        await new Promise((_resolve, reject) => {
          running.signal.addEventListener("abort", () => reject(running.signal.reason));
        });
      },
      { concurrency: 1 },
    );
    await first.queue.enqueue("post-batch", { batchId: randomUUID() });
    const { signal } = await context.promise;
    await expect(first.queue.close({ timeoutMs: 10 })).resolves.toEqual({ drained: true });
    expect(signal.reason).toEqual(new Error("the worker is closing"));
    const { queue } = await store.open({ like: first });
    const attempts: number[] = [];
    queue.work("post-batch", async (_payload, { attempt }) => void attempts.push(attempt), { concurrency: 1 });
    await vi.waitUntil(() => attempts.length > 0, patience);
    expect(attempts).toEqual([2]);
  });

  test("a lost lock aborts the first worker, the second has the job, and both end in peace", async () => {
    const first = await store.open();
    const second = await store.open({ like: first });
    const started = Promise.withResolvers<void>();
    const secondDone = Promise.withResolvers<void>();
    const order: string[] = [];
    first.queue.work(
      "post-batch",
      async (_payload, context) => {
        started.resolve();
        await Promise.all([secondDone.promise, once(context.signal, "abort")]);
        order.push("first ended");
      },
      { concurrency: 1 },
    );
    const batchId = randomUUID();
    await first.queue.enqueue("post-batch", { batchId }, { dedupeKey: batchId });
    await started.promise;
    second.queue.work(
      "post-batch",
      async () => {
        order.push("second ran");
        secondDone.resolve();
      },
      { concurrency: 1 },
    );
    await first.breakLock("post-batch");
    await vi.waitUntil(() => order.length === 2, patience);
    expect(order).toEqual(["second ran", "first ended"]);
    const closed = await Promise.all([first, second].map(({ queue }) => queue.close({ timeoutMs: 5_000 })));
    expect(closed).toEqual([{ drained: true }, { drained: true }]);
    const { queue } = await store.open({ like: first });
    expect((await queue.health()).counts["post-batch"]).toEqual(none);
  });
});
