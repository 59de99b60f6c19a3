import { isSchemaDrift, type PagePaging, type Platform } from "@xueshi/platforms";
import type { Reading } from "./http-session.ts";
import { isSamePage } from "./is-same-page.ts";
import { countAt, valueAt } from "./json-path.ts";
import type { PassPage } from "./pull-snapshot.ts";

export interface NumberedPage extends PassPage {
  /** Null: the platform does not say. */
  readonly hasMore: boolean | null;
}

/** What is known where a page is asked for. */
export interface PageQuestion {
  /** Rows before the page. */
  readonly offset: number;
  readonly rowsAsked: number;
  /** Rows of the page before; empty at the first. */
  readonly rowsBefore: readonly unknown[];
  /** That nothing is no answer here. */
  readonly mustHaveRows: boolean;
}

/** The parameters of a page: its number in pages of the size that is asked for, or the rows before it. */
export function numberedQuery(paging: PagePaging, { offset, rowsAsked }: PageQuestion): Record<string, string> {
  const before = paging.indexCounts === "rows" ? offset : offset / rowsAsked;
  return {
    [paging.indexParameter]: String(paging.indexFirst + before),
    [paging.pageSizeParameter]: String(rowsAsked),
  };
}

/**
 * Reads one answer of a listing by page numbers. Faults: `body_invalid` (no list, no total or no `hasMore` where the
 * platform says them, or ones that contradict the rows), `list_empty`, `no_progress` (the page before once more),
 * `schema_drift`.
 */
export function readNumberedPage(
  platform: Platform,
  paging: PagePaging,
  rowsPath: readonly string[],
  question: PageQuestion,
  body: unknown,
  bytes: Uint8Array,
): Reading<NumberedPage> {
  const { offset, rowsBefore, mustHaveRows } = question;
  const rows = valueAt(body, rowsPath);
  const total = paging.total === null ? null : countAt(body, paging.total);
  const hasMore = paging.hasMore === null ? null : valueAt(body, paging.hasMore);
  if (!Array.isArray(rows) || (paging.total !== null && total === null))
    return { kind: "fault", reason: "body_invalid" };
  if (hasMore !== null && typeof hasMore !== "boolean") return { kind: "fault", reason: "body_invalid" };
  const end = offset + rows.length;
  if (total !== null && rows.length > 0 && total < end) return { kind: "fault", reason: "body_invalid" };
  if (total !== null && hasMore !== null && hasMore !== end < total) return { kind: "fault", reason: "body_invalid" };
  const isMore = hasMore === true || (total !== null && total > offset);
  if (rows.length === 0 && (mustHaveRows || isMore)) return { kind: "fault", reason: "list_empty" };
  if (isSamePage(rowsBefore, rows)) return { kind: "fault", reason: "no_progress" };
  if (isSchemaDrift(platform, rows)) return { kind: "fault", reason: "schema_drift" };
  return { kind: "value", value: { rows, bytes, total, hasMore } };
}
