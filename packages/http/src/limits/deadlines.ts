/** Bounds how long work may take; all work of one instance has the same bound, so one timer serves all of it. */
export interface Deadlines {
  /** The work's result, or a rejection with `expired()` once the bound has passed; the work itself is not stopped. */
  within<T>(work: Promise<T>, expired: () => Error): Promise<T>;
}

interface Pending {
  readonly atMs: number;
  readonly expire: () => void;
}

/**
 * @param timeoutMsMax how long any work may take
 * @param monotonicMs milliseconds that never go backwards
 */
export function createDeadlines(timeoutMsMax: number, monotonicMs: () => number): Deadlines {
  /** In the order of their start, which is the order of their ends. */
  const pending = new Set<Pending>();
  let timer: NodeJS.Timeout | null = null;

  function arm(delayMs: number): void {
    timer = setTimeout(sweep, delayMs);
    timer.unref();
  }

  function sweep(): void {
    timer = null;
    const nowMs = monotonicMs();
    for (const entry of pending) {
      if (entry.atMs > nowMs) {
        arm(entry.atMs - nowMs + 1);
        return;
      }
      pending.delete(entry);
      entry.expire();
    }
  }

  return {
    within<T>(work: Promise<T>, expired: () => Error): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const entry = { atMs: monotonicMs() + timeoutMsMax, expire: () => reject(expired()) };
        pending.add(entry);
        if (timer === null) arm(timeoutMsMax);
        work.then(
          (value) => {
            pending.delete(entry);
            resolve(value);
          },
          (error: unknown) => {
            pending.delete(entry);
            reject(error);
          },
        );
      });
    },
  };
}
