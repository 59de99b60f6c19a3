import type { HttpJsonConnection, PageByUpdateTime, Platform } from "@xueshi/platforms";
import { BoundaryRows, type TakenRows } from "./boundary-rows.ts";
import type { HttpSession } from "./http-session.ts";
import { PageSize } from "./page-size.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullEvent, PulledPage, PullReason } from "./pull-event.ts";
import { PullTally } from "./pull-tally.ts";
import {
  listingQuery,
  type Position,
  positionAt,
  readUpdateTimePage,
  startPosition,
  type UpdateTimePage,
} from "./update-time-page.ts";

interface Listing {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
  readonly paging: PageByUpdateTime;
  readonly session: HttpSession;
  readonly context: PullContext;
  readonly size: PageSize;
  readonly boundary: BoundaryRows;
  readonly tally: PullTally;
  requests: number;
  isAheadLogged: boolean;
}

/** Where a pull reads; the overlap is taken off the position that was stored with the last page (null: a first pull). */
export interface ListingRange {
  readonly updatedFrom: string | null;
  /**
   * The last update time asked for, ms since 1970 UTC; null: to the end. Later rows that share the last page are given
   * out too.
   */
  readonly untilMs: number | null;
}

/** `resized`: the platform serves another page size; the pages of the position are counted anew. */
type Asked =
  | { readonly kind: "page"; readonly page: UpdateTimePage }
  | { readonly kind: "resized" }
  | { readonly kind: "fault"; readonly reason: PullReason };

type Step =
  | { readonly kind: "advanced"; readonly position: Position }
  | { readonly kind: "ended" }
  | { readonly kind: "fault"; readonly reason: PullReason };

/**
 * Pulls a listing that is ordered by update time, from the stored position (inclusive, less the overlap) to its end, or
 * to the end of a range.
 *
 * Each page is continued from the update time of its last row, inclusive, so rows that move to the end while the
 * listing is read cannot push others past the reader. Only where a whole page shares one update time is the page index
 * used, and then the pages are read a second time from the last to the first: a row that leaves shifts the rows behind
 * it towards pages that are still to be read again. The cursor of a page is never later than what has been yielded.
 * A listing that ends before as many rows have come as its first answer said there are is `total_not_reached`.
 */
export async function* pullByUpdateTime(
  platform: Platform,
  connection: HttpJsonConnection,
  paging: PageByUpdateTime,
  session: HttpSession,
  range: ListingRange,
  context: PullContext,
): AsyncGenerator<PullEvent, void, undefined> {
  const tally = new PullTally(context.clock());
  let position = startPosition(platform, paging, range.updatedFrom);
  const size = new PageSize(paging.rowsPerPage);
  const boundary = new BoundaryRows(position.ms);
  const listing = {
    platform,
    connection,
    paging,
    session,
    context,
    size,
    boundary,
    tally,
    requests: 0,
    isAheadLogged: false,
  };
  for (;;) {
    const step = yield* readPosition(listing, position);
    if (step.kind !== "advanced") {
      yield tally.end(step.kind === "fault" ? step.reason : tally.isTotalReached ? null : "total_not_reached");
      return;
    }
    if (range.untilMs !== null && step.position.ms > range.untilMs) {
      yield tally.end(null);
      return;
    }
    position = step.position;
    boundary.advance(position.ms);
    size.grow();
  }
}

