import { systemClock } from "@xueshi/runtime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { storeStarters, type TestStore } from "./testing/test-stores.ts";

const patience = { timeout: 15_000, interval: 10 };
const everySecond = { cron: "* * * * * *", tz: "Asia/Shanghai" } as const;
const payload = { platform: "quzhou-city" };

describe.each(storeStarters)("schedules on %s", (_kind, startStore) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.stop());

  test("a cron expression is read in Asia/Shanghai", async () => {
    const { queue } = await store.open();
    const nightly = { cron: "30 3 * * *", tz: "Asia/Shanghai" } as const;
    const { nextRunMs } = await queue.schedule("pull-platform", "nightly", nightly, payload);
    expect(new Date(nextRunMs).toISOString()).toMatch(/T19:30:00\.000Z$/);
  });

  test("a schedule fires again and again, with its payload", async () => {
    const { queue } = await store.open();
    const seen: string[] = [];
    queue.work("pull-platform", async ({ platform }) => void seen.push(platform), { concurrency: 1 });
    await queue.schedule("pull-platform", "by-cron", everySecond, payload);
    await queue.schedule("pull-platform", "by-interval", { everyMs: 1_000 }, { platform: "zj-industry" });
    const count = (platform: string) => seen.filter((name) => name === platform).length;
    await vi.waitUntil(() => count("quzhou-city") >= 2 && count("zj-industry") >= 2, patience);
  });

  test("a schedule that is there is left alone, even when its job is due and waits", async () => {
    const { queue } = await store.open();
    const { nextRunMs } = await queue.schedule("pull-platform", "by-cron", everySecond, payload);
    await vi.waitUntil(() => systemClock() > nextRunMs, patience);
    expect(await queue.ensureSchedules()).toEqual({ restored: [] });
    expect(await queue.schedule("pull-platform", "by-cron", everySecond, payload)).toEqual({ nextRunMs });
  });

  test("a changed schedule replaces the old one", async () => {
    const { queue } = await store.open();
    await queue.schedule("pull-platform", "pull", { everyMs: 86_400_000 }, payload);
    const seen: string[] = [];
    await queue.schedule("pull-platform", "pull", everySecond, { platform: "zj-industry" });
    queue.work("pull-platform", async ({ platform }) => void seen.push(platform), { concurrency: 1 });
    await vi.waitUntil(() => seen.length >= 2, patience);
    expect(new Set(seen)).toEqual(new Set(["zj-industry"]));
    expect((await queue.health()).counts["pull-platform"]).toMatchObject({ waiting: 0, failed: 0 });
  });

  test("several processes may ensure the same schedule at once", async () => {
    const first = await store.open();
    const others = await Promise.all([1, 2, 3].map(() => store.open({ like: first })));
    const all = [first, ...others];
    const hourly = { cron: "0 * * * *", tz: "Asia/Shanghai" } as const;
    await Promise.all(all.map(({ queue }) => queue.schedule("pull-platform", "hourly", hourly, payload)));
    expect((await first.queue.health()).counts["pull-platform"]).toMatchObject({ delayed: 1, waiting: 0 });
    for (const { queue } of all) expect(await queue.ensureSchedules()).toEqual({ restored: [] });
  });

  test("what is unscheduled stays away", async () => {
    const { queue } = await store.open();
    await queue.schedule("pull-platform", "by-cron", everySecond, payload);
    await queue.unschedule("pull-platform", "by-cron");
    expect(await queue.ensureSchedules()).toEqual({ restored: [] });
    expect((await queue.health()).counts["pull-platform"]).toMatchObject({ delayed: 0 });
    await queue.unschedule("pull-platform", "never-there");
  });

  test.each([
    ["a key that is not kebab-case", "by:cron", { everyMs: 60_000 }],
    ["a cron expression that is none", "bad", { cron: "61 * * * *", tz: "Asia/Shanghai" }],
    ["another time zone", "bad", { cron: "* * * * *", tz: "UTC" }],
    ["no time zone", "bad", { cron: "* * * * *" }],
    ["an interval below a second", "bad", { everyMs: 999 }],
    ["both", "bad", { cron: "* * * * *", tz: "Asia/Shanghai", everyMs: 60_000 }],
  ])("%s is refused and forgotten", async (_what, key, spec) => {
    const { queue } = await store.open();
    const refused = queue.schedule("pull-platform", key, spec as { everyMs: number }, payload);
    await expect(refused).rejects.toMatchObject({ code: "schedule_refused" });
    expect(await queue.ensureSchedules()).toEqual({ restored: [] });
  });
});
