import type { Platform } from "@xueshi/platforms";
import { z } from "zod";
import { CURSOR_LENGTH_MAX } from "./cursor-page.ts";
import type { HttpSession } from "./http-session.ts";
import { pullByCursor } from "./pull-by-cursor.ts";
import { pullByLink } from "./pull-by-link.ts";
import { pullByUpdateTime } from "./pull-by-update-time.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullEvent } from "./pull-event.ts";
import { pullSnapshot } from "./pull-snapshot.ts";
import { readNumberedPages } from "./read-numbered-pages.ts";

const updateTimeCursor = z.object({ updatedFrom: z.string().max(64) });
const linkCursor = z.object({ link: z.string().min(1).max(4_096) });
const opaqueCursor = z.object({ cursor: z.string().max(CURSOR_LENGTH_MAX) });

/**
 * Pulls an http-json platform from where the last stored page ended.
 * Yields pages, then one {@link PullEnd}; what goes wrong at the platform is its reason, never an exception.
 * @param cursor the `cursorAfter` of the last stored page; null, or one of another kind: the pull starts afresh
 * @throws TypeError when the platform is not reached over http-json
 */
export function pullHttpPages(
  platform: Platform,
  session: HttpSession,
  cursor: unknown,
  context: PullContext,
): AsyncGenerator<PullEvent, void, undefined> {
  const { connection } = platform;
  if (connection.transport !== "http-json") throw new TypeError(`${platform.name} is not reached over http-json.`);
  const { paging } = connection;
  switch (paging.kind) {
    case "page-by-update-time": {
      const stored = updateTimeCursor.safeParse(cursor);
      const updatedFrom = stored.success ? stored.data.updatedFrom : null;
      return pullByUpdateTime(platform, connection, paging, session, { updatedFrom, untilMs: null }, context);
    }
    case "page":
      return pullSnapshot(() => readNumberedPages(platform, connection, paging, session, context), paging, context);
    case "link": {
      const stored = linkCursor.safeParse(cursor);
      const listing = { platform, connection, paging, session, context };
      return pullByLink(listing, stored.success ? stored.data.link : null);
    }
    case "cursor": {
      const stored = opaqueCursor.safeParse(cursor);
      return pullByCursor(platform, connection, paging, session, stored.success ? stored.data.cursor : null, context);
    }
  }
}
