import { readFeedSize, readFeedTime, type Sql } from "@xueshi/database";

const DAY_MS = 86_400_000;
/** How long an answer holds: a position expires this much later at most. */
const HOLDS_MS = 60_000;

/** Where the feed begins that is served: nothing is ever deleted from it, as the tree over it needs all of it. */
export interface FeedRetention {
  /** The first position that is served. */
  oldest(): Promise<number>;
}

/** @param days how many days back the feed is served; null: from its beginning */
export function createFeedRetention(sql: Sql, days: number | null, clock: () => number): FeedRetention {
  let known = 0;
  let knownSinceMs = Number.NEGATIVE_INFINITY;
  return {
    async oldest() {
      const nowMs = clock();
      if (days === null || nowMs - knownSinceMs < HOLDS_MS) return known;
      known = await findOldest(sql, known, nowMs - days * DAY_MS);
      knownSinceMs = nowMs;
      return known;
    },
  };
}

/** The first position that was numbered since an instant, by halving: the feed is in the order of its numbering. */
async function findOldest(sql: Sql, fromPosition: number, sinceMs: number): Promise<number> {
  let [from, until] = [fromPosition, await readFeedSize(sql)];
  while (from < until) {
    const row = await readFeedTime(sql, Math.floor((from + until) / 2));
    if (row === null) return from;
    if (row.numberedAtMs < sinceMs) from = row.position + row.size;
    else until = Math.max(from, row.position);
  }
  return from;
}
