import type { FeedWatch } from "./watch-feed.ts";

/** A part of what there is along the feed. */
export interface FeedPage {
  /** The position to go on from. */
  readonly next: number;
  /** Whether there was nothing more at that moment. */
  readonly isAtEnd: boolean;
}

export interface PageStreamOptions<Page extends FeedPage> {
  readonly watch: FeedWatch;
  readonly readPage: (from: number) => Promise<Page>;
  /** The first page, which was read before the stream began. */
  readonly first: Page;
  /** What a page says, as whole frames without the one that moves the id to its `next`. */
  readonly framesOf: (page: Page) => string;
  /**
   * Read again after so many milliseconds, because what is held back appears without the feed growing; null: only once the
   * feed has grown.
   */
  readonly lookAgainMs: number | null;
  readonly monotonicMs: () => number;
  /** Called once, when the stream is over, however it ends. */
  readonly ended: () => void;
}

/** Silence is broken this often, so that nobody on the way takes the connection for dead. */
const HEARTBEAT_MS = 15_000;
/** A stream ends after this time and its client comes again, so that a key that was revoked reads no longer. */
const STREAM_MS_MAX = 900_000;
const RETRY_MS = 2_000;

/**
 * Pages along the feed as frames of an event stream. After each page the id is the position to go on from, so that whoever
 * comes back with the last id it has seen misses nothing. A page is read when the one before was taken, so a slow reader
 * holds one page.
 */
export function streamPages<Page extends FeedPage>(options: PageStreamOptions<Page>): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => new PageFrames(options) };
}

class PageFrames<Page extends FeedPage> implements AsyncIterator<string> {
  readonly #options: PageStreamOptions<Page>;
  readonly #startedMs: number;
  #page: Page | null;
  #from = 0;
  #isAtEnd = false;
  #isOver = false;
  #leave: () => void = () => {};

  constructor(options: PageStreamOptions<Page>) {
    this.#options = options;
    this.#startedMs = options.monotonicMs();
    this.#page = options.first;
  }

  async next(): Promise<IteratorResult<string>> {
    try {
      const { watch, readPage, monotonicMs, lookAgainMs } = this.#options;
      if (this.#page !== null) return this.#give(`retry: ${RETRY_MS}\n\n${this.#take(this.#page)}`);
      if (this.#isOver || watch.isStopped || monotonicMs() - this.#startedMs > STREAM_MS_MAX) return this.#end();
      if (this.#isAtEnd) {
        const { over, leave } =
          lookAgainMs === null
            ? watch.wait(this.#from, HEARTBEAT_MS)
            : watch.wait(Number.POSITIVE_INFINITY, Math.min(lookAgainMs, HEARTBEAT_MS));
        this.#leave = leave;
        await over;
      }
      if (this.#isOver || watch.isStopped) return this.#end();
      return this.#give(this.#take(await readPage(this.#from)));
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<string>> {
    this.#leave();
    return this.#end();
  }

  #give(value: string): IteratorResult<string> {
    return { done: false, value };
  }

  #take(page: Page): string {
    this.#page = null;
    this.#from = page.next;
    this.#isAtEnd = page.isAtEnd;
    return `${this.#options.framesOf(page)}:\nid: ${page.next}\n\n`;
  }

  #end(): IteratorResult<string> {
    if (!this.#isOver) this.#options.ended();
    this.#isOver = true;
    return { done: true, value: undefined };
  }
}
