import type { Clock } from "./clock.ts";

export type TestClock = Clock & {
  /** Moves the clock by `ms` milliseconds (negative: backwards). */
  advance(ms: number): void;
  /** Puts the clock at an instant (same forms as the start). */
  set(instant: number | string): void;
};

function toEpochMs(instant: number | string): number {
  const epochMs = typeof instant === "number" ? instant : Date.parse(instant);
  if (!Number.isSafeInteger(epochMs)) throw new RangeError(`not an instant: ${instant}`);
  return epochMs;
}

/**
 * A clock that stands still until it is moved.
 * @param start milliseconds since the epoch, or an ISO 8601 instant with its offset
 * @throws RangeError when `start` is neither
 */
export function testClock(start: number | string): TestClock {
  let nowMs = toEpochMs(start);
  return Object.assign(() => nowMs, {
    advance(ms: number): void {
      nowMs = toEpochMs(nowMs + ms);
    },
    set(instant: number | string): void {
      nowMs = toEpochMs(instant);
    },
  });
}
