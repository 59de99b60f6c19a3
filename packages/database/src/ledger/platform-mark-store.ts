import type { KeptMark, PulledBatch } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql } from "../connection/connect.ts";
import { copyRows } from "../connection/copy-rows.ts";
import type { PlatformMark } from "./posting-store.ts";

/** A mark with its pull, so that one that is read twice is recognised. */
export interface IdentifiedMark extends PlatformMark {
  readonly pullId: string;
}

/** Marks that were recorded after an instant (milliseconds since 1970 UTC), oldest first. */
export async function readPlatformMarksAfter(sql: Sql, recordedAfterMs: number): Promise<IdentifiedMark[]> {
  return sql<IdentifiedMark[]>`
    SELECT platform, pull_id AS "pullId", complete_until AS "completeUntilMs", outcome, recorded_at AS "recordedAtMs"
    FROM ledger.platform_mark WHERE recorded_at > ${instantText(recordedAfterMs)}::timestamptz
    ORDER BY recorded_at, pull_id`;
}

/** Marks by platform and pull, those that there are. */
export async function readMarksOf(
  sql: Sql,
  keys: readonly Pick<IdentifiedMark, "platform" | "pullId">[],
): Promise<IdentifiedMark[]> {
  if (keys.length === 0) return [];
  return sql<IdentifiedMark[]>`
    SELECT mark.platform, mark.pull_id AS "pullId", complete_until AS "completeUntilMs", outcome,
      recorded_at AS "recordedAtMs"
    FROM unnest(
      ${textArray(keys.map((key) => key.platform))}::text[],
      ${plainArray(keys.map((key) => key.pullId))}::uuid[]
    ) AS asked (platform, pull)
    JOIN ledger.platform_mark AS mark ON mark.platform = asked.platform AND mark.pull_id = asked.pull`;
}

/** What was known of a platform at an instant: its newest mark by then, and its newest complete one. */
export interface MarksAt {
  readonly platform: string;
  readonly knownAtMs: number;
  readonly newest: IdentifiedMark | null;
  readonly complete: IdentifiedMark | null;
}

/** The newest marks of platforms at instants; platforms without a mark by then have none. */
export async function readMarksAt(
  sql: Sql,
  asked: readonly { readonly platform: string; readonly knownAtMs: number }[],
): Promise<MarksAt[]> {
  if (asked.length === 0) return [];
  const rows = await sql`
    SELECT asked.platform, asked.at, newest.pull_id, newest.complete_until, newest.outcome, newest.recorded_at,
      complete.pull_id, complete.complete_until, complete.outcome, complete.recorded_at
    FROM unnest(
      ${textArray(asked.map((one) => one.platform))}::text[],
      ${instantArray(asked.map((one) => one.knownAtMs))}::timestamptz[]
    ) AS asked (platform, at)
    LEFT JOIN LATERAL (
      SELECT * FROM ledger.platform_mark AS mark
      WHERE mark.platform = asked.platform AND mark.recorded_at <= asked.at
      ORDER BY recorded_at DESC, pull_id DESC LIMIT 1
    ) AS newest ON true
    LEFT JOIN LATERAL (
      SELECT * FROM ledger.platform_mark AS mark
      WHERE mark.platform = asked.platform AND mark.recorded_at <= asked.at AND complete_until IS NOT NULL
      ORDER BY recorded_at DESC, pull_id DESC LIMIT 1
    ) AS complete ON true`.values();
  return rows.map(([platform, knownAtMs, ...marks]) => ({
    platform,
    knownAtMs,
    newest: toMark(platform, marks.slice(0, 4)),
    complete: toMark(platform, marks.slice(4)),
  }));
}

function toMark(
  platform: string,
  [pullId, completeUntilMs, outcome, recordedAtMs]: readonly unknown[],
): IdentifiedMark | null {
  return pullId === null ? null : ({ platform, pullId, completeUntilMs, outcome, recordedAtMs } as IdentifiedMark);
}

/** Every mark, in order of platform and pull. */
export function copyPlatformMarks(sql: Sql): AsyncGenerator<KeptMark[]> {
  const select = `SELECT platform, pull_id, complete_until, outcome, recorded_at FROM ledger.platform_mark
    ORDER BY platform COLLATE "C", pull_id`;
  return copyRows(sql, select, (row) => ({
    platform: row.word(0) ?? "",
    pullId: row.uuid(1) ?? "",
    completeUntilMs: row.instantMs(2),
    outcome: row.word(3) ?? "",
    recordedAtMs: row.instantMs(4) ?? 0,
  }));
}

/** Every batch that a pull brought, in order of platform and pull. */
export function copyPulledBatches(sql: Sql): AsyncGenerator<PulledBatch[]> {
  const select = `SELECT source, pull_id, closes_pull, complete_until, posted_at FROM acquisition.batch
    WHERE pull_id IS NOT NULL ORDER BY source COLLATE "C", pull_id`;
  return copyRows(sql, select, (row) => ({
    source: row.word(0) ?? "",
    pullId: row.uuid(1) ?? "",
    closesPull: row.boolean(2),
    completeUntilMs: row.instantMs(3),
    postedAtMs: row.instantMs(4),
  }));
}