/** Reads from one position until a page holds a later update time or the listing ends. */
async function* readPosition(listing: Listing, from: Position): AsyncGenerator<PulledPage, Step, undefined> {
  const { boundary, size } = listing;
  let pageBefore: UpdateTimePage | null = null;
  for (let pageIndex = 1; ; ) {
    const asked = await askPage(listing, from, pageIndex, pageBefore);
    if (asked.kind === "fault") return asked;
    if (asked.kind === "resized") {
      pageIndex = 1;
      pageBefore = null;
      boundary.restart();
      continue;
    }
    const { page } = asked;
    const isEnd = (pageIndex - 1) * size.rows + page.rows.length >= page.total;
    const isBeyond = page.last.ms > from.ms;
    if (!isEnd && !isBeyond) {
      yield* writePage(listing, page, boundary.take(page, false), from);
      pageBefore = page;
      pageIndex += 1;
      continue;
    }
    const again = pageIndex === 1 ? "stable" : yield* readAgain(listing, from, pageIndex - 1);
    if (again === "resized") {
      pageIndex = 1;
      pageBefore = null;
      boundary.restart();
      continue;
    }
    yield* writePage(listing, page, boundary.take(page, pageIndex === 1), again === "stable" ? page.last : from);
    if (again !== "stable") return { kind: "fault", reason: again };
    return isEnd ? { kind: "ended" } : { kind: "advanced", position: page.last };
  }
}

/** Reads the pages of a position again, from the last to the first, for rows that moved while they were read. */
async function* readAgain(
  listing: Listing,
  from: Position,
  pageIndexLast: number,
): AsyncGenerator<PulledPage, "stable" | "resized" | PullReason, undefined> {
  for (let pageIndex = pageIndexLast; pageIndex >= 1; pageIndex -= 1) {
    const asked = await askPage(listing, from, pageIndex, null);
    if (asked.kind === "fault") return asked.reason;
    if (asked.kind === "resized") return "resized";
    const taken = listing.boundary.takeAgain(asked.page);
    yield* writePage(listing, asked.page, taken, from);
  }
  return "stable";
}

async function askPage(
  listing: Listing,
  from: Position,
  pageIndex: number,
  pageBefore: UpdateTimePage | null,
): Promise<Asked> {
  const { platform, connection, paging, session, context, size } = listing;
  listing.requests += 1;
  if (listing.requests > connection.pagesMax) return { kind: "fault", reason: "page_limit" };
  const request = { from, pageIndex, rowsPerPage: size.rows };
  const { list } = connection;
  const answer = await session.ask(
    list,
    listingQuery(paging, request),
    (body, bytes) => {
      const reading = readUpdateTimePage(platform, paging, list.rows, request, body, bytes);
      if (reading.kind === "fault" || pageBefore === null || !isSamePage(pageBefore, reading.value)) return reading;
      return { kind: "fault", reason: "no_progress" };
    },
    context,
  );
  if (answer.kind === "fault") return answer;
  const page = answer.value;
  listing.tally.advertise(page.total);
  const rowsDue = Math.min(size.rows, page.total - (pageIndex - 1) * size.rows);
  if (page.rows.length !== Math.max(0, rowsDue)) {
    return size.resize(page.rows.length) ? { kind: "resized" } : { kind: "fault", reason: "page_cut_short" };
  }
  size.accept();
  return { kind: "page", page };
}

/** True when a platform that ignores the page index, or answers from a stale cache, sent the page before once more. */
function isSamePage(before: UpdateTimePage, page: UpdateTimePage): boolean {
  if (before.rows.length !== page.rows.length) return false;
  return before.rows.every((row, index) => JSON.stringify(row) === JSON.stringify(page.rows[index]));
}

/** Writes a page unless it brought nothing: neither a row nor a later position. */
function* writePage(
  listing: Listing,
  page: UpdateTimePage,
  taken: TakenRows,
  reached: Position,
): Generator<PulledPage, void, undefined> {
  if (taken.rows.length === 0 && reached.ms === listing.boundary.fromMs) return;
  yield listing.tally.count({
    kind: "page",
    ...taken,
    body: page.bytes,
    cursorAfter: { updatedFrom: storable(listing, reached).text },
    advertisedTotal: page.total,
    file: null,
  });
}

/** A platform's clock may run ahead of ours: what is stored is then our time, or rows until that time would be missed. */
function storable(listing: Listing, reached: Position): Position {
  const { platform, tally, context } = listing;
  if (reached.ms <= tally.startedAtMs) return reached;
  if (!listing.isAheadLogged) context.logger.warn("platform clock is ahead", { platform: platform.name });
  listing.isAheadLogged = true;
  return positionAt(platform, tally.startedAtMs);
}
