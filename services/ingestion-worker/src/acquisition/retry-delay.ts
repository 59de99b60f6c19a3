import type { HttpJsonConnection } from "@xueshi/platforms";

/**
 * How long to wait before the next attempt, ms: doubled each time, of which chance takes up to a half so that many
 * callers of one platform do not come back together; never less than the platform asks for, never more than
 * `delayMsMax`.
 * @param attempt the one that failed, from 1
 * @param random from 0 up to 1; 1 takes nothing off
 */
export function retryDelayMs(
  { delayMsFirst, delayMsMax }: HttpJsonConnection["retry"],
  attempt: number,
  askedMs: number,
  random: number,
): number {
  const doubledMs = Math.min(delayMsFirst * 2 ** (attempt - 1), delayMsMax);
  const ownMs = Math.round(doubledMs * (0.5 + random / 2));
  return Math.min(Math.max(ownMs, askedMs), delayMsMax);
}

/** What Retry-After asks for, ms from now; 0 when it says nothing. Source: RFC 9110, 10.2.3: seconds or an HTTP date. */
export function retryAfterMs(headers: Headers, nowMs: number): number {
  const text = headers.get("retry-after") ?? "";
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1_000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? 0 : Math.max(0, dateMs - nowMs);
}
