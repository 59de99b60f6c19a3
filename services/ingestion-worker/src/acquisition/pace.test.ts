import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";
import { retryAfterMs, retryDelayMs } from "./retry-delay.ts";

function run(requestsPerMinuteMax: number | null, waitsBetweenMs: readonly number[]) {
  const pace = new Pace(requestsPerMinuteMax);
  const state = { nowMs: 1_000_000 };
  const sentMs: number[] = [];
  const context = {
    clock: () => state.nowMs,
    delay: async (delayMs: number) => {
      state.nowMs += delayMs;
    },
    signal: new AbortController().signal,
  };
  return waitsBetweenMs
    .reduce<Promise<void>>(async (before, waitMs) => {
      await before;
      state.nowMs += waitMs;
      await pace.turn(context);
      sentMs.push(state.nowMs - 1_000_000);
    }, Promise.resolve())
    .then(() => sentMs);
}

describe("the pace of a platform", () => {
  it("spaces requests evenly, and no rest is followed by a burst", async () => {
    expect(await run(100, [0, 0, 0, 100, 10_000, 0, 0])).toEqual([0, 600, 1_200, 1_800, 11_800, 12_400, 13_000]);
  });

  it("never lets more through in any minute, whatever the gaps between requests", async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const perMinute = 1 + (seed % 37);
      const gaps = Array.from({ length: 120 }, (_, index) => ((seed * 7_919 + index * 104_729) % 5_000) * (index % 3));
      const sentMs = await run(perMinute, gaps);
      for (const fromMs of sentMs) {
        const inMinute = sentMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 60_000).length;
        expect(inMinute).toBeLessThanOrEqual(perMinute);
      }
    }
  });

  it("waits no longer than one space when the clock is set back", async () => {
    expect(await run(60, [0, -50_000, 0])).toEqual([0, -49_000, -48_000]);
  });

  it("does not wait where there is no limit", async () => {
    expect(await run(null, [0, 0, 0])).toEqual([0, 0, 0]);
  });
});

describe("the delay before another attempt", () => {
  const retry = { attemptsMax: 9, delayMsFirst: 500, delayMsMax: 8_000 };
  it.each([
    [1, 0, 1, 500],
    [3, 0, 1, 2_000],
    [9, 0, 1, 8_000],
    [3, 0, 0, 1_000],
    [3, 0, 0.5, 1_500],
    [1, 3_000, 0, 3_000],
    [4, 3_000, 1, 4_000],
    [1, 99_999_000, 0, 8_000],
  ])("attempt %i, asked %i ms, chance %f: %i ms", (attempt, askedMs, random, expectedMs) => {
    expect(retryDelayMs(retry, attempt, askedMs, random)).toBe(expectedMs);
  });

  it.each([
    ["7", 7_000],
    ["Sun, 01 Nov 2026 00:00:09 GMT", 9_000],
    ["Sun, 01 Nov 2020 00:00:00 GMT", 0],
    ["soon", 0],
    ["", 0],
  ])("Retry-After: %s", (text, expectedMs) => {
    const headers = new Headers({ "retry-after": text });
    expect(retryAfterMs(headers, Date.parse("2026-11-01T00:00:00Z"))).toBe(expectedMs);
  });
});
