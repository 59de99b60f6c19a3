import { instantText, type Sql } from "../connection/connect.ts";
import { isSaid } from "./left-out-rows.ts";
import { readReadmissionIds } from "./readmission-store.ts";

/** A record by the update time of its newest stored version. */
export interface StandingRecord {
  readonly recordKey: string;
  readonly updateTimeMs: number;
}

export interface StandingRange {
  readonly source: string;
  /** First and last update time, both inclusive, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Records at most; the earliest come first. */
  readonly recordsMax: number;
}

const ROWS_PER_FETCH = 10_000;

/**
 * The records of a source whose newest stored version lies in a range of update times, in pages, earliest first; what a
 * re-admission left out is not waited for. Reads the index of source and update time; a newer version of a record is looked up under its key.
 */
export async function* readStandingRecords(
  sql: Sql,
  range: StandingRange,
): AsyncGenerator<readonly StandingRecord[], void, undefined> {
  const leftOutBy = await readReadmissionIds(sql);
  const rows = sql<StandingRecord[]>`
    SELECT version.record_key AS "recordKey", version.update_time AS "updateTimeMs"
    FROM admission.version AS version
    WHERE version.source = ${range.source}
      AND version.update_time >= ${instantText(range.fromMs)}::timestamptz
      AND version.update_time <= ${instantText(range.untilMs)}::timestamptz AND ${isSaid(sql, "version", leftOutBy)}
      AND NOT EXISTS (SELECT FROM admission.version AS newer
        WHERE newer.record_key = version.record_key AND newer.update_time > version.update_time
          AND ${isSaid(sql, "newer", leftOutBy)})
    ORDER BY version.source, version.update_time LIMIT ${range.recordsMax}`;
  for await (const page of rows.cursor(ROWS_PER_FETCH)) yield page;
}
