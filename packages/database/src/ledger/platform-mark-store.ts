import { instantText, type Sql } from "../connection/connect.ts";
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
