import { fieldError, LIMITS } from "@xueshi/contracts";
import { type AuthenticatedCall, HttpProblem } from "@xueshi/http";
import { type FeedPage, type PageStreamOptions, streamPages } from "./stream-pages.ts";
import type { FeedWatch } from "./watch-feed.ts";

/** Streams along the feed: how many each key has open, and what tells them that the feed has grown. */
export interface EventStreams {
  readonly watch: FeedWatch;
  readonly openByKey: Map<string, number>;
}

const RETRY_SECONDS = "5";

/**
 * A stream of pages along the feed, from where the caller's broke off or else from a position (null: from the beginning).
 * Throws `feed_streams_too_many`, and whatever the first page cannot be read for.
 */
export async function openEventStream<Page extends FeedPage>(
  { watch, openByKey }: EventStreams,
  call: AuthenticatedCall,
  from: number | null,
  {
    readPage,
    ...options
  }: Pick<PageStreamOptions<Page>, "framesOf" | "lookAgainMs"> & {
    readonly readPage: (from: number | null) => Promise<Page>;
  },
) {
  const { keyId } = call.principal;
  const open = openByKey.get(keyId) ?? 0;
  const all = [...openByKey.values()].reduce((sum, one) => sum + one, 0);
  if (open >= LIMITS.feedStreamsPerKeyMax || all >= LIMITS.feedStreamsMax || watch.isStopped) {
    throw new HttpProblem("feed_streams_too_many", { headers: { "Retry-After": RETRY_SECONDS } });
  }
  const position = readLastEventId(call) ?? from;
  openByKey.set(keyId, open + 1);
  const ended = (): void => {
    const left = (openByKey.get(keyId) ?? 1) - 1;
    if (left > 0) openByKey.set(keyId, left);
    else openByKey.delete(keyId);
  };
  try {
    const first = await readPage(position);
    const monotonicMs = () => performance.now();
    return {
      status: 200,
      eventTexts: streamPages({ ...options, watch, readPage, first, monotonicMs, ended }),
    } as const;
  } catch (error) {
    ended();
    throw error;
  }
}

/** Where a stream broke off; it comes before the address, which a client that reconnects sends as it was. */
function readLastEventId({ events, language }: AuthenticatedCall): number | null {
  const id = events?.lastEventId ?? null;
  if (id === null) return null;
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new HttpProblem("validation_failed", { errors: [fieldError("Last-Event-ID", "cursor_invalid", language)] });
}
