import { followLinks, type LinkedListing } from "./follow-links.ts";
import type { LinkedPage } from "./linked-page.ts";
import type { PullEvent, PulledPage } from "./pull-event.ts";
import { pullSnapshot } from "./pull-snapshot.ts";
import { PullTally } from "./pull-tally.ts";

/**
 * Pulls linked pages: all of them until two passes agree where pulls do not resume (see {@link pullSnapshot}), else once,
 * from the stored link on. Links that are stored must lead by a key: behind one that counts rows, those that moved to
 * before it are never read.
 *
 * A stored link that the platform no longer answers (`http_status`) is left, and the listing is read from its first
 * page: nothing is missed by that, and where the platform is down its first page says so too.
 * @param from the link that was stored with the last page; null for the first pull
 */
export async function* pullByLink(
  listing: LinkedListing,
  from: string | null,
): AsyncGenerator<PullEvent, void, undefined> {
  const { paging, platform, context } = listing;
  if (paging.resume.kind === "none") {
    yield* pullSnapshot(() => followLinks(listing, null), paging, context);
    return;
  }
  const tally = new PullTally(context.clock());
  let pages = followLinks(listing, from);
  let step = await pages.next();
  if (from !== null && step.done === true && step.value === "http_status") {
    context.logger.warn("stored link is gone, reading from the start", { platform: platform.name });
    pages = followLinks(listing, null);
    step = await pages.next();
  }
  for (; step.done !== true; step = await pages.next()) {
    const isNews = step.value.rows.length > 0 || step.value.resumeFrom?.href !== step.value.url.href;
    if (isNews) yield tally.count(writePage(step.value));
  }
  yield tally.end(step.value);
}

/** The cursor is the link without the host: an installation may come to reach the platform at another one. */
function writePage({ rows, bytes, resumeFrom }: LinkedPage): PulledPage {
  const link = resumeFrom === null ? "" : resumeFrom.pathname + resumeFrom.search;
  return { kind: "page", rows, rowsAgain: [], body: bytes, cursorAfter: { link }, advertisedTotal: null, file: null };
}
