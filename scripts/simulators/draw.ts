import { hash } from "node:crypto";

/** A whole number from 0 to 2^32 - 1 that depends on nothing but its arguments. */
export function drawSalt(seed: number, ...what: readonly (string | number)[]): number {
  return hash("sha256", [seed, ...what].join("\n"), "buffer").readUInt32BE(0);
}

/** The same, from 0 up to, not including, 1. */
export function drawShare(seed: number, ...what: readonly (string | number)[]): number {
  return drawSalt(seed, ...what) / 0x1_00_00_00_00;
}

/** The items in an order that the salt alone decides. */
export function shuffled<Item>(items: readonly Item[], salt: number): Item[] {
  const left = [...items];
  const order: Item[] = [];
  for (let nth = 0; left.length > 0; nth += 1) order.push(...left.splice(drawSalt(salt, nth) % left.length, 1));
  return order;
}
