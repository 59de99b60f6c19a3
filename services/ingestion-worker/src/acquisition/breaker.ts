import type { PullOutcome } from "@xueshi/domain";

/** So many pulls in a row that took nothing make those on schedule wait. */
const FAILURES_MAX = 3;
const RETRY_MS_FIRST = 5 * 60_000;
const RETRY_MS_MAX = 6 * 3_600_000;
/** A refused login is not tried on schedule more often than this, or the platform may lock the account. */
const LOGIN_RETRY_MS = 3_600_000;
/** What a platform asks for in Retry-After is respected up to here. */
const ASKED_MS_MAX = 24 * 3_600_000;
/** Added to a wait at most, in parts of it: platforms that failed together are not asked together again. */
const JITTER_SHARE = 0.2;

/** Ends that say nothing about the platform. */
const OWN_REASONS: ReadonlySet<string> = new Set(["aborted", "interrupted", "target_missing", "target_mismatch"]);

export interface Breaker {
  readonly failuresInARow: number;
  readonly lastReason: string | null;
  /** Pulls on schedule wait until then, ms since 1970 UTC; null: they do not. */
  readonly retryAtMs: number | null;
}

export type BreakerState = "closed" | "open" | "half_open";

export interface BreakerEvent {
  readonly outcome: PullOutcome;
  readonly reason: string | null;
  /** Rows that were not read before; what an overlap reads again shows nothing. */
  readonly rowsNew: number;
  /** What the platform asked for in Retry-After, milliseconds; null: nothing. */
  readonly retryAfterMs: number | null;
  readonly endedAtMs: number;
  /** 0 up to, not including, 1. */
  readonly random: number;
}

export const CLOSED_BREAKER: Breaker = { failuresInARow: 0, lastReason: null, retryAtMs: null };

/**
 * The breaker after a pull. A pull that reached its end closes it; one that took nothing new because of its platform is a
 * failure; a partial one that brought something, or an end of our own making, leaves it as it is.
 */
export function breakerAfter(before: Breaker, pull: BreakerEvent): Breaker {
  const { outcome, reason, endedAtMs } = pull;
  if (outcome === "complete" || outcome === "suspicious") return CLOSED_BREAKER;
  if (outcome === "cancelled" || (reason !== null && OWN_REASONS.has(reason))) return before;
  const askedMs = Math.min(pull.retryAfterMs ?? 0, ASKED_MS_MAX);
  const later = (waitMs: number) => (waitMs === 0 ? null : endedAtMs + waitMs);
  if (outcome === "partial" && pull.rowsNew > 0) {
    return askedMs === 0 ? before : { ...before, lastReason: reason, retryAtMs: later(askedMs) };
  }
  const failuresInARow = before.failuresInARow + 1;
  const waitMs = Math.max(askedMs, waitMsAfter(failuresInARow, reason, pull.random));
  return { failuresInARow, lastReason: reason, retryAtMs: later(waitMs) };
}

function waitMsAfter(failuresInARow: number, reason: string | null, random: number): number {
  const waits = failuresInARow - FAILURES_MAX;
  const backOffMs = waits < 0 ? 0 : Math.min(RETRY_MS_FIRST * 2 ** waits, RETRY_MS_MAX);
  const loginMs = reason === "login_refused" ? LOGIN_RETRY_MS : 0;
  return Math.round(Math.max(backOffMs, loginMs) * (1 + JITTER_SHARE * random));
}

/** `open`: pulls on schedule wait; `half_open`: the next one shows whether the platform is there again. */
export function breakerState(breaker: Breaker, nowMs: number): BreakerState {
  if (breaker.retryAtMs === null) return "closed";
  return nowMs < breaker.retryAtMs ? "open" : "half_open";
}
