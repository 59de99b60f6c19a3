import type { Entry } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import type { Sql } from "../connection/connect.ts";
import { type EntryRun, readFeed } from "./feed-store.ts";

/** An entry with its position in the feed. */
export interface FeedEntry extends Entry {
  readonly position: number;
}

/** Which entries a reader may see: those of one source, or of people of whom one of its keys has kept a verdict; else all. */
export interface FeedFilter {
  readonly source: string | null;
  readonly keptByKeyIds: readonly string[] | null;
}

export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  /** Where to go on; entries that may not be seen lie before it, too. */
  readonly next: number;
  /** Whether the feed had nothing more. */
  readonly isAtEnd: boolean;
}

interface PlacedRun extends EntryRun {
  readonly position: number;
}

/**
 * Entries of the feed from a position on, in order, of at most so many that are looked at. Positions have no gaps, and
 * what has one never moves, so a reader that goes on at `next` misses and repeats nothing.
 */
export async function readFeedEntries(sql: Sql, from: number, filter: FeedFilter, limit: number): Promise<FeedPage> {
  const rows = await readFeed(sql, from, from + limit);
  const runs: PlacedRun[] = [];
  let next = from;
  for (const row of rows) {
    let position = row.position;
    for (const run of row.runs) {
      const skipped = Math.max(0, Math.min(run.entryCount, next - position));
      const taken = Math.min(run.entryCount - skipped, from + limit - next);
      if (taken > 0 && position + skipped === next) {
        runs.push({ ...run, firstSequence: run.firstSequence + skipped, entryCount: taken, position: next });
        next += taken;
      }
      position += run.entryCount;
    }
  }
  const entries = await readRuns(sql, runs, filter);
  return { entries, next, isAtEnd: next < from + limit };
}

async function readRuns(
  sql: Sql,
  runs: readonly PlacedRun[],
  { source, keptByKeyIds }: FeedFilter,
): Promise<FeedEntry[]> {
  if (runs.length === 0) return [];
  const keys = keptByKeyIds === null ? null : plainArray(keptByKeyIds);
  return sql<FeedEntry[]>`
    SELECT run.position + entry.sequence - run.first AS position, practitioner_id AS "practitionerId", sequence,
      posting_id AS "postingId", recorded_at AS "recordedAtMs", kind, reverses, record_key AS "recordKey", slot, source,
      record_id AS "recordId", platform, state, code, hours_hundredths AS "hoursHundredths", subject,
      attributed_year AS "attributedYear", obtained_on AS "obtainedOn", pathway, assessed_on AS "assessedOn", recognition,
      title, trace, flags, encode(source_digest, 'hex') AS "sourceDigest", update_time AS "updateTimeMs", reason, actor,
      note, encode(name_digest, 'hex') AS "nameDigest", encode(hash, 'hex') AS hash
    FROM unnest(
      ${plainArray(runs.map((run) => run.position))}::bigint[],
      ${plainArray(runs.map((run) => run.practitionerId))}::uuid[],
      ${plainArray(runs.map((run) => run.firstSequence))}::bigint[],
      ${plainArray(runs.map((run) => run.entryCount))}::int[]
    ) AS run (position, id, first, entries)
    JOIN ledger.entry ON entry.practitioner_id = run.id
      AND entry.sequence >= run.first AND entry.sequence < run.first + run.entries
    WHERE (${source}::text IS NULL OR entry.source = ${source}::text)
      AND (${keys}::uuid[] IS NULL OR EXISTS (SELECT FROM verdict.kept_verdict AS kept
        WHERE kept.practitioner_id = entry.practitioner_id AND kept.key_id = ANY(${keys}::uuid[])))
    ORDER BY position`;
}
