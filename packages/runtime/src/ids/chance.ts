/** A number from 0 to below 1, by chance; good enough to spread moments, not to make secrets. */
export type Chance = () => number;

export const systemChance: Chance = Math.random;
