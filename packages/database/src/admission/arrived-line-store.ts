import {
  type ArrivedLine,
  type DaySum,
  endOfDayMs,
  type LineStatus,
  type LocalDate,
  type RecordLine,
  startOfDayMs,
} from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";
import { beginTransaction } from "../connection/run-transaction.ts";
import { isMade, isRefusalSaid, isSaid } from "./left-out-rows.ts";
import { readReadmissionIds } from "./readmission-store.ts";

/** Update times of a source, the last one left out; ms since 1970 UTC. */
export interface LineRange {
  readonly source: string;
  readonly fromMs: number;
  readonly beforeMs: number;
  /** Whether refused rows are rows that arrived: of a platform that is pulled they are, a push was told so at once. */
  readonly withRefused: boolean;
}

/** A refused row that no later row of its record followed; where it came says where its content can be read. */
export interface RefusedArrival {
  readonly recordKey: string;
  readonly recordId: string;
  /** Null: it could not be read. */
  readonly updateTimeMs: number | null;
  readonly contentDigest: string;
  readonly batchId: string;
}

/** One row of a record's newest update time: a version with its line, or a refused row to be read where it came. */
export type NewestArrival =
  | (ArrivedLine & { readonly kind: "version"; readonly recordKey: string; readonly contentDigest: string })
  | (RefusedArrival & { readonly kind: "refused" });

const ROWS_PER_FETCH = 10_000;
/** A day that a whole platform was loaded on takes its time; the service's own bound is for requests. */
const STATEMENT_MS_MAX = 300_000;

/**
 * The current line of each record that lies in a range: the newest version as its source sent it, of several with one
 * update time the one that arrived last; rows that an operator wrote, and what a re-admission left out, are not among them. Refused rows, whose content is not in
 * the tables, are handed in. Reads the index of source and update time; a newer row is looked up under its record.
 */
const currentLines = (
  sql: Sql,
  range: LineRange,
  refused: readonly RecordLine[],
  leftOutBy: ReadonlySet<string>,
) => sql`
  SELECT record_key, record_id, update_time, status, CASE WHEN status = 'withdrawn' THEN 0 ELSE hours END AS hours FROM (
    SELECT DISTINCT ON (version.record_key) version.record_key, version.record_id, version.update_time, version.status,
      version.hours_hundredths AS hours
    FROM admission.version AS version
    WHERE version.source = ${range.source}
      AND version.update_time >= ${instantText(range.fromMs)}::timestamptz
      AND version.update_time < ${instantText(range.beforeMs)}::timestamptz AND ${isSaid(sql, "version", leftOutBy)}
      AND NOT EXISTS (SELECT FROM admission.version AS newer
        WHERE newer.record_key = version.record_key AND newer.update_time > version.update_time
          AND ${isSaid(sql, "newer", leftOutBy)} AND NOT ${isMade(sql, "newer", "version")})
      AND (NOT ${range.withRefused}::boolean OR NOT EXISTS (SELECT FROM admission.refusal AS newer
        WHERE newer.record_key = version.record_key AND newer.update_time > version.update_time
          AND ${isRefusalSaid(sql, "newer", "version")}))
      AND NOT ${isMade(sql, "version")}
    ORDER BY version.record_key, version.voided_by IS NOT NULL, version.batch_id DESC, version.batch_index DESC
  ) AS arrived
  UNION ALL
  SELECT NULL, * FROM unnest(
    ${textArray(refused.map((line) => line.recordId))}::text[],
    ${instantArray(refused.map((line) => line.updateTimeMs))}::timestamptz[],
    ${textArray(refused.map((line) => line.status))}::text[],
    ${plainArray(refused.map((line) => (line.status === "withdrawn" ? 0 : line.hoursHundredths)))}::int[])`;

/** Sorting and hashing what was found beats looking up each row, and may take longer than a request. */
function widely<T>(sql: Sql, action: (tx: Sql, leftOutBy: ReadonlySet<string>) => Promise<T>): Promise<T> {
  return beginTransaction(sql, async (tx) => {
    await tx`
      SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_hashjoin', 'on', true),
        set_config('enable_mergejoin', 'on', true), set_config('enable_seqscan', 'on', true),
        set_config('work_mem', '64MB', true), set_config('statement_timeout', ${String(STATEMENT_MS_MAX)}, true)`;
    return action(tx as unknown as Sql, await readReadmissionIds(tx));
  }) as Promise<T>;
}

/**
 * What is here of each day (UTC+8) of a range: records, hours and digest of the lines, in one statement; days without
 * records are left out. The text of a line is that of `lineText` in the core.
 */
