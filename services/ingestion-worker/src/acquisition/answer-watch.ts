import type { AnswerSeen } from "./pull-context.ts";

/** A Date header says whole seconds, cut off; half of one is added. */
const CUT_OFF_MS = 500;
/** An answer that took longer says little about the platform's clock. */
const ROUND_TRIP_MS_MAX = 10_000;
const RETRY_STATUSES: ReadonlySet<number> = new Set([429, 503]);

/** What a pull's answers say besides their content: the platform's clock, and how long it wants to be left alone. */
export class AnswerWatch {
  #clockSkewMs: number | null = null;
  #retryUntilMs: number | null = null;

  /** The platform's clock less ours, by the last answer that says it. */
  get clockSkewMs(): number | null {
    return this.#clockSkewMs;
  }

  see({ status, headers, askedAtMs, answeredAtMs }: AnswerSeen): void {
    const dateMs = Date.parse(headers.get("date") ?? "");
    if (!Number.isNaN(dateMs) && answeredAtMs - askedAtMs <= ROUND_TRIP_MS_MAX) {
      this.#clockSkewMs = Math.round(dateMs + CUT_OFF_MS - (askedAtMs + answeredAtMs) / 2);
    }
    this.#retryUntilMs = RETRY_STATUSES.has(status) ? retryUntilMs(headers, answeredAtMs) : null;
  }

  /** What the last answer asks for in Retry-After, from now on; null: nothing. */
  retryAfterMs(nowMs: number): number | null {
    return this.#retryUntilMs === null || this.#retryUntilMs <= nowMs ? null : this.#retryUntilMs - nowMs;
  }
}

/** Source: RFC 9110, 10.2.3: seconds or an HTTP date. */
function retryUntilMs(headers: Headers, answeredAtMs: number): number | null {
  const text = headers.get("retry-after") ?? "";
  if (/^[0-9]{1,9}$/.test(text)) return answeredAtMs + Number(text) * 1_000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : dateMs;
}
