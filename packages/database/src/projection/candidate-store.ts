import type { CandidateRecord } from "@xueshi/domain";
import { plainArray } from "../connection/array-text.ts";
import type { Sql } from "../connection/connect.ts";

/** People whose counting records are of several sources, from one on, and where to look next; null: nobody is left. */
export interface PeopleOfSeveralSources {
  readonly people: readonly string[];
  readonly nextFrom: string | null;
}

/**
 * People in order of id, from one on, who have counting records of more than one source: so many of them at most, among
 * so many people at most, so that one look is bounded whatever is stored.
 */
export async function readPeopleOfSeveralSources(
  sql: Sql,
  { from, among, limit }: { readonly from: string; readonly among: number; readonly limit: number },
): Promise<PeopleOfSeveralSources> {
  const [end] = await sql<{ id: string }[]>`
    SELECT practitioner_id AS id FROM ledger.head WHERE practitioner_id >= ${from}
    ORDER BY practitioner_id OFFSET ${among} LIMIT 1`;
  const rows = await sql<{ id: string }[]>`
    SELECT practitioner_id AS id FROM projection.record_state
    WHERE slot = '' AND state = 'registered' AND practitioner_id >= ${from}
      AND practitioner_id < ${end?.id ?? AFTER_ALL}
    GROUP BY practitioner_id HAVING min(source) < max(source) ORDER BY practitioner_id LIMIT ${limit + 1}`;
  const people = rows.slice(0, limit).map(({ id }) => id);
  return { people, nextFrom: rows[limit]?.id ?? end?.id ?? null };
}

/** Greater than the id of anybody, which is a digest with the bits of a version 8 UUID. */
const AFTER_ALL = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** A counting record with what may tell it from others. */
export interface CandidateRow extends CandidateRecord {
  readonly practitionerId: string;
  readonly attributedYear: number | null;
}

/** The records of people that count and that the same-achievement rule compares. */
export async function readCandidateRecords(sql: Sql, people: readonly string[]): Promise<CandidateRow[]> {
  if (people.length === 0) return [];
  const rows = await sql<(CandidateRow & { state: string })[]>`
    SELECT kept.practitioner_id AS "practitionerId", kept.record_key AS "recordKey", entry.record_id AS "recordId",
      kept.source, entry.platform, entry.hours_hundredths AS "hoursHundredths", entry.subject,
      entry.obtained_on AS "obtainedOn", entry.title, entry.attributed_year AS "attributedYear", kept.state
    FROM unnest(${plainArray(people)}::uuid[]) AS person (id)
    JOIN projection.record_state AS kept ON kept.practitioner_id = person.id AND kept.achievement_key IS NOT NULL
    JOIN ledger.entry AS entry ON entry.practitioner_id = kept.practitioner_id AND entry.sequence = kept.sequence`;
  return rows.flatMap(({ state, ...row }) => (state === "registered" ? [row] : []));
}