export async function sumArrivedDays(
  sql: Sql,
  range: LineRange,
  refused: readonly RecordLine[],
): Promise<ReadonlyMap<LocalDate, DaySum>> {
  const rows = await widely(
    sql,
    (tx, leftOutBy) => tx<({ day: LocalDate } & DaySum)[]>`
    SELECT at::date AS day, count(*)::bigint AS records, coalesce(sum(hours), 0)::bigint AS "hoursHundredths",
      encode(sha256(convert_to(string_agg(text, '' ORDER BY text COLLATE "C"), 'UTF8')), 'hex') AS digest
    FROM (
      SELECT at, hours, translate(record_id, E'\\t\\n\\r', '   ') || E'\\t' || to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS') || '+08:00' || E'\\t'
        || coalesce((hours / 100)::text || '.' || lpad((hours % 100)::text, 2, '0'), '') || E'\\t' || coalesce(status, '') || E'\\n'
        AS text
      FROM (SELECT *, update_time AT TIME ZONE 'UTC' + interval '8 hours' AS at
        FROM (${currentLines(tx, range, refused, leftOutBy)}) AS line) AS dated
    ) AS written
    GROUP BY day ORDER BY day`,
  );
  return new Map(rows.map(({ day, ...sum }) => [day, sum]));
}

/** The lines that {@link sumArrivedDays} sums, in pages, in no order. */
export async function readArrivedLines(
  sql: Sql,
  range: LineRange,
  refused: readonly RecordLine[],
): Promise<RecordLine[]> {
  const lines: RecordLine[] = [];
  await widely(sql, async (tx, leftOutBy) => {
    const rows = tx<RecordLine[]>`
      SELECT record_id AS "recordId", update_time AS "updateTimeMs", hours AS "hoursHundredths", status
      FROM (${currentLines(tx, range, refused, leftOutBy)}) AS line`;
    for await (const page of rows.cursor(ROWS_PER_FETCH)) for (const line of page) lines.push(line);
  });
  return lines;
}

/** Lines of a range in the order of their records' keys, from one key (left out) on. */
export async function readArrivedPage(
  sql: Sql,
  range: LineRange,
  page: { readonly afterKey: string; readonly limit: number },
): Promise<(RecordLine & { readonly recordKey: string })[]> {
  return widely(
    sql,
    (tx, leftOutBy) => tx<(RecordLine & { recordKey: string })[]>`
    SELECT record_key AS "recordKey", record_id AS "recordId", update_time AS "updateTimeMs", hours AS "hoursHundredths", status
    FROM (${currentLines(tx, range, [], leftOutBy)}) AS line
    WHERE record_key > ${page.afterKey}::uuid ORDER BY record_key LIMIT ${page.limit}`,
  );
}

/**
 * The refused rows of a range that are the newest of their record and not beside a version of the same update time.
 * @param withCorrected also those in whose place an operator put a version
 */
export async function readRefusedArrivals(
  sql: Sql,
  range: LineRange,
  withCorrected: boolean,
): Promise<RefusedArrival[]> {
  return widely(
    sql,
    (tx, leftOutBy) => tx<RefusedArrival[]>`
    SELECT DISTINCT ON (refusal.record_key) refusal.record_key AS "recordKey", refusal.record_id AS "recordId",
      refusal.update_time AS "updateTimeMs", encode(refusal.content_digest, 'hex') AS "contentDigest",
      refusal.batch_id AS "batchId"
    FROM admission.refusal AS refusal
    WHERE refusal.source = ${range.source} AND refusal.record_id <> ''
      AND refusal.update_time >= ${instantText(range.fromMs)}::timestamptz
      AND refusal.update_time < ${instantText(range.beforeMs)}::timestamptz AND ${isRefusalSaid(tx, "refusal")}
      AND NOT EXISTS (SELECT FROM admission.version AS newer
        WHERE newer.record_key = refusal.record_key AND newer.update_time >= refusal.update_time
          AND ${isSaid(tx, "newer", leftOutBy)} AND NOT (${withCorrected}::boolean AND ${isMade(tx, "newer", "refusal")}))
      AND NOT EXISTS (SELECT FROM admission.refusal AS newer
        WHERE newer.record_key = refusal.record_key AND newer.update_time > refusal.update_time
          AND ${isRefusalSaid(tx, "newer", "refusal")})
    ORDER BY refusal.record_key, refusal.batch_id DESC, refusal.batch_index DESC`,
  );
}

