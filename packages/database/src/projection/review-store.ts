import type { Subject } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A record that waits for an operator: it has no subject, or it was taken for a duplicate. */
export interface ReviewRow {
  readonly recordKey: string;
  readonly state: "unclassified" | "duplicate";
  readonly source: string;
  readonly platform: string;
  readonly recordId: string;
  readonly title: string | null;
  readonly hoursHundredths: number | null;
  readonly subjectCode: string | null;
  readonly obtainedOn: string | null;
  readonly attributedYear: number | null;
  readonly sinceMs: number;
}

export interface ReviewQuery {
  readonly state: "unclassified" | "duplicate" | null;
  readonly platform: string | null;
  /** The last one seen. */
  readonly after: { readonly sinceMs: number; readonly recordKey: string } | null;
  readonly limit: number;
}

/** Records that wait, oldest first. */
export async function readReviews(sql: Sql, query: ReviewQuery): Promise<ReviewRow[]> {
  const { state, platform, after, limit } = query;
  const rows = await sql<(ReviewRow & { contentDigest: string | null })[]>`
    SELECT state.record_key AS "recordKey", state.state, state.source, entry.platform, entry.record_id AS "recordId",
      entry.title, entry.hours_hundredths AS "hoursHundredths", entry.obtained_on AS "obtainedOn",
      entry.attributed_year AS "attributedYear", entry.recorded_at AS "sinceMs",
      encode(entry.source_digest, 'hex') AS "contentDigest"
    FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
    WHERE state.state IN ('unclassified', 'duplicate') AND state.slot = ''
      AND NOT EXISTS (SELECT FROM admission.tombstone WHERE tombstone.practitioner_id = state.practitioner_id)
      AND (${state}::text IS NULL OR state.state = ${state})
      AND (${platform}::text IS NULL OR entry.platform = ${platform})
      AND (${after === null} OR (entry.recorded_at, state.record_key) >
        (${instantText(after?.sinceMs ?? 0)}::timestamptz, ${after?.recordKey ?? null}::uuid))
    ORDER BY entry.recorded_at, state.record_key LIMIT ${limit}`;
  const codes = await readSubjectCodes(sql, rows);
  return rows.map(({ contentDigest, ...row }) => ({
    ...row,
    subjectCode: codes.get(`${row.recordKey}/${contentDigest}`) ?? null,
  }));
}

async function readSubjectCodes(
  sql: Sql,
  rows: readonly { recordKey: string; contentDigest: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  const found = await sql<{ recordKey: string; contentDigest: string; subjectCode: string }[]>`
    SELECT record_key AS "recordKey", encode(content_digest, 'hex') AS "contentDigest", subject_code AS "subjectCode"
    FROM admission.version WHERE record_key = ANY(${rows.map((row) => row.recordKey)}::uuid[])`;
  return new Map(found.map((row) => [`${row.recordKey}/${row.contentDigest}`, row.subjectCode]));
}

/** How a decided record stands, or null when the ledger has no main standing for it. */
export async function readRecordStanding(
  sql: Sql | Transaction,
  practitionerIds: readonly string[],
  recordKey: string,
): Promise<{ state: string; subject: Subject | null; postingId: string } | null> {
  const [row] = await (sql as Sql)<{ state: string; subject: Subject | null; postingId: string }[]>`
    SELECT state.state, entry.subject, entry.posting_id AS "postingId"
    FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
    WHERE state.practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[]) AND state.record_key = ${recordKey}
      AND state.slot = ''`;
  return row ?? null;
}

/** States of records by their keys under the given people, main standings only: record key → state and code. */
export async function readRecordStates(
  sql: Sql,
  practitionerIds: readonly string[],
): Promise<{ recordKey: string; slot: string; state: string }[]> {
  return sql<{ recordKey: string; slot: string; state: string }[]>`
    SELECT record_key AS "recordKey", slot, state FROM projection.record_state
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])`;
}

export interface LedgerCounts {
  readonly records: readonly { source: string; state: string; count: number }[];
  readonly entries: number;
  readonly practitioners: number;
}

/** How many records of each source are in which state; a record with only held rows is `held`, with only refused ones none. */
export async function readLedgerCounts(sql: Sql): Promise<LedgerCounts> {
  const [records, [totals]] = await Promise.all([
    sql<{ source: string; state: string; count: number }[]>`
      SELECT source, state, count(*) AS count FROM (
        SELECT DISTINCT ON (record_key) source, state FROM projection.record_state
        WHERE state <> 'refused' ORDER BY record_key, slot
      ) AS main GROUP BY source, state ORDER BY source, state`,
    sql<{ entries: number; practitioners: number }[]>`
      SELECT coalesce(sum(sequence), 0)::bigint AS entries, count(*) FILTER (WHERE sequence > 0) AS practitioners
      FROM ledger.head`,
  ]);
  return { records, entries: totals?.entries ?? 0, practitioners: totals?.practitioners ?? 0 };
}
