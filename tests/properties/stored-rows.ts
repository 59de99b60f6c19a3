import type { Sql } from "@xueshi/database";
import { expect } from "vitest";
import { type Feeds, type Platform, readRows } from "../oracle/index.ts";

/** Rows by platform, record and update time, and how often each was stored or sent. */
export type RowCounts = ReadonlyMap<string, number>;

/** Every row that was taken, whatever became of it. */
export async function readStoredRows(sql: Sql): Promise<RowCounts> {
  const rows = await sql<{ key: string; count: number }[]>`
    SELECT concat_ws('/', source, record_id, (extract(epoch FROM update_time) * 1000)::bigint) AS key,
      sum(occurrences)::bigint AS count
    FROM (SELECT source, record_id, update_time, occurrences FROM admission.version
      UNION ALL SELECT source, record_id, update_time, occurrences FROM admission.refusal) AS taken
    GROUP BY key`;
  return new Map(rows.map(({ key, count }) => [key, count]));
}

/** Every row of the feeds that is a record; total rows are none. */
export function rowsSent(feeds: Feeds): RowCounts {
  const counts = new Map<string, number>();
  for (const { platform, recordId, updateMs } of readRows(feeds)) {
    const key = `${platform}/${recordId}/${updateMs}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Nothing was taken that was not sent, and nothing more often than it was sent. */
export function expectNothingInvented(stored: RowCounts, sent: RowCounts): void {
  const invented = [...stored].filter(([key, count]) => count > (sent.get(key) ?? 0));
  expect(invented, "rows that no platform sent, or sent less often").toEqual([]);
}

/** Everything that a platform had sent is there. */
export function expectNothingMissing(stored: RowCounts, sent: RowCounts, platform: Platform, when: string): void {
  const missing = [...sent.keys()].filter((key) => key.startsWith(`${platform}/`) && !stored.has(key));
  expect(missing, `rows that are missing ${when}`).toEqual([]);
}
