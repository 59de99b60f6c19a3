import { isSchemaDrift, type LinkPaging, type Platform } from "@xueshi/platforms";
import { findNextLink } from "./find-next-link.ts";
import type { Answer, Reading } from "./http-session.ts";
import { isSamePage } from "./is-same-page.ts";
import { countAt, valueAt } from "./json-path.ts";
import type { PassPage } from "./pull-snapshot.ts";

/** Longer links are not stored. */
const LINK_LENGTH_MAX = 4_096;

export interface LinkedPage extends PassPage {
  /** The address that was asked. */
  readonly url: URL;
  /** Null: this is the last page. */
  readonly next: URL | null;
  /** Where the next pull begins once all before is stored; null where pulls do not resume. */
  readonly resumeFrom: URL | null;
}

/** What is known where a page is asked for. */
export interface LinkQuestion {
  /** Rows of the page before; empty at the first. */
  readonly rowsBefore: readonly unknown[];
  /** Addresses that this pass has asked before. */
  readonly visited: ReadonlySet<string>;
  /** That nothing is no answer here. */
  readonly mustHaveRows: boolean;
}

/**
 * Reads one answer of a listing of linked pages. Faults: `body_invalid` (no list, no total or no link to resume from
 * where there must be one, or a link that is none), `list_empty` (nothing, though there is a next page or must be rows),
 * `page_cut_short` (a page with a next one is not full), `no_progress` (a page or a link that was there before),
 * `schema_drift`.
 */
export function readLinkedPage(
  platform: Platform,
  paging: LinkPaging,
  rowsPath: readonly string[],
  { rowsBefore, visited, mustHaveRows }: LinkQuestion,
  body: unknown,
  bytes: Uint8Array,
  answer: Answer,
): Reading<LinkedPage> {
  const rows = valueAt(body, rowsPath);
  const total = paging.total === null ? null : countAt(body, paging.total);
  if (!Array.isArray(rows) || (paging.total !== null && total === null))
    return { kind: "fault", reason: "body_invalid" };
  const next = linkAt(
    paging.next === null ? findNextLink(answer.headers.get("link") ?? "") : valueAt(body, paging.next),
    answer.url,
  );
  const { resume } = paging;
  const resumeLink = resume.kind === "link-in-body" ? linkAt(valueAt(body, resume.link), answer.url) : answer.url;
  const isResumeMissing = next === null && resumeLink === null;
  if (next === "invalid" || resumeLink === "invalid" || isResumeMissing)
    return { kind: "fault", reason: "body_invalid" };
  if (rows.length === 0 && (mustHaveRows || next !== null)) return { kind: "fault", reason: "list_empty" };
  const isShort = paging.pagesAreFull && next !== null && rows.length !== paging.pageSize?.rows;
  if (isShort) return { kind: "fault", reason: "page_cut_short" };
  const leadsBack = next !== null && (visited.has(next.href) || next.href === answer.url.href);
  if (leadsBack || isSamePage(rowsBefore, rows)) return { kind: "fault", reason: "no_progress" };
  if (isSchemaDrift(platform, rows)) return { kind: "fault", reason: "schema_drift" };
  const resumeFrom = resume.kind === "none" ? null : (next ?? resumeLink);
  return { kind: "value", value: { rows, bytes, total, url: answer.url, next, resumeFrom } };
}

/** A link as platforms write it, also without the address in front. */
function linkAt(written: unknown, from: URL): URL | null | "invalid" {
  if (written === undefined || written === null || written === "") return null;
  const isLink = typeof written === "string" && written.length <= LINK_LENGTH_MAX;
  return isLink ? (URL.parse(written, from.href) ?? "invalid") : "invalid";
}
