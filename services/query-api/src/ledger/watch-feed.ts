import type { Logger } from "@xueshi/runtime";

/** Tells every stream of the feed that it has grown: one question to the database for all that wait. */
export interface FeedWatch {
  /**
   * Settles once the feed has more entries than `size` (infinity: never for that), after `waitMsMax`, or when the watch
   * ends. `leave` settles it at once.
   */
  wait(size: number, waitMsMax: number): { readonly over: Promise<void>; readonly leave: () => void };
  /** Whether streams are to end. */
  readonly isStopped: boolean;
  /** Ends all waiting, for good. */
  stop(): Promise<void>;
}

export interface FeedWatchOptions {
  readonly readSize: () => Promise<number>;
  readonly logger: Logger;
  /** Milliseconds between two questions, which are asked only while somebody waits. Default 200. */
  readonly everyMs?: number;
}

interface Waiter {
  readonly size: number;
  readonly settle: () => void;
}

export function watchFeed(options: FeedWatchOptions): FeedWatch {
  return new SharedWatch(options);
}

class SharedWatch implements FeedWatch {
  readonly #options: FeedWatchOptions;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | null = null;
  #asking: Promise<void> = Promise.resolve();
  isStopped = false;

  constructor(options: FeedWatchOptions) {
    this.#options = options;
  }

  wait(size: number, waitMsMax: number): { readonly over: Promise<void>; readonly leave: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const settle = (): void => {
      clearTimeout(timeout);
      this.#waiters.delete(waiter);
      resolve();
    };
    const waiter = { size, settle };
    const timeout = setTimeout(settle, waitMsMax);
    if (this.isStopped) settle();
    else {
      this.#waiters.add(waiter);
      this.#schedule();
    }
    return { over: promise, leave: settle };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const waiter of [...this.#waiters]) waiter.settle();
    await this.#asking;
  }

  #schedule(): void {
    if (this.isStopped || ![...this.#waiters].some(({ size }) => size < Number.POSITIVE_INFINITY)) return;
    this.#timer ??= setTimeout(() => {
      this.#asking = this.#ask();
    }, this.#options.everyMs ?? 200);
  }

  /** A question that is not answered is asked again: whoever waits does so no longer than it said. */
  async #ask(): Promise<void> {
    try {
      const size = await this.#options.readSize();
      for (const waiter of [...this.#waiters]) if (size > waiter.size) waiter.settle();
    } catch (error) {
      this.#options.logger.warn("the size of the feed could not be read; it is read again", { error });
    }
    this.#timer = null;
    this.#schedule();
  }
}
