import type { CursorPaging, HttpJsonConnection, Platform } from "@xueshi/platforms";
import { type CursorPage, readCursorPage } from "./cursor-page.ts";
import type { HttpSession, Reading } from "./http-session.ts";
import { PageSize } from "./page-size.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullEvent, PulledPage } from "./pull-event.ts";
import { PullTally } from "./pull-tally.ts";

interface Listing {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
  readonly paging: CursorPaging;
  readonly session: HttpSession;
  readonly context: PullContext;
  readonly size: PageSize;
  /** Every cursor asked for in this pull: none of them may come back. */
  readonly cursors: Set<string>;
  requests: number;
}

/**
 * Pulls a listing behind an opaque cursor, from the stored one to the page that says there is no more.
 *
 * There is no total, so a page shorter than asked is asked for again at the size that came (see {@link PageSize}): a
 * list cut to its last rows then shows the rest. That holds for the last page too, and an empty answer is asked twice.
 * An empty answer where there must be rows (after `hasMore`, or in a first pull) is `list_empty`, never the end.
 *
 * @param cursor the one stored with the last page; null for the first pull
 */
export async function* pullByCursor(
  platform: Platform,
  connection: HttpJsonConnection,
  paging: CursorPaging,
  session: HttpSession,
  cursor: string | null,
  context: PullContext,
): AsyncGenerator<PullEvent, void, undefined> {
  const tally = new PullTally(context.clock());
  const size = new PageSize(paging.rowsPerPage);
  const cursors = new Set<string>();
  const listing: Listing = { platform, connection, paging, session, context, size, cursors, requests: 0 };
  let position = cursor ?? "";
  let mustHaveRows = cursor === null;
  for (;;) {
    const asked = await askWholePage(listing, position, mustHaveRows);
    if (asked.kind === "fault") {
      yield tally.end(asked.reason);
      return;
    }
    const page = asked.value;
    if (page.rows.length > 0 || page.nextCursor !== position) yield tally.count(writePage(page));
    if (!page.hasMore) {
      yield tally.end(null);
      return;
    }
    position = page.nextCursor;
    mustHaveRows = true;
    size.grow();
  }
}

/** Asks for the page after a cursor until it is as long as asked, or empty twice. */
async function askWholePage(listing: Listing, cursor: string, mustHaveRows: boolean): Promise<Reading<CursorPage>> {
  const { connection, size } = listing;
  let rowsMost = 0;
  for (;;) {
    listing.requests += 1;
    if (listing.requests > connection.pagesMax) return { kind: "fault", reason: "page_limit" };
    const answer = await askPage(listing, cursor, mustHaveRows || rowsMost > 0);
    if (answer.kind === "fault") return answer;
    const { rows } = answer.value;
    const isEmptyAgain = rows.length === 0 && size.rows === 1;
    if (rows.length === size.rows || isEmptyAgain) {
      size.accept();
      return answer;
    }
    rowsMost = Math.max(rowsMost, rows.length);
    if (!size.resize(rows.length)) return { kind: "fault", reason: "page_cut_short" };
  }
}

function askPage(listing: Listing, cursor: string, mustHaveRows: boolean): Promise<Reading<CursorPage>> {
  const { platform, connection, paging, session, context, size, cursors } = listing;
  cursors.add(cursor);
  const query = { [paging.cursorParameter]: cursor, [paging.limitParameter]: String(size.rows) };
  const { list } = connection;
  return session.ask(
    list,
    query,
    (body, bytes) => {
      const reading = readCursorPage(platform, paging, list.rows, cursor, cursors, body, bytes);
      const isEmpty = reading.kind === "value" && reading.value.rows.length === 0;
      return isEmpty && mustHaveRows ? { kind: "fault", reason: "list_empty" } : reading;
    },
    context,
  );
}

function writePage(page: CursorPage): PulledPage {
  return {
    kind: "page",
    rows: page.rows,
    rowsAgain: [],
    body: page.bytes,
    cursorAfter: { cursor: page.nextCursor },
    advertisedTotal: null,
    file: null,
  };
}
