import { expect, it } from "vitest";
import { HttpProblem } from "../problem/http-problem.ts";
import { rateLimit } from "./rate-limit.ts";

function setUp(requestsPerSecond: number, burst: number) {
  let nowMs = 0;
  const take = rateLimit({ requestsPerSecond, burst, clock: () => nowMs });
  const passes = (keyId: string): boolean => {
    try {
      take(keyId);
      return true;
    } catch (error) {
      if (error instanceof HttpProblem && error.code === "rate_limited") return false;
      throw error;
    }
  };
  return {
    passes,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

it("lets a burst through, then the sustained rate", () => {
  const { passes, advance } = setUp(2, 3);
  expect([1, 2, 3, 4].map(() => passes("a"))).toEqual([true, true, true, false]);
  advance(500);
  expect([1, 2].map(() => passes("a"))).toEqual([true, false]);
  advance(60_000);
  expect([1, 2, 3, 4].map(() => passes("a"))).toEqual([true, true, true, false]);
});

it("counts each key by itself", () => {
  const { passes } = setUp(1, 1);
  expect([passes("a"), passes("a"), passes("b")]).toEqual([true, false, true]);
});

it("gives nothing back when the clock goes backwards", () => {
  const { passes, advance } = setUp(1, 1);
  expect(passes("a")).toBe(true);
  advance(-10_000);
  expect(passes("a")).toBe(false);
});
