import type { HttpJsonConnection, PagePaging, Platform } from "@xueshi/platforms";
import type { HttpSession, Reading } from "./http-session.ts";
import { type NumberedPage, numberedQuery, type PageQuestion, readNumberedPage } from "./numbered-page.ts";
import { PageSize } from "./page-size.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";
import type { PassPage } from "./pull-snapshot.ts";

interface Listing {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
  readonly paging: PagePaging;
  readonly session: HttpSession;
  readonly context: PullContext;
  readonly size: PageSize;
  requests: number;
}

/**
 * Reads a listing by page numbers or offsets once, from its first page to its end.
 *
 * A page that is shorter than it should be is never taken: it may be the last rows of the page. It is asked for again
 * from the same row on, at the size that came (see {@link PageSize}); where pages are numbered, at the largest size at
 * which a page begins with that row. With a total only whole pages are taken, and the end is where it says; without one
 * the end is an answer without more, or two empty ones.
 */
export async function* readNumberedPages(
  platform: Platform,
  connection: HttpJsonConnection,
  paging: PagePaging,
  session: HttpSession,
  context: PullContext,
): AsyncGenerator<PassPage, PullReason | null, undefined> {
  const size = new PageSize(paging.rowsPerPage);
  const listing: Listing = { platform, connection, paging, session, context, size, requests: 0 };
  let offset = 0;
  let rowsBefore: readonly unknown[] = [];
  for (;;) {
    const asked = await askWholePage(listing, offset, rowsBefore);
    if (asked.kind === "fault") return asked.reason;
    const { rows, total, hasMore } = asked.value;
    if (rows.length > 0) yield asked.value;
    offset += rows.length;
    const isEnd = total === null ? hasMore === false || rows.length === 0 : offset >= total;
    if (isEnd) return null;
    rowsBefore = rows;
    size.grow();
  }
}

/** Asks for the page behind so many rows until it is as long as it should be, or empty twice. */
async function askWholePage(
  listing: Listing,
  offset: number,
  rowsBefore: readonly unknown[],
): Promise<Reading<NumberedPage>> {
  const { connection, paging, size } = listing;
  let rowsMost = 0;
  let emptyAnswers = 0;
  for (;;) {
    listing.requests += 1;
    if (listing.requests > connection.pagesMax) return { kind: "fault", reason: "page_limit" };
    const rowsAsked = paging.indexCounts === "rows" ? size.rows : largestDivisor(offset, size.rows);
    const answer = await askPage(listing, {
      offset,
      rowsAsked,
      rowsBefore,
      mustHaveRows: offset === 0 || rowsMost > 0,
    });
    if (answer.kind === "fault") return answer;
    const { rows, total } = answer.value;
    const rowsDue = total === null ? rowsAsked : Math.min(rowsAsked, Math.max(0, total - offset));
    if (rows.length === 0) emptyAnswers += 1;
    if (rows.length === rowsDue || emptyAnswers === 2) {
      size.accept();
      return answer;
    }
    rowsMost = Math.max(rowsMost, rows.length);
    if (!size.resize(rows.length)) return { kind: "fault", reason: "page_cut_short" };
  }
}

/** The largest size of at most `sizeMax` at which a page begins right behind so many rows. */
function largestDivisor(offset: number, sizeMax: number): number {
  let divisor = offset === 0 ? sizeMax : Math.min(sizeMax, offset);
  while (offset % divisor !== 0) divisor -= 1;
  return divisor;
}

function askPage(listing: Listing, question: PageQuestion): Promise<Reading<NumberedPage>> {
  const { platform, connection, paging, session, context } = listing;
  const { list } = connection;
  return session.ask(
    list,
    numberedQuery(paging, question),
    (body, bytes) => readNumberedPage(platform, paging, list.rows, question, body, bytes),
    context,
  );
}
