import { normaliseText, parseInstant } from "@xueshi/domain";
import { isSchemaDrift, type PageByUpdateTime, type Platform, updateTimeMsOf } from "@xueshi/platforms";
import type { TimedRows } from "./boundary-rows.ts";
import type { Reading } from "./http-session.ts";
import { countAt, valueAt } from "./json-path.ts";
import { formatShanghaiTime } from "./shanghai-time.ts";

/** Where a listing by update time is continued: the text the platform itself wrote, and its instant. */
export interface Position {
  readonly text: string;
  readonly ms: number;
}

export interface UpdateTimePage extends TimedRows {
  readonly total: number;
  readonly bytes: Uint8Array;
  /** The last update time that could be read; the asked position when there is none. */
  readonly last: Position;
}

export interface PageRequest {
  readonly from: Position;
  readonly pageIndex: number;
  readonly rowsPerPage: number;
}

/** The query of a page, as the platform names its parameters. */
export function listingQuery(paging: PageByUpdateTime, request: PageRequest): Record<string, string> {
  return {
    [paging.updatedFromParameter]: request.from.text,
    [paging.pageIndexParameter]: String(request.pageIndex),
    [paging.pageSizeParameter]: String(request.rowsPerPage),
  };
}

/**
 * Where a pull starts: the stored position less the overlap, cut to whole seconds, or the configured first one.
 * @param updatedFrom the stored position; null or unreadable: everything is read, which has no effect on what is known
 */
export function startPosition(platform: Platform, paging: PageByUpdateTime, updatedFrom: string | null): Position {
  const first = toPosition(platform, paging.updatedFromFirst) ?? { text: paging.updatedFromFirst, ms: 0 };
  const stored = updatedFrom === null ? null : toPosition(platform, updatedFrom);
  if (stored === null) return first;
  if (paging.overlapSeconds === 0) return stored.ms < first.ms ? first : stored;
  return positionAt(platform, Math.max(first.ms, stored.ms - paging.overlapSeconds * 1_000));
}

/** The position of an instant, never later than it. */
export function positionAt(platform: Platform, ms: number): Position {
  if (platform.mapping.updateTimeForm === "epoch_ms") return { text: String(ms), ms };
  return { text: formatShanghaiTime(ms), ms: Math.floor(ms / 1_000) * 1_000 };
}

/** The instant of a stored position; null when it cannot be read. */
export function positionMs(platform: Platform, text: string): number | null {
  return toPosition(platform, text)?.ms ?? null;
}

function toPosition(platform: Platform, text: string): Position | null {
  const isNumber = platform.mapping.updateTimeForm === "epoch_ms";
  const ms = isNumber ? (/^[0-9]{1,16}$/.test(text) ? Number(text) : null) : parseInstant(text);
  return ms === null ? null : { text, ms };
}

/**
 * Reads one answer of a listing by update time. Faults: `body_invalid` (no list or no total), `list_empty` (nothing
 * where there must be something), `schema_drift`, `no_progress` (rows before the asked time: an earlier page once more),
 * `order_broken`.
 */
export function readUpdateTimePage(
  platform: Platform,
  paging: PageByUpdateTime,
  rowsPath: readonly string[],
  request: PageRequest,
  body: unknown,
  bytes: Uint8Array,
): Reading<UpdateTimePage> {
  const rows = valueAt(body, rowsPath);
  const total = countAt(body, paging.total);
  if (!Array.isArray(rows) || total === null) return { kind: "fault", reason: "body_invalid" };
  const rowsBefore = (request.pageIndex - 1) * request.rowsPerPage;
  if (rows.length > 0 && total < rowsBefore + rows.length) return { kind: "fault", reason: "body_invalid" };
  if (rows.length === 0 && (request.pageIndex === 1 || total > rowsBefore)) {
    return { kind: "fault", reason: "list_empty" };
  }
  if (isSchemaDrift(platform, rows)) return { kind: "fault", reason: "schema_drift" };
  const timesMs: number[] = [];
  let lastMs = request.from.ms;
  let lastRow: unknown = null;
  for (const row of rows) {
    const timeMs = updateTimeMsOf(platform, row);
    if (timeMs !== null && timeMs < request.from.ms) return { kind: "fault", reason: "no_progress" };
    if (timeMs !== null && timeMs < lastMs) return { kind: "fault", reason: "order_broken" };
    if (timeMs !== null) [lastMs, lastRow] = [timeMs, row];
    timesMs.push(lastMs);
  }
  const last = lastRow === null ? request.from : { text: updateTimeText(platform, lastRow), ms: lastMs };
  return { kind: "value", value: { rows, timesMs, total, bytes, last } };
}

function updateTimeText(platform: Platform, row: unknown): string {
  return normaliseText(String((row as Readonly<Record<string, unknown>>)[platform.mapping.fields.updateTime]));
}
