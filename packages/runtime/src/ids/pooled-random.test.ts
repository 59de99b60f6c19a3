import { expect, it } from "vitest";
import { pooledRandom } from "./pooled-random.ts";

it("gives every byte once, and draws a block when one is used up", () => {
  const draws: number[] = [];
  const random = pooledRandom((size) => {
    draws.push(size);
    return Uint8Array.from({ length: size }, (_, index) => (index + draws.length * 7) % 251);
  });
  const first = Buffer.from(random(10));
  const second = Buffer.from(random(10));
  expect([first.length, second.length, draws]).toEqual([10, 10, [4_096]]);
  expect(second[0]).toBe(((first[9] ?? 0) + 1) % 251);
  for (let taken = 20; taken < 4_090; taken += 10) random(10);
  expect(draws).toEqual([4_096]);
  expect(random(10).length).toBe(10);
  expect(draws).toEqual([4_096, 4_096]);
  expect(random(5_000).length).toBe(5_000);
  expect(draws).toEqual([4_096, 4_096, 5_000]);
});
