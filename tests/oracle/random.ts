/** A small seeded generator (mulberry32): the same seed gives the same draws on every machine. */
export type Random = Readonly<{
  /** Uniform in [0, 1). */
  unit: () => number;
  /** Uniform integer from `low` to `high`, both included. */
  int: (low: number, high: number) => number;
  pick: <Item>(items: readonly [Item, ...Item[]]) => Item;
  chance: (probability: number) => boolean;
}>;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (low: number, high: number) => low + Math.floor(unit() * (high - low + 1));
  return {
    unit,
    int,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
    chance: (probability) => unit() < probability,
  };
}
