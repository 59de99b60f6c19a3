/** Ten years: the last bucket, which also holds whatever is later. */
const LATENESS_SECONDS_LAST = 315_360_000;

/** Upper bounds of the buckets of lateness, seconds. */
const LATENESS_SECONDS_MAX = [
  1,
  5,
  15,
  60,
  120,
  300,
  900,
  3_600,
  21_600,
  86_400,
  604_800,
  2_592_000,
  LATENESS_SECONDS_LAST,
] as const;

/** How long the largest lateness met is kept in mind, whatever its share. */
const REMEMBERED_MS = 30 * 86_400_000;

/** The share of late rows, in thousandths, that the overlap is to catch in any case. */
const SHARE_THOUSANDTHS = 999;

export interface LatenessCount {
  readonly secondsMax: number;
  readonly rows: number;
  readonly lastSeenAtMs: number;
}

export interface OverlapBounds {
  readonly secondsMin: number;
  readonly secondsMax: number;
}

/** The bucket of a row that came so much later than its update time says it should have; `latenessMs` is above 0. */
export function latenessBucket(latenessMs: number): number {
  return LATENESS_SECONDS_MAX.find((secondsMax) => latenessMs <= secondsMax * 1_000) ?? LATENESS_SECONDS_LAST;
}

/**
 * The smallest bucket (seconds) that holds a share of the late rows together with those before it; null without any.
 * @param buckets smallest first
 */
export function latenessAtShare(buckets: readonly LatenessCount[], shareThousandths: number): number | null {
  const total = buckets.reduce((sum, bucket) => sum + bucket.rows, 0);
  let rows = 0;
  for (const bucket of buckets) {
    rows += bucket.rows;
    if (total > 0 && rows * 1_000 >= total * shareThousandths) return bucket.secondsMax;
  }
  return null;
}

/**
 * How far back the next pull begins, seconds: twice the lateness that holds 99.9 % of the late rows, or twice the largest
 * of the last 30 days where that is more, within the configured bounds.
 * @param buckets smallest first
 */
export function learnOverlap(buckets: readonly LatenessCount[], bounds: OverlapBounds, nowMs: number): number {
  const usual = latenessAtShare(buckets, SHARE_THOUSANDTHS) ?? 0;
  const largest = buckets.findLast((bucket) => bucket.lastSeenAtMs >= nowMs - REMEMBERED_MS)?.secondsMax ?? 0;
  return Math.min(Math.max(bounds.secondsMin, Math.max(usual, largest) * 2), bounds.secondsMax);
}
