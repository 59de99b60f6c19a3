import type { HttpJsonConnection, LinkPaging, Platform } from "@xueshi/platforms";
import type { HttpSession, Reading } from "./http-session.ts";
import { type LinkedPage, type LinkQuestion, readLinkedPage } from "./linked-page.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";

/** Looks at a last page that never is the same twice. */
const LOOKS_MAX = 5;

export interface LinkedListing {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
  readonly paging: LinkPaging;
  readonly session: HttpSession;
  readonly context: PullContext;
}

/**
 * Reads linked pages once, from the first one or from a link on, to the page without a next one.
 *
 * A page that is cut off may have lost its link too, so the last page is asked for until two answers in a row are the
 * same. A platform that always cuts its last page is not found out, unless it says a total: a link fixes the size of the
 * pages that follow, so they cannot be asked for at another one. Nor can a page be told from a shorter one in between,
 * unless pages are said to be full.
 * @param from the link to begin at; null: the first page
 */
export async function* followLinks(
  listing: LinkedListing,
  from: string | null,
): AsyncGenerator<LinkedPage, PullReason | null, undefined> {
  const { connection } = listing;
  const visited = new Set<string>();
  let rowsBefore: readonly unknown[] = [];
  let rowsRead = 0;
  let requests = 0;
  for (let link = from; ; ) {
    const question = { rowsBefore, visited, mustHaveRows: link === null };
    let page: LinkedPage | null = null;
    for (let looks = 1; ; looks += 1) {
      requests += 1;
      if (requests > connection.pagesMax) return "page_limit";
      const answer = await askPage(listing, link, question);
      if (answer.kind === "fault") return answer.reason;
      const isSeenTwice = page !== null && isSame(page, answer.value);
      page = answer.value;
      if (page.next !== null || isSeenTwice) break;
      if (looks === LOOKS_MAX) return "page_cut_short";
    }
    rowsRead += page.rows.length;
    yield page;
    if (page.next === null) return rowsRead < (page.total ?? 0) ? "total_not_reached" : null;
    visited.add(page.url.href);
    link = page.next.href;
    rowsBefore = page.rows;
  }
}

function askPage(
  { platform, connection, paging, session, context }: LinkedListing,
  link: string | null,
  question: LinkQuestion,
): Promise<Reading<LinkedPage>> {
  const { list } = connection;
  const { pageSize } = paging;
  return session.ask(
    link === null ? list : { link },
    pageSize === null ? {} : { [pageSize.parameter]: String(pageSize.rows) },
    (body, bytes, answer) => readLinkedPage(platform, paging, list.rows, question, body, bytes, answer),
    context,
  );
}

function isSame(left: LinkedPage, right: LinkedPage): boolean {
  return right.next === null && JSON.stringify(left.rows) === JSON.stringify(right.rows);
}
