import { type CursorPaging, isSchemaDrift, type Platform } from "@xueshi/platforms";
import type { Reading } from "./http-session.ts";
import { valueAt } from "./json-path.ts";

/** A longer cursor is none: it would be kept, and not read back. */
export const CURSOR_LENGTH_MAX = 4_096;

export interface CursorPage {
  readonly rows: readonly unknown[];
  readonly bytes: Uint8Array;
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

/**
 * Reads one answer of a listing behind a cursor. Faults: `body_invalid` (no list, no cursor or one that is too long, no `hasMore`),
 * `schema_drift`, `no_progress` (a page that leads back to where the pull has been).
 * @param cursorsBefore the cursors this pull has asked for, the present one included
 */
export function readCursorPage(
  platform: Platform,
  paging: CursorPaging,
  rowsPath: readonly string[],
  cursor: string,
  cursorsBefore: ReadonlySet<string>,
  body: unknown,
  bytes: Uint8Array,
): Reading<CursorPage> {
  const rows = valueAt(body, rowsPath);
  const hasMore = valueAt(body, paging.hasMore);
  const sent = valueAt(body, paging.nextCursor);
  if (!Array.isArray(rows) || typeof hasMore !== "boolean") return { kind: "fault", reason: "body_invalid" };
  const isMissing = sent === undefined || sent === null || sent === "";
  if (isMissing && (rows.length > 0 || hasMore)) return { kind: "fault", reason: "body_invalid" };
  if (!isMissing && typeof sent !== "string" && !Number.isSafeInteger(sent)) {
    return { kind: "fault", reason: "body_invalid" };
  }
  if (isSchemaDrift(platform, rows)) return { kind: "fault", reason: "schema_drift" };
  const nextCursor = isMissing ? cursor : String(sent);
  if (nextCursor.length > CURSOR_LENGTH_MAX) return { kind: "fault", reason: "body_invalid" };
  const leadsBack = (rows.length > 0 || hasMore) && cursorsBefore.has(nextCursor);
  if (leadsBack) return { kind: "fault", reason: "no_progress" };
  return { kind: "value", value: { rows, bytes, nextCursor, hasMore } };
}
