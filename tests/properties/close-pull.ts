import type { Sql } from "@xueshi/database";

/** Pulls of platforms that brought nothing and ended: each a batch that closes it, posted at once, and the mark of it. */
export async function closePulls(
  owner: Sql,
  platforms: readonly string[],
  { completeUntil, postedAt }: { readonly completeUntil: Date | null; readonly postedAt: Date },
): Promise<void> {
  const outcome = completeUntil === null ? "partial" : "complete";
  const [until, at] = [completeUntil?.toISOString() ?? null, postedAt.toISOString()];
  await owner`
    WITH pull AS (
      SELECT platform, gen_random_uuid() AS pull_id FROM unnest(${[...platforms]}::text[]) AS platform
    ), batch AS (
      INSERT INTO acquisition.batch (batch_id, source, origin, pull_id, closes_pull, complete_until, received_at, row_count,
        counts, receipts, record_keys, practitioner_ids, posted_at)
      SELECT gen_random_uuid(), platform, 'pull', pull_id, true, ${until}::timestamptz, ${at}::timestamptz, 0, '{}', '[]', '{}',
        '{}', ${at}::timestamptz
      FROM pull
    )
    INSERT INTO ledger.platform_mark (platform, pull_id, complete_until, outcome, recorded_at)
    SELECT platform, pull_id, ${until}::timestamptz, ${outcome}, ${at}::timestamptz FROM pull`;
}
