import { describe, expect, it } from "vitest";
import { type Breaker, type BreakerEvent, breakerAfter, breakerState, CLOSED_BREAKER } from "./breaker.ts";

const NOW_MS = Date.parse("2026-11-01T00:00:00Z");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const failed: BreakerEvent = {
  outcome: "failed",
  reason: "timeout",
  rowsNew: 0,
  retryAfterMs: null,
  endedAtMs: NOW_MS,
  random: 0,
};
const after = (...events: readonly Partial<BreakerEvent>[]): Breaker =>
  events.reduce<Breaker>((breaker, event) => breakerAfter(breaker, { ...failed, ...event }), CLOSED_BREAKER);
const waitMs = (breaker: Breaker) => (breaker.retryAtMs ?? Number.NaN) - NOW_MS;
const failures = (count: number) => Array.from({ length: count }, () => ({}));

describe("a platform that fails", () => {
  it("is asked on schedule as ever after one failure or two, and waits longer and longer from the third on", () => {
    expect([1, 2].map((count) => after(...failures(count)).retryAtMs)).toEqual([null, null]);
    const minutes = [3, 4, 5, 6, 7, 8, 9, 10, 30].map((count) => waitMs(after(...failures(count))) / MINUTE_MS);
    expect(minutes).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
  });

  it("is left alone for at most a fifth longer, so that platforms that failed together come apart", () => {
    expect(waitMs(after({}, {}, { random: 0.5 })) / MINUTE_MS).toBe(5.5);
  });

  it("is let in at once again by a pull that reaches its end, also on demand and also a suspicious one", () => {
    for (const outcome of ["complete", "suspicious"] as const) {
      expect(after(...failures(5), { outcome, reason: null })).toEqual(CLOSED_BREAKER);
    }
  });

  it("has failed too when its first page is all it gives, again and again", () => {
    const stuck = { outcome: "partial", reason: "error_body", rowsNew: 0 } as const;
    expect(breakerState(after(stuck, stuck, stuck), NOW_MS)).toBe("open");
    const slow = { ...stuck, rowsNew: 1 };
    expect(after(slow, slow, slow, slow)).toEqual(CLOSED_BREAKER);
  });

  it("is not blamed for what it has not done", () => {
    const own = ["aborted", "interrupted", "target_missing", "target_mismatch"].map((reason) => ({ reason }));
    expect(after(...own)).toEqual(CLOSED_BREAKER);
    expect(after({}, {}, { outcome: "cancelled", reason: null }).failuresInARow).toBe(2);
  });
});

describe("a refused login", () => {
  it("stops pulls on schedule at once, for an hour and more, so that the account is not locked", () => {
    expect(waitMs(after({ reason: "login_refused" }))).toBe(HOUR_MS);
    expect(waitMs(after(...failures(8), { reason: "login_refused" }))).toBe(320 * MINUTE_MS);
  });
});

describe("Retry-After", () => {
  it("is respected before any failure counts, and up to a day", () => {
    expect(waitMs(after({ retryAfterMs: 90_000 }))).toBe(90_000);
    expect(waitMs(after({ retryAfterMs: 90 * HOUR_MS }))).toBe(24 * HOUR_MS);
    expect(waitMs(after({ outcome: "partial", rowsNew: 9, retryAfterMs: 90_000 }))).toBe(90_000);
    expect(waitMs(after(...failures(3), { retryAfterMs: 1 }))).toBe(10 * MINUTE_MS);
  });
});

it("is open until the wait is over, and then half open", () => {
  const breaker = after(...failures(3));
  const states = [0, 5 * MINUTE_MS - 1, 5 * MINUTE_MS].map((laterMs) => breakerState(breaker, NOW_MS + laterMs));
  expect(states).toEqual(["open", "open", "half_open"]);
  expect(breakerState(CLOSED_BREAKER, NOW_MS)).toBe("closed");
});
