import { fieldError, LIMITS, type readFeedRoute } from "@xueshi/contracts";
import { readFeedSize } from "@xueshi/database";
import { type AuthenticatedCall, type Handler, HttpProblem } from "@xueshi/http";
import type { Logger } from "@xueshi/runtime";
import { type FeedContext, readFeedPage } from "./read-feed-page.ts";
import { streamFeed } from "./stream-feed.ts";
import { type FeedWatch, watchFeed } from "./watch-feed.ts";

/** Streams of the feed: how many each key has open, and what tells them that the feed has grown. */
export interface FeedStreams {
  readonly context: FeedContext;
  readonly watch: FeedWatch;
  readonly openByKey: Map<string, number>;
}

/** @param context with connections of its own, so that streams never keep a check waiting */
export function openFeedStreams(context: FeedContext, logger: Logger): FeedStreams {
  const watch = watchFeed({ readSize: () => readFeedSize(context.sql), logger });
  return { context, watch, openByKey: new Map() };
}

const RETRY_SECONDS = "5";

/** Entries from a position on, of what the reader may see: a page, or a stream that goes on as the feed grows. */
export function readFeed(context: FeedContext, streams: FeedStreams): Handler<typeof readFeedRoute> {
  return async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const from = query.from ?? null;
    if (call.events === null) return { status: 200, json: await readFeedPage(context, call, from, limit) };
    return openStream(streams, call, readLastEventId(call) ?? from, limit);
  };
}

/** Throws `feed_streams_too_many`, and whatever the first page cannot be read for. */
async function openStream(
  { context, watch, openByKey }: FeedStreams,
  call: AuthenticatedCall,
  from: number | null,
  limit: number,
) {
  const { keyId } = call.principal;
  const open = openByKey.get(keyId) ?? 0;
  const all = [...openByKey.values()].reduce((sum, one) => sum + one, 0);
  if (open >= LIMITS.feedStreamsPerKeyMax || all >= LIMITS.feedStreamsMax || watch.isStopped) {
    throw new HttpProblem("feed_streams_too_many", { headers: { "Retry-After": RETRY_SECONDS } });
  }
  openByKey.set(keyId, open + 1);
  const ended = (): void => {
    const left = (openByKey.get(keyId) ?? 1) - 1;
    if (left > 0) openByKey.set(keyId, left);
    else openByKey.delete(keyId);
  };
  const readPage = (position: number | null) => readFeedPage(context, call, position, limit);
  try {
    const first = await readPage(from);
    const monotonicMs = () => performance.now();
    return { status: 200, eventTexts: streamFeed({ watch, readPage, first, monotonicMs, ended }) };
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
