import { createLogger } from "@xueshi/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Knowledge } from "./knowledge.ts";
import { type KnowledgeWatch, watchKnowledge } from "./watch-knowledge.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const EMPTY: Knowledge = { ruleSets: [], marks: [], steps: new Map() };

async function setUp() {
  const reads: (Knowledge | null)[] = [];
  const state: { fails: boolean; next: Knowledge } = { fails: false, next: EMPTY };
  const lines: string[] = [];
  const starting = watchKnowledge({
    read: async (before) => {
      reads.push(before);
      if (state.fails) throw new Error("no connection");
      return state.next;
    },
    logger: createLogger({ service: "test", clock: () => 0, write: (line) => void lines.push(line) }),
    monotonicMs: () => performance.now(),
  });
  return { reads, state, lines, watch: await starting };
}

test("is there after the first read and follows within a refresh", async () => {
  const { watch, reads, state } = await setUp();
  expect(watch.current()).toBe(EMPTY);
  state.next = { ...EMPTY };
  await vi.advanceTimersByTimeAsync(200);
  expect(watch.current()).toBe(state.next);
  expect(reads).toEqual([null, EMPTY]);
  await watch.stop();
});

test("answers from what is known for five seconds of failures and no longer, and again after a good read", async () => {
  const { watch, state, lines } = await setUp();
  state.fails = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(watch.current()).toBe(EMPTY);
  await vi.advanceTimersByTimeAsync(1);
  expect(() => watch.current()).toThrow(expect.objectContaining({ code: "service_unavailable" }));
  await expect(watch.check()).rejects.toThrow("for too long");
  expect(lines[0]).toContain("no connection");
  state.fails = false;
  await vi.advanceTimersByTimeAsync(200);
  expect(watch.current()).toBe(EMPTY);
  await watch.check();
  await watch.stop();
});

test("reads everything again now and then, in case a clock far ahead hid something", async () => {
  const { watch, reads } = await setUp();
  await vi.advanceTimersByTimeAsync(300_000 + 200);
  expect(reads.filter((before) => before === null)).toHaveLength(2);
  await watch.stop();
});

test("is renewed at once when asked, by one read for all that ask, begun after they did", async () => {
  const { watch, reads, state } = await setUp();
  state.next = { ...EMPTY };
  const renewed = await Promise.all([watch.renewed(), watch.renewed(), watch.renewed()]);
  expect(renewed).toEqual([state.next, state.next, state.next]);
  expect(renewed.every((one) => one === state.next)).toBe(true);
  expect(reads).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(199);
  expect(reads).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(reads).toHaveLength(3);
  await watch.stop();
});

test("a renewal that fails leaves what is known, as long as that is recent enough", async () => {
  const { watch, state } = await setUp();
  state.fails = true;
  expect(await watch.renewed()).toBe(EMPTY);
  await vi.advanceTimersByTimeAsync(5_001);
  await expect(watch.renewed()).rejects.toMatchObject({ code: "service_unavailable" });
  await watch.stop();
});

test("a stopped one reads no more", async () => {
  const { watch, reads } = await setUp();
  await watch.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reads).toHaveLength(1);
});

test("a read that hangs is given up, and the service starts without knowledge", async () => {
  let watch: KnowledgeWatch | null = null;
  const starting = watchKnowledge({
    read: () => new Promise(() => undefined),
    logger: createLogger({ service: "test", clock: () => 0, write: () => undefined }),
    monotonicMs: () => performance.now(),
  }).then((started) => {
    watch = started;
    return started;
  });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(watch).not.toBeNull();
  expect(() => watch?.current()).toThrow(expect.objectContaining({ code: "service_unavailable" }));
  const stopped = (await starting).stop();
  await vi.advanceTimersByTimeAsync(5_000);
  await stopped;
});
