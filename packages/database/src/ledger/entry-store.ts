import type { Entry, ProjectableEntry } from "@xueshi/domain";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** Appends entries, all in one statement. */
export async function writeEntries(tx: Transaction, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const column = <T>(read: (entry: Entry) => T): T[] => entries.map(read);
  await tx`
    INSERT INTO ledger.entry
      (practitioner_id, sequence, posting_id, recorded_at, kind, reverses, record_key, slot, source, record_id, platform,
       state, code, hours_hundredths, subject, attributed_year, obtained_on, pathway, recognition, title, trace, flags,
       source_digest, update_time, reason, actor, note, name_digest, hash)
    SELECT person, sequence, posting, at, kind, reverses, key, slot, source, record_id, platform, state, code, hours,
      subject, year, obtained, pathway, recognition, title, trace, flags, decode(content, 'hex'), updated, reason, actor,
      note, decode(name, 'hex'), decode(hash, 'hex')
    FROM unnest(
      ${column((entry) => entry.practitionerId)}::uuid[],
      ${column((entry) => entry.sequence)}::bigint[],
      ${column((entry) => entry.postingId)}::uuid[],
      ${column((entry) => instantText(entry.recordedAtMs))}::timestamptz[],
      ${column((entry) => entry.kind)}::text[],
      ${column((entry) => entry.reverses)}::bigint[],
      ${column((entry) => entry.recordKey)}::uuid[],
      ${column((entry) => entry.slot)}::text[],
      ${column((entry) => entry.source)}::text[],
      ${column((entry) => entry.recordId)}::text[],
      ${column((entry) => entry.platform)}::text[],
      ${column((entry) => entry.state)}::text[],
      ${column((entry) => entry.code)}::text[],
      ${column((entry) => entry.hoursHundredths)}::int[],
      ${column((entry) => entry.subject)}::text[],
      ${column((entry) => entry.attributedYear)}::smallint[],
      ${column((entry) => entry.obtainedOn)}::date[],
      ${column((entry) => entry.pathway)}::text[],
      ${column((entry) => entry.recognition)}::text[],
      ${column((entry) => entry.title)}::text[],
      ${column((entry) => entry.trace)}::text[],
      ${column((entry) => entry.flags)}::text[],
      ${column((entry) => entry.sourceDigest)}::text[],
      ${column((entry) => (entry.updateTimeMs === null ? null : instantText(entry.updateTimeMs)))}::timestamptz[],
      ${column((entry) => entry.reason)}::text[],
      ${column((entry) => entry.actor)}::text[],
      ${column((entry) => entry.note)}::text[],
      ${column((entry) => entry.nameDigest)}::text[],
      ${column((entry) => entry.hash)}::text[]
    ) AS row (person, sequence, posting, at, kind, reverses, key, slot, source, record_id, platform, state, code, hours,
      subject, year, obtained, pathway, recognition, title, trace, flags, content, updated, reason, actor, note,
      name, hash)`;
}

/**
 * A person's entries from the first to those known at an instant (`knownAtMs`, milliseconds since 1970 UTC), in order:
 * the one range read of a check. Only the columns that a projection needs; the hash is hex.
 */
export async function readPersonEntries(
  sql: Sql,
  practitionerId: string,
  knownAtMs: number,
): Promise<ProjectableEntry[]> {
  return sql<ProjectableEntry[]>`
    SELECT sequence, kind, reverses, record_key AS "recordKey", slot, source, record_id AS "recordId", platform, state,
      code, hours_hundredths AS "hoursHundredths", subject, attributed_year AS "attributedYear",
      obtained_on AS "obtainedOn", flags, update_time AS "updateTimeMs", encode(name_digest, 'hex') AS "nameDigest",
      encode(hash, 'hex') AS hash
    FROM ledger.entry
    WHERE practitioner_id = ${practitionerId} AND recorded_at <= ${instantText(knownAtMs)}::timestamptz
    ORDER BY sequence`;
}

/** The same range read for many people in one round trip, grouped by person in order of sequence. */
export async function readPeopleEntries(
  sql: Sql,
  practitionerIds: readonly string[],
  knownAtMs: number,
): Promise<ReadonlyMap<string, ProjectableEntry[]>> {
  const rows = await sql<(ProjectableEntry & { practitionerId: string })[]>`
    SELECT practitioner_id AS "practitionerId", sequence, kind, reverses, record_key AS "recordKey", slot, source,
      record_id AS "recordId", platform, state, code, hours_hundredths AS "hoursHundredths", subject,
      attributed_year AS "attributedYear", obtained_on AS "obtainedOn", flags, update_time AS "updateTimeMs",
      encode(name_digest, 'hex') AS "nameDigest", encode(hash, 'hex') AS hash
    FROM ledger.entry
    WHERE practitioner_id = ANY(${practitionerIds as string[]}::uuid[])
      AND recorded_at <= ${instantText(knownAtMs)}::timestamptz
    ORDER BY practitioner_id, sequence`;
  const people = new Map<string, ProjectableEntry[]>();
  for (const row of rows) {
    const entries = people.get(row.practitionerId);
    if (entries === undefined) people.set(row.practitionerId, [row]);
    else entries.push(row);
  }
  return people;
}

/** A page of a person's entries with every field, after a sequence, for people to read. */
export async function readEntryPage(
  sql: Sql,
  query: { practitionerId: string; afterSequence: number; knownAtMs: number; limit: number },
): Promise<Entry[]> {
  return sql<Entry[]>`
    SELECT practitioner_id AS "practitionerId", sequence, posting_id AS "postingId", recorded_at AS "recordedAtMs", kind,
      reverses, record_key AS "recordKey", slot, source, record_id AS "recordId", platform, state, code,
      hours_hundredths AS "hoursHundredths", subject, attributed_year AS "attributedYear", obtained_on AS "obtainedOn",
      pathway, recognition, title, trace, flags, encode(source_digest, 'hex') AS "sourceDigest",
      update_time AS "updateTimeMs", reason, actor, note, encode(name_digest, 'hex') AS "nameDigest",
      encode(hash, 'hex') AS hash
    FROM ledger.entry
    WHERE practitioner_id = ${query.practitionerId} AND sequence > ${query.afterSequence}
      AND recorded_at <= ${instantText(query.knownAtMs)}::timestamptz
    ORDER BY sequence LIMIT ${query.limit}`;
}
