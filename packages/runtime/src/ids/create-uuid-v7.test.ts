import { expect, it } from "vitest";
import { testClock } from "../time/test-clock.ts";
import { createTestUuidV7 } from "./create-test-uuid-v7.ts";
import { createUuidV7 } from "./create-uuid-v7.ts";

const start = Date.UTC(2020, 6, 31);
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it("lays out like the example of RFC 9562, appendix A.6, with the top bit of the counter cleared", () => {
  const draw = () => Buffer.from("0cc398c4dc0c0c07398f", "hex");
  const id = createUuidV7(() => 0x017f22e279b0, draw)();
  expect(id).toBe("017f22e2-79b0-74c3-98c4-dc0c0c07398f");
});

it("sorts as strings in the order of making, within a millisecond and through a full counter", () => {
  const next = createUuidV7(testClock(start));
  const ids = Array.from({ length: 10_000 }, next);
  expect(ids.every((id) => shape.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

it("does not go backwards when the clock does", () => {
  const clock = testClock(start);
  const next = createUuidV7(clock);
  const before = next();
  clock.advance(-60_000);
  expect(next() > before).toBe(true);
});

it("repeats itself with the test generator and tells seeds apart", () => {
  const run = (seed: number) => {
    const clock = testClock(start);
    const next = createTestUuidV7(clock, seed);
    const first = next();
    clock.advance(1);
    return [first, next()];
  };
  expect(run(0)).toEqual(run(0));
  expect(run(0)).not.toEqual(run(1));
  expect(run(0).every((id) => shape.test(id))).toBe(true);
});

it("refuses a time it cannot hold", () => {
  expect(() => createUuidV7(() => Number.NaN)()).toThrow(RangeError);
  expect(() => createUuidV7(() => 2 ** 48)()).toThrow(RangeError);
});
