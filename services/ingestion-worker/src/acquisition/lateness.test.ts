import { describe, expect, it } from "vitest";
import { latenessAtShare, latenessBucket, learnOverlap } from "./lateness.ts";

const NOW_MS = Date.parse("2026-11-01T00:00:00Z");
const DAY_MS = 86_400_000;
const bounds = { secondsMin: 120, secondsMax: 604_800 };
const bucket = (secondsMax: number, rows: number, daysAgo = 0) => ({
  secondsMax,
  rows,
  lastSeenAtMs: NOW_MS - daysAgo * DAY_MS,
});

describe("lateness", () => {
  it.each([
    [1, 1],
    [1_000, 1],
    [1_001, 5],
    [60_000, 60],
    [60_001, 120],
    [7 * DAY_MS, 604_800],
    [40_000 * DAY_MS, 315_360_000],
  ])("of %i ms falls into the bucket of %i s", (latenessMs, secondsMax) => {
    expect(latenessBucket(latenessMs)).toBe(secondsMax);
  });

  it("is at a share where the buckets up to there hold it", () => {
    const buckets = [bucket(1, 989), bucket(5, 1), bucket(900, 10)];
    expect(latenessAtShare(buckets, 500)).toBe(1);
    expect(latenessAtShare(buckets, 990)).toBe(5);
    expect(latenessAtShare(buckets, 999)).toBe(900);
    expect(latenessAtShare([], 990)).toBeNull();
  });
});

describe("the overlap that is learned", () => {
  it.each([
    ["nothing was late: the configured minimum", [], 120],
    ["little: still the minimum", [bucket(5, 9)], 120],
    ["twice the bucket that holds the late rows", [bucket(300, 9)], 600],
    ["one straggler among thousands, of these days, counts", [bucket(5, 9_999), bucket(3_600, 1)], 7_200],
    ["one of long ago does not", [bucket(300, 9_999), bucket(3_600, 1, 31)], 600],
    ["more than a thousandth of long ago does", [bucket(300, 990), bucket(3_600, 10, 31)], 7_200],
    ["the day it is forgotten", [bucket(300, 9_999), bucket(3_600, 1, 30)], 7_200],
    ["never beyond the configured maximum", [bucket(2_592_000, 1)], 604_800],
  ])("%s", (_what, buckets, seconds) => {
    expect(learnOverlap(buckets, bounds, NOW_MS)).toBe(seconds);
  });
});
