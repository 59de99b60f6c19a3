/** How time passes for whoever waits. */
interface Waiting {
  readonly clock: () => number;
  readonly delay: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

const MINUTE_MS = 60_000;

/**
 * Spaces the requests to one platform evenly: however they are counted, no minute holds more than the platform allows,
 * and no burst comes after a rest. Asked by one request after another, so the wait is never longer than one space, also
 * when the clock is set back.
 */
export class Pace {
  readonly #spaceMs: number;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  /** @param requestsPerMinuteMax null: no pause */
  constructor(requestsPerMinuteMax: number | null) {
    this.#spaceMs = requestsPerMinuteMax === null ? 0 : Math.ceil(MINUTE_MS / requestsPerMinuteMax);
  }

  /**
   * Waits until the next request may go out; returns early when the pull is aborted.
   * @returns whether it had to wait
   */
  async turn({ clock, delay, signal }: Waiting): Promise<boolean> {
    const nowMs = clock();
    const waitMs = Math.min(this.#spaceMs, Math.max(0, this.#freeAtMs - nowMs));
    this.#freeAtMs = nowMs + waitMs + this.#spaceMs;
    if (waitMs > 0) await delay(waitMs, signal);
    return waitMs > 0;
  }
}
