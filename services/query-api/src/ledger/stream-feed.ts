import type { FeedResponse } from "@xueshi/contracts";
import type { FeedWatch } from "./watch-feed.ts";

export interface FeedStreamOptions {
  readonly watch: FeedWatch;
  readonly readPage: (from: number) => Promise<FeedResponse>;
  /** The first page, which was read before the stream began. */
  readonly first: FeedResponse;
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
 * The feed as frames of an event stream: each entry an event whose id is the position to go on from, so that whoever comes
 * back with the last id it has seen misses and repeats nothing. What may not be seen moves the id without an event. A page
 * is read when the one before was taken, so a slow reader holds one page.
 */
export function streamFeed(options: FeedStreamOptions): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => new FeedFrames(options) };
}

class FeedFrames implements AsyncIterator<string> {
  readonly #options: FeedStreamOptions;
  readonly #startedMs: number;
  #page: FeedResponse | null;
  #from = 0;
  #isOver = false;
  #leave: () => void = () => {};

  constructor(options: FeedStreamOptions) {
    this.#options = options;
    this.#startedMs = options.monotonicMs();
    this.#page = options.first;
  }

  async next(): Promise<IteratorResult<string>> {
    try {
      const { watch, readPage, monotonicMs } = this.#options;
      if (this.#page !== null) return this.#give(`retry: ${RETRY_MS}\n\n${this.#take(this.#page)}`);
      if (this.#isOver || watch.isStopped || monotonicMs() - this.#startedMs > STREAM_MS_MAX) return this.#end();
      const { over, leave } = watch.wait(this.#from, HEARTBEAT_MS);
      this.#leave = leave;
      await over;
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

  #take({ entries, next }: FeedResponse): string {
    this.#page = null;
    this.#from = next;
    const frames = entries.map(
      (entry) => `id: ${entry.position + 1}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`,
    );
    return `${frames.join("")}:\nid: ${next}\n\n`;
  }

  #end(): IteratorResult<string> {
    if (!this.#isOver) this.#options.ended();
    this.#isOver = true;
    return { done: true, value: undefined };
  }
}
