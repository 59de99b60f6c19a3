import type { CompetingEntry } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import type { Sql } from "../connection/connect.ts";

/** A record that counts, or would if no other were the same achievement, as it stands at the end of a chain or before. */
export interface CompetingRow extends CompetingEntry {
  readonly sequence: number;
  readonly attributedYear: number | null;
}

/**
 * The records of people that compete, by what their chains said up to a sequence each. That an operator lets one count
 * beside its duplicates is known of those that stand so still.
 */
export async function readCompeting(
  sql: Sql,
  cuts: readonly { readonly practitionerId: string; readonly sequence: number }[],
): Promise<CompetingRow[]> {
  if (cuts.length === 0) return [];
  const rows = await sql<(CompetingRow & { reverses: number | null })[]>`
    SELECT entry.practitioner_id AS "practitionerId", entry.sequence, entry.reverses, entry.record_key AS "recordKey",
      entry.record_id AS "recordId", entry.source, entry.platform, entry.state,
      entry.hours_hundredths AS "hoursHundredths", entry.subject, entry.obtained_on AS "obtainedOn", entry.title,
      entry.attributed_year AS "attributedYear",
      (kept.sequence IS NOT NULL AND kept.achievement_key IS NULL) AS "isExempt"
    FROM unnest(
      ${plainArray(cuts.map((cut) => cut.practitionerId))}::uuid[], ${plainArray(cuts.map((cut) => cut.sequence))}::bigint[]
    ) AS cut (person, sequence)
    JOIN ledger.entry AS entry ON entry.practitioner_id = cut.person AND entry.sequence <= cut.sequence
      AND entry.slot = '' AND entry.state IN ('registered', 'duplicate')
    LEFT JOIN projection.record_state AS kept ON kept.practitioner_id = entry.practitioner_id
      AND kept.record_key = entry.record_key AND kept.slot = '' AND kept.sequence = entry.sequence`;
  const placeOf = (practitionerId: string, sequence: number | null) => `${practitionerId}/${sequence}`;
  const reversed = new Set(rows.map(({ practitionerId, reverses }) => placeOf(practitionerId, reverses)));
  return rows.flatMap(({ reverses, ...row }) =>
    reverses === null && !reversed.has(placeOf(row.practitionerId, row.sequence)) ? [row] : [],
  );
}
