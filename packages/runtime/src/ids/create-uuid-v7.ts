import type { Clock } from "../time/clock.ts";
import { pooledRandom, type RandomSource } from "./pooled-random.ts";

/** Makes one id a call. */
export type IdGenerator = () => string;

const counterMax = 0xfff;
const counterSeedMask = 0x7ff;
const timestampMsMax = 2 ** 48 - 1;

/**
 * A generator of UUID version 7 that never goes backwards: ids of one generator sort as strings in the
 * order they were made, within a millisecond and across a clock that steps back.
 * RFC 9562, 5.7 and 6.2 method 1: 48 bits of time, a 12-bit counter seeded below half, 62 random bits.
 */
export function createUuidV7(clock: Clock, random: RandomSource = pooledRandom()): IdGenerator {
  let timestampMs = -1;
  let counter = 0;
  return () => {
    const bytes = Buffer.from(random(10));
    const nowMs = clock();
    if (nowMs > timestampMs) {
      timestampMs = nowMs;
      counter = bytes.readUInt16BE(0) & counterSeedMask;
    } else if (counter < counterMax) {
      counter += 1;
    } else {
      // A full counter borrows the next millisecond (RFC 9562, 6.2), so order holds without waiting.
      timestampMs += 1;
      counter = 0;
    }
    if (!Number.isSafeInteger(timestampMs) || timestampMs < 0 || timestampMs > timestampMsMax) {
      throw new RangeError("the clock is outside what a UUID version 7 can hold");
    }
    return format(timestampMs, counter, bytes);
  };
}

function format(timestampMs: number, counter: number, bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(2) & 0x3f) | 0x80, 2);
  const time = timestampMs.toString(16).padStart(12, "0");
  const tail = bytes.toString("hex", 2);
  const sequence = counter.toString(16).padStart(3, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
