import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** How many rows of a platform were met so late: more than the bucket before, at most `secondsMax`. */
export interface LatenessBucket {
  readonly platform: string;
  readonly secondsMax: number;
  readonly rows: number;
  readonly lastSeenAtMs: number;
}

/** Adds late rows, by the upper bound of their bucket (seconds); in the transaction that stores the rows. */
export async function addLateness(
  tx: Transaction,
  platform: string,
  rowsBySecondsMax: ReadonlyMap<number, number>,
  seenAtMs: number,
): Promise<void> {
  if (rowsBySecondsMax.size === 0) return;
  await tx`
    INSERT INTO acquisition.lateness AS known (platform, seconds_max, rows, last_seen_at)
    SELECT ${platform}::text, late.seconds_max, late.rows, ${instantText(seenAtMs)}::timestamptz
    FROM unnest(${plainArray([...rowsBySecondsMax.keys()])}::int[],
      ${plainArray([...rowsBySecondsMax.values()])}::bigint[]) AS late (seconds_max, rows)
    ORDER BY seconds_max
    ON CONFLICT (platform, seconds_max) DO UPDATE
      SET rows = known.rows + excluded.rows, last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)`;
}

/** The histogram of one platform, or of all; smallest bucket first. */
export async function readLateness(sql: Sql | Transaction, platform: string | null): Promise<LatenessBucket[]> {
  return sql<LatenessBucket[]>`
    SELECT platform, seconds_max AS "secondsMax", rows, last_seen_at AS "lastSeenAtMs" FROM acquisition.lateness
    WHERE ${platform}::text IS NULL OR platform = ${platform} ORDER BY platform, seconds_max`;
}
