import { receiptOutcome, type VersionOrder } from "@xueshi/domain";
import type { Sql } from "../connection/connect.ts";
import { readNameDigests } from "./identity-store.ts";

/** Per source: how many rows ended how, each row once. */
export type RowSummary = Map<string, Map<string, number>>;

interface SummaryRow extends VersionOrder {
  readonly recordKey: string;
  readonly source: string;
  readonly practitionerId: string;
  readonly nameDigest: string;
  readonly occurrences: number;
}

const ROWS_PER_FETCH = 5_000;

/**
 * Counts how the rows of each source ended, as one pass over all sources merged by update time would have it: every
 * re-decision made, ties in the order of arrival. Rows that say what an earlier row of the same update time said are
 * `unchanged`. Source: platforms.md, "Counting rows".
 */
export async function summariseRows(sql: Sql): Promise<RowSummary> {
  const summary: RowSummary = new Map();
  const add = (source: string, ending: string, count: number) => {
    const counts = summary.get(source) ?? new Map<string, number>();
    counts.set(ending, (counts.get(ending) ?? 0) + count);
    summary.set(source, counts);
  };
  const refused = await sql<{ source: string; code: string; count: number }[]>`
    SELECT source, code, sum(occurrences)::bigint AS count FROM admission.refusal GROUP BY source, code`;
  for (const row of refused) add(row.source, row.code, row.count);

  let recordKey = "";
  let earlier: SummaryRow[] = [];
  const rows = sql<SummaryRow[]>`
    SELECT version.record_key AS "recordKey", version.source, version.update_time AS "updateTimeMs",
      encode(version.content_digest, 'hex') AS "contentDigest", version.hours_hundredths AS "hoursHundredths",
      version.occurrences, version.practitioner_id AS "practitionerId",
      encode(version.name_digest, 'hex') AS "nameDigest"
    FROM admission.version AS version
    ORDER BY version.record_key, version.update_time, version.batch_id, version.batch_index`;
  for await (const page of rows.cursor(ROWS_PER_FETCH)) {
    const known = await readNameDigests(sql, [...new Set(page.map((row) => row.practitionerId))]);
    for (const row of page) {
      if (row.recordKey !== recordKey) {
        recordKey = row.recordKey;
        earlier = [];
      }
      if (known.get(row.practitionerId) !== row.nameDigest) {
        add(row.source, "identity_conflict", row.occurrences);
        continue;
      }
      add(row.source, receiptOutcome(earlier, row), 1);
      if (row.occurrences > 1) add(row.source, "unchanged", row.occurrences - 1);
      earlier.push(row);
    }
  }
  return summary;
}

/** Rows that overlapping pulls read again, per source, by the counts of their batches. */
export async function countRereadRows(sql: Sql): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ source: string; count: number }[]>`
    SELECT source, sum((counts ->> 'reread')::bigint)::bigint AS count FROM acquisition.batch
    WHERE counts ? 'reread' GROUP BY source`;
  return new Map(rows.map((row) => [row.source, row.count]));
}
