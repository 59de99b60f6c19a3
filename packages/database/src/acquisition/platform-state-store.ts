import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** How a platform has behaved. A platform that was never pulled has none. */
export interface PlatformState {
  readonly platform: string;
  readonly failuresInARow: number;
  /** Reason of the last failure; null: the last pull that counted was none. */
  readonly lastReason: string | null;
  /** Pulls on schedule wait until then; null: they do not. */
  readonly retryAtMs: number | null;
  /** Overlap learned from measured lateness; null: the configured one. */
  readonly overlapSeconds: number | null;
  /** When a pull last looked as far back as it may. */
  readonly probedAtMs: number | null;
  /** The platform's clock less ours, as its last answer said it. */
  readonly clockSkewMs: number | null;
}

/** The states of one platform, or of all. */
export async function readPlatformStates(sql: Sql | Transaction, platform: string | null): Promise<PlatformState[]> {
  return sql<PlatformState[]>`
    SELECT platform, failures_in_a_row AS "failuresInARow", last_reason AS "lastReason", retry_at AS "retryAtMs",
      overlap_seconds AS "overlapSeconds", probed_at AS "probedAtMs", clock_skew_ms AS "clockSkewMs"
    FROM acquisition.platform_state WHERE ${platform}::text IS NULL OR platform = ${platform}`;
}

/** What a pull's end says about its platform; null leaves what is known. */
export interface PlatformConduct {
  readonly failuresInARow: number;
  readonly lastReason: string | null;
  readonly retryAtMs: number | null;
  readonly overlapSeconds: number | null;
  readonly probedAtMs: number | null;
  readonly clockSkewMs: number | null;
}

/** Stored with the end of a pull. */
export async function writePlatformConduct(
  tx: Transaction,
  platform: string,
  conduct: PlatformConduct,
  nowMs: number,
): Promise<void> {
  const textOf = (instantMs: number | null) => (instantMs === null ? null : instantText(instantMs));
  await tx`
    INSERT INTO acquisition.platform_state AS known
      (platform, failures_in_a_row, last_reason, retry_at, overlap_seconds, probed_at, clock_skew_ms, updated_at)
    VALUES (${platform}, ${conduct.failuresInARow}, ${conduct.lastReason}, ${textOf(conduct.retryAtMs)}::timestamptz,
      ${conduct.overlapSeconds}::int, ${textOf(conduct.probedAtMs)}::timestamptz, ${conduct.clockSkewMs}::bigint, ${instantText(nowMs)}::timestamptz)
    ON CONFLICT (platform) DO UPDATE
      SET failures_in_a_row = excluded.failures_in_a_row, last_reason = excluded.last_reason,
        retry_at = excluded.retry_at, overlap_seconds = coalesce(excluded.overlap_seconds, known.overlap_seconds),
        probed_at = coalesce(excluded.probed_at, known.probed_at),
        clock_skew_ms = coalesce(excluded.clock_skew_ms, known.clock_skew_ms), updated_at = excluded.updated_at`;
}

/** Keeps what the lateness met so far says about the overlap; in the transaction that counted it. */
export async function writeLearnedOverlap(
  tx: Transaction,
  platform: string,
  overlapSeconds: number,
  nowMs: number,
): Promise<void> {
  await tx`
    INSERT INTO acquisition.platform_state (platform, overlap_seconds, updated_at)
    VALUES (${platform}, ${overlapSeconds}, ${instantText(nowMs)}::timestamptz)
    ON CONFLICT (platform) DO UPDATE
      SET overlap_seconds = excluded.overlap_seconds, updated_at = excluded.updated_at`;
}
