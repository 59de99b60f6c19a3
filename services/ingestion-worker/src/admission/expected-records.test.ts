import { createHash } from "node:crypto";
import { localDateAt, uuidFromDigest } from "@xueshi/domain";
import { expect, it } from "vitest";
import { ExpectedRecords } from "./expected-records.ts";

const START_MS = Date.parse("2020-01-01T00:00:00Z");
const keyOf = (nth: number) => uuidFromDigest(createHash("sha256").update(String(nth)).digest("hex"));

/** A small repeatable generator (mulberry32). */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}

it("says the same as a plain list of keys, whatever comes in whatever order", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = createRandom(seed);
    const expected = new ExpectedRecords();
    const plain = new Map<string, { timeMs: number; hasCome: boolean }>();
    for (let count = random(3_000); count > 0; count -= 1) {
      const [key, timeMs] = [keyOf(random(4_000)), START_MS + random(10 * 86_400) * 1_000];
      expected.add(key, timeMs);
      plain.set(key, { timeMs, hasCome: false });
    }
    for (let count = random(6_000); count > 0; count -= 1) {
      const [key, timeMs] = [keyOf(random(5_000)), START_MS + random(10 * 86_400) * 1_000];
      expected.meet(key, timeMs);
      const record = plain.get(key);
      if (record !== undefined && timeMs >= record.timeMs) record.hasCome = true;
    }
    const days = new Map<string, { before: number; missing: number }>();
    for (const { timeMs, hasCome } of plain.values()) {
      const day = days.get(localDateAt(timeMs)) ?? { before: 0, missing: 0 };
      days.set(localDateAt(timeMs), { before: day.before + 1, missing: day.missing + (hasCome ? 0 : 1) });
    }
    expect(expected.size, `seed ${seed}`).toBe(plain.size);
    expect(Object.fromEntries(expected.byDay()), `seed ${seed}`).toEqual(Object.fromEntries(days));
  }
});

it("takes a row without a readable update time for the record, and a stranger for nothing", () => {
  const expected = new ExpectedRecords();
  expected.add(keyOf(1), START_MS);
  expected.meet(keyOf(2), START_MS);
  expect(expected.byDay().get(localDateAt(START_MS))).toEqual({ before: 1, missing: 1 });
  expected.meet(keyOf(1), null);
  expect(expected.byDay().get(localDateAt(START_MS))).toEqual({ before: 1, missing: 0 });
});