/** All rows of the newest update time of these records, the one that arrived last first; records without any are missing. */
export async function readNewestArrivals(
  sql: Sql | Transaction,
  recordKeys: readonly string[],
  withRefused: boolean,
): Promise<ReadonlyMap<string, readonly NewestArrival[]>> {
  const keys = plainArray(recordKeys);
  const tx = sql as Sql;
  const leftOutBy = await readReadmissionIds(tx);
  const rows = await tx<
    (RefusedArrival & {
      isVersion: boolean;
      status: LineStatus | null;
      hoursHundredths: number | null;
    })[]
  >`
    SELECT * FROM (
      SELECT record_key AS "recordKey", record_id AS "recordId", nullif(update_time, to_timestamp(0)) AS "updateTimeMs",
        encode(content_digest, 'hex') AS "contentDigest", batch_id AS "batchId", batch_index AS place,
        status, hours_hundredths AS "hoursHundredths", true AS "isVersion", voided_by IS NOT NULL AS "isLeftOut"
      FROM admission.version WHERE record_key = ANY(${keys}::uuid[]) AND ${isSaid(tx, "version", leftOutBy)}
        AND NOT ${isMade(tx, "version")}
      UNION ALL
      SELECT record_key, record_id, nullif(update_time, to_timestamp(0)), encode(content_digest, 'hex'), batch_id,
        batch_index, NULL, NULL, false, false
      FROM admission.refusal WHERE record_key = ANY(${keys}::uuid[]) AND ${withRefused}::boolean
        AND ${isRefusalSaid(tx, "refusal")}
    ) AS arrived
    ORDER BY "recordKey", "updateTimeMs" DESC NULLS LAST, "isVersion" DESC, "isLeftOut", "batchId" DESC, place DESC`;
  const newest = new Map<string, NewestArrival[]>();
  for (const { isVersion, status, hoursHundredths, contentDigest, batchId, ...row } of rows) {
    const { recordKey, recordId, updateTimeMs } = row;
    const before = newest.get(recordKey);
    if (before !== undefined && before[0]?.updateTimeMs !== updateTimeMs) continue;
    const arrival: NewestArrival = isVersion
      ? { kind: "version", recordKey, recordId, contentDigest, updateTimeMs, content: { hoursHundredths, status } }
      : { kind: "refused", recordKey, recordId, updateTimeMs, contentDigest, batchId };
    newest.set(recordKey, [...(before ?? []), arrival]);
  }
  return newest;
}

/** A record's newest version, for totals. */
export interface TotalRow {
  readonly recordKey: string;
  readonly status: LineStatus;
  readonly hoursHundredths: number | null;
  /** A decision left it out. */
  readonly isLeftOut: boolean;
}

/**
 * Hands over the newest version of each record of a source that lies in a range of days (UTC+8, both inclusive), in pages. By
 * update time the index is read; by the day of obtaining, the source's versions are.
 */
export async function readTotalRows(
  sql: Sql,
  range: {
    readonly source: string;
    readonly fromDay: LocalDate;
    readonly untilDay: LocalDate;
    readonly by: "update_time" | "obtained_on";
  },
  take: (rows: readonly TotalRow[]) => Promise<void>,
): Promise<void> {
  const { source, fromDay, untilDay, by } = range;
  await widely(sql, async (tx, leftOutBy) => {
    const isWithin =
      by === "obtained_on"
        ? tx`version.obtained_on BETWEEN ${fromDay}::text::date AND ${untilDay}::text::date`
        : tx`version.update_time >= ${instantText(startOfDayMs(fromDay))}::timestamptz
            AND version.update_time < ${instantText(endOfDayMs(untilDay))}::timestamptz`;
    const rows = tx<TotalRow[]>`
      SELECT DISTINCT ON (version.record_key) version.record_key AS "recordKey", version.status,
        version.hours_hundredths AS "hoursHundredths", version.voided_by IS NOT NULL AS "isLeftOut"
      FROM admission.version AS version
      WHERE version.source = ${source} AND ${isWithin} AND ${isSaid(tx, "version", leftOutBy)}
        AND NOT EXISTS (SELECT FROM admission.version AS newer
          WHERE newer.record_key = version.record_key AND newer.update_time > version.update_time
            AND ${isSaid(tx, "newer", leftOutBy)})
      ORDER BY version.record_key, version.voided_by IS NOT NULL, version.batch_id DESC, version.batch_index DESC`;
    for await (const page of rows.cursor(ROWS_PER_FETCH)) await take(page);
  });
}
