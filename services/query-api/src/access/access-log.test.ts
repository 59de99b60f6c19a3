import type { AccessRow } from "@xueshi/database";
import { createLogger } from "@xueshi/runtime";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AccessLogLimits, createAccessLog } from "./access-log.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const row = (accessId: string): AccessRow => ({
  practitionerId: "p",
  accessedAtMs: 0,
  accessId,
  keyId: "k",
  purpose: "check",
  requestId: "r",
});

/** A log over writes that end when the test says so, with what it has logged itself. */
function setUp(mode: "group" | "sync", limits: Partial<AccessLogLimits> = {}) {
  const writes: { ids: string[]; done: PromiseWithResolvers<void> }[] = [];
  const lines: string[] = [];
  const log = createAccessLog({
    write: (rows) => {
      const done = Promise.withResolvers<void>();
      writes.push({ ids: rows.map(({ accessId }) => accessId), done });
      return done.promise;
    },
    mode,
    logger: createLogger({ service: "test", clock: () => 0, write: (line) => void lines.push(line) }),
    monotonicMs: () => performance.now(),
    limits,
  });
  const end = async (index: number, error?: Error) => {
    const write = writes[index];
    if (write === undefined) throw new Error(`there is no write ${index}`);
    if (error === undefined) write.done.resolve();
    else write.done.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { log, writes, lines, end, ids: () => writes.map(({ ids }) => ids) };
}

const UNAVAILABLE = { code: "service_unavailable", headers: { "Retry-After": "1" } };

describe("in groups", () => {
  test("what comes within 40 ms is one write, and nobody waits for it", async () => {
    const { log, ids } = setUp("group");
    await log.note([row("a")]);
    await vi.advanceTimersByTimeAsync(39);
    await log.note([row("b"), row("c")]);
    expect(ids()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ids()).toEqual([["a", "b", "c"]]);
  });

  test("there is one write at a time, and a failed one is tried again in its place", async () => {
    const { log, ids, end, lines } = setUp("group");
    await log.note([row("a")]);
    await vi.advanceTimersByTimeAsync(40);
    await log.note([row("b")]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ids()).toEqual([["a"]]);
    await end(0, new Error("no connection"));
    await log.note([row("c")]);
    await vi.advanceTimersByTimeAsync(200);
    expect(ids()).toEqual([["a"], ["a", "b", "c"]]);
    expect(lines.join()).toContain("no connection");
    await end(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ids()).toHaveLength(2);
  });

  test("while it cannot be written for long, reads are refused, and taken again when it can", async () => {
    const { log, end } = setUp("group");
    await log.note([row("a")]);
    await vi.advanceTimersByTimeAsync(40);
    await vi.advanceTimersByTimeAsync(2_000);
    await log.check();
    await vi.advanceTimersByTimeAsync(1);
    await expect(log.check()).rejects.toThrow("not written");
    expect(() => log.note([row("b")])).toThrow(expect.objectContaining(UNAVAILABLE));
    await end(0);
    await log.check();
    await log.note([row("c")]);
  });

  test("a write that hangs ends by its bound and is tried again", async () => {
    const { log, ids } = setUp("group", { writeMsMax: 1_000 });
    await log.note([row("a")]);
    await vi.advanceTimersByTimeAsync(40 + 1_000 + 200);
    expect(ids()).toEqual([["a"], ["a"]]);
  });

  test("beyond half of what it holds callers wait, and beyond all of it they are refused", async () => {
    const { log, end } = setUp("group", { heldRowsMax: 4 });
    await log.note([row("a"), row("b")]);
    const waits = log.note([row("c")]);
    let ended = false;
    void waits.then(() => {
      ended = true;
    });
    expect(() => log.note([row("d"), row("e")])).toThrow(expect.objectContaining(UNAVAILABLE));
    await vi.advanceTimersByTimeAsync(40);
    expect(ended).toBe(false);
    expect(() => log.note([row("d"), row("e")])).toThrow(expect.objectContaining(UNAVAILABLE));
    await end(0);
    expect(ended).toBe(true);
    await log.note([row("d"), row("e")]);
  });
});

describe("in sync", () => {
  test("each caller waits for its own write; those that came meanwhile share the next", async () => {
    const { log, ids, end } = setUp("sync");
    const settled: string[] = [];
    for (const id of ["a", "b", "c"]) void log.note([row(id)]).then(() => settled.push(id));
    expect(ids()).toEqual([["a"]]);
    await end(0);
    expect([settled, ids()]).toEqual([["a"], [["a"], ["b", "c"]]]);
    await end(1);
    expect(settled).toEqual(["a", "b", "c"]);
  });

  test("a caller whose row was not written is refused, and the row is written later", async () => {
    const { log, ids, end } = setUp("sync");
    const noted = expect(log.note([row("a")])).rejects.toMatchObject(UNAVAILABLE);
    await end(0, new Error("no connection"));
    await noted;
    await vi.advanceTimersByTimeAsync(200);
    expect(ids()).toEqual([["a"], ["a"]]);
  });
});

describe("at the end", () => {
  test("what is left is written, after what is being written", async () => {
    const { log, ids, end } = setUp("group");
    await log.note([row("a")]);
    await vi.advanceTimersByTimeAsync(40);
    await log.note([row("b")]);
    const closed = log.close();
    await end(0);
    await end(1);
    await closed;
    expect(ids()).toEqual([["a"], ["b"]]);
  });

  test("what cannot be written within the bound is counted as lost", async () => {
    const { log, writes, lines } = setUp("group", { closeMsMax: 1_000, writeMsMax: 500 });
    await log.note([row("a"), row("b")]);
    const closed = expect(log.close()).rejects.toThrow("2 rows of the access log are lost");
    await vi.advanceTimersByTimeAsync(3_000);
    await closed;
    expect(writes.length).toBeGreaterThan(1);
    expect(lines.at(-1)).toContain('"rows":2');
    const before = writes.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(writes).toHaveLength(before);
  });
});
