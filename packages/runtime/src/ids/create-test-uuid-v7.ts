import type { Clock } from "../time/clock.ts";
import { createUuidV7, type IdGenerator } from "./create-uuid-v7.ts";

/**
 * The same generator with a counter in place of chance: the same clock gives the same ids, run after run.
 * @param seed tells several generators of one test apart
 */
export function createTestUuidV7(clock: Clock, seed = 0): IdGenerator {
  let drawn = 0;
  return createUuidV7(clock, (size) => {
    const bytes = Buffer.alloc(size);
    bytes.writeUInt16BE(seed, size - 6);
    bytes.writeUInt32BE(drawn, size - 4);
    drawn += 1;
    return bytes;
  });
}
