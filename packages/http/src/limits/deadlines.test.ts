import { expect, it } from "vitest";
import { createDeadlines } from "./deadlines.ts";

const expired = (): Error => new Error("expired");
const now = (): number => performance.now();

it("passes on what work gives or throws in time", async () => {
  const deadlines = createDeadlines(60_000, now);
  expect(await deadlines.within(Promise.resolve(1), expired)).toBe(1);
  await expect(deadlines.within(Promise.reject(new Error("own")), expired)).rejects.toThrow("own");
});

it("rejects work that takes too long, each at its own time", async () => {
  const deadlines = createDeadlines(10, now);
  const first = deadlines.within(new Promise(() => {}), expired);
  await expect(first).rejects.toThrow("expired");
  const second = deadlines.within(new Promise(() => {}), expired);
  const third = deadlines.within(Promise.resolve("in time"), expired);
  expect(await third).toBe("in time");
  await expect(second).rejects.toThrow("expired");
});

it("expires only what is due, and the rest when it is", async () => {
  let nowMs = 0;
  const deadlines = createDeadlines(10, () => nowMs);
  const early = deadlines.within(new Promise(() => {}), expired);
  nowMs = 9;
  const late = deadlines.within(new Promise(() => {}), expired);
  let lateOver = false;
  late.catch(() => {
    lateOver = true;
  });
  nowMs = 10;
  await expect(early).rejects.toThrow("expired");
  expect(lateOver).toBe(false);
  nowMs = 19;
  await expect(late).rejects.toThrow("expired");
});
