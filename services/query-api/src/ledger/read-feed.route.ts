import { type FeedResponse, LIMITS, type readFeedRoute } from "@xueshi/contracts";
import type { Handler } from "@xueshi/http";
import { type EventStreams, openEventStream } from "./event-streams.ts";
import { type FeedContext, readFeedPage } from "./read-feed-page.ts";

/**
 * Entries from a position on, of what the reader may see: a page, or a stream that goes on as the feed grows.
 * @param streamed with connections of its own, so that streams never keep a check waiting
 */
export function readFeed(
  context: FeedContext,
  streamed: FeedContext,
  streams: EventStreams,
): Handler<typeof readFeedRoute> {
  return async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const from = query.from ?? null;
    if (call.events === null) return { status: 200, json: await readFeedPage(context, call, from, limit) };
    const readPage = (position: number | null) => readFeedPage(streamed, call, position, limit);
    return openEventStream(streams, call, from, { readPage, framesOf, lookAgainMs: null });
  };
}

/** Each entry an event whose id is the position after it; what may not be seen moves the id without an event. */
function framesOf({ entries }: FeedResponse): string {
  return entries.map((entry) => `id: ${entry.position + 1}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`).join("");
}
