import { randomBytes } from "node:crypto";

/** Fills and returns `size` bytes. */
export type RandomSource = (size: number) => Uint8Array;

const blockBytes = 4_096;

/**
 * Cryptographic random bytes, drawn from the system a block at a time: ten bytes cost as much there as a whole block.
 * Every byte is given out once.
 */
export function pooledRandom(draw: RandomSource = randomBytes): RandomSource {
  let block: Uint8Array = Buffer.alloc(0);
  let used = 0;
  return (size) => {
    if (used + size > block.length) {
      block = draw(Math.max(size, blockBytes));
      used = 0;
    }
    used += size;
    return block.subarray(used - size, used);
  };
}
