import { expect, it } from "vitest";
import { systemClock } from "./system-clock.ts";
import { testClock } from "./test-clock.ts";

it("stands still until it is moved", () => {
  const clock = testClock("2020-07-31T00:00:00+08:00");
  expect(clock()).toBe(Date.UTC(2020, 6, 30, 16));
  expect(clock()).toBe(clock());
  clock.advance(1_500);
  expect(clock()).toBe(Date.UTC(2020, 6, 30, 16, 0, 1, 500));
  clock.set(7);
  expect(clock()).toBe(7);
});

it("refuses what is no instant", () => {
  expect(() => testClock("yesterday")).toThrow(RangeError);
  expect(() => testClock(Number.NaN)).toThrow(RangeError);
  expect(() => testClock(0).advance(0.5)).toThrow(RangeError);
});

it("reads whole milliseconds from the machine", () => {
  expect(Number.isSafeInteger(systemClock())).toBe(true);
});
