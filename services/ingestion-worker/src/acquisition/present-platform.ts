import { formatInstant, type Language, type PlatformResponse, type PlatformsResponse } from "@xueshi/contracts";
import type { LatenessBucket, PlatformMark, PlatformState, PullView } from "@xueshi/database";
import type { Platform } from "@xueshi/platforms";
import { breakerState, CLOSED_BREAKER } from "./breaker.ts";
import { latenessAtShare, learnOverlap } from "./lateness.ts";
import { overlapBoundsOf } from "./overlap.ts";
import { presentPull } from "./present-pull.ts";

const HOUR_MS = 3_600_000;
const P99_THOUSANDTHS = 990;

/** What is known of all platforms. */
export interface PlatformKnowledge {
  readonly marks: readonly PlatformMark[];
  readonly newestPulls: readonly PullView[];
  readonly unpostedBatches: ReadonlyMap<string, number>;
  readonly states: readonly PlatformState[];
  /** Smallest bucket of a platform first. */
  readonly lateness: readonly LatenessBucket[];
  readonly lastSuccessesMs: ReadonlyMap<string, number>;
  readonly rowsPerDay: readonly { readonly platform: string; readonly day: string; readonly rows: number }[];
}

type PlatformJson = PlatformsResponse["platforms"][number];

/** A platform and how its pulls go, as JSON. */
export function presentPlatform(
  platform: Platform,
  known: PlatformKnowledge,
  nowMs: number,
  language: Language,
): PlatformJson {
  const { name } = platform;
  const isOwn = (one: { readonly platform: string }) => one.platform === name;
  const lastPull = known.newestPulls.find(isOwn);
  const state = known.states.find(isOwn);
  const lateness = known.lateness.filter(isOwn);
  const bounds = overlapBoundsOf(platform);
  const breaker = state ?? CLOSED_BREAKER;
  const { completeUntilMs, freshness } = freshnessOf(platform, known.marks, nowMs);
  return {
    platform: name,
    title: language === "zh-CN" ? platform.title.zh : platform.title.en,
    freshness,
    completeUntil: instant(completeUntilMs),
    maxAgeHours: platform.expectations.maxAgeHours,
    unpostedBatches: known.unpostedBatches.get(name) ?? 0,
    lastPull: lastPull === undefined ? null : presentPull(lastPull, language),
    lastSuccessAt: instant(known.lastSuccessesMs.get(name) ?? null),
    breaker: {
      state: breakerState(breaker, nowMs),
      failuresInARow: breaker.failuresInARow,
      retryAt: instant(breaker.retryAtMs),
      lastReason: breaker.lastReason,
    },
    overlap: bounds === null ? null : { seconds: learnOverlap(lateness, bounds, nowMs), ...bounds },
    latenessP99Seconds: latenessAtShare(lateness, P99_THOUSANDTHS),
    clockSkewMs: state?.clockSkewMs ?? null,
    rowsPerDay: known.rowsPerDay.filter(isOwn).map(({ day, rows }) => ({ day, rows })),
  };
}

/** The same with what only one platform at a time is asked for. */
export function presentPlatformDetail(
  platform: Platform,
  known: PlatformKnowledge,
  nowMs: number,
  language: Language,
): PlatformResponse {
  const lateness = known.lateness.filter((bucket) => bucket.platform === platform.name);
  return {
    ...presentPlatform(platform, known, nowMs, language),
    schedule: platform.schedule,
    expectations: platform.expectations,
    lateness: lateness.map(({ secondsMax, rows, lastSeenAtMs }) => ({
      secondsMax,
      rows,
      lastSeenAt: formatInstant(lastSeenAtMs),
    })),
  };
}

function instant(instantMs: number | null): string | null {
  return instantMs === null ? null : formatInstant(instantMs);
}

function freshnessOf(
  platform: Platform,
  marks: readonly PlatformMark[],
  nowMs: number,
): { completeUntilMs: number | null; freshness: "fresh" | "stale" | "partial" | "not_yet_known" } {
  const own = marks.filter((mark) => mark.platform === platform.name);
  const completeUntilMs = own.findLast((mark) => mark.completeUntilMs !== null)?.completeUntilMs ?? null;
  if (completeUntilMs === null) return { completeUntilMs, freshness: "not_yet_known" };
  if (completeUntilMs < nowMs - platform.expectations.maxAgeHours * HOUR_MS)
    return { completeUntilMs, freshness: "stale" };
  return { completeUntilMs, freshness: own.at(-1)?.completeUntilMs === null ? "partial" : "fresh" };
}
