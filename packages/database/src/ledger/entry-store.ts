import type { Entry, ProjectableEntry } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";
import { COPIED_ROWS_MIN, copyIn } from "../connection/copy-in.ts";
import { RowWriter } from "../connection/row-writer.ts";

const ENTRY_COLUMNS = `
  practitioner_id, sequence, posting_id, recorded_at, kind, reverses, record_key, slot, source, record_id, platform, state,
  code, hours_hundredths, subject, attributed_year, obtained_on, pathway, assessed_on, recognition, title, trace, flags,
  source_digest, update_time, reason, actor, note, name_digest, hash`;
const ENTRY_COLUMN_COUNT = ENTRY_COLUMNS.split(",").length;

/** Appends entries, all in one statement. */
export async function writeEntries(tx: Transaction, entries: readonly Entry[]): Promise<void> {
  if (entries.length < COPIED_ROWS_MIN) return insertEntries(tx, entries);
  const rows = new RowWriter();
  for (const entry of entries) putEntry(rows, entry);
  await copyIn(tx, `ledger.entry (${ENTRY_COLUMNS})`, rows);
}

function putEntry(rows: RowWriter, entry: Entry): void {
  rows.row(ENTRY_COLUMN_COUNT);
  rows.uuid(entry.practitionerId);
  rows.bigint(entry.sequence);
  rows.uuid(entry.postingId);
  rows.instant(entry.recordedAtMs);
  rows.text(entry.kind);
  rows.bigint(entry.reverses);
  rows.uuid(entry.recordKey);
  rows.text(entry.slot);
  rows.text(entry.source);
  rows.text(entry.recordId);
  rows.text(entry.platform);
  rows.text(entry.state);
  rows.text(entry.code);
  rows.integer(entry.hoursHundredths);
  rows.text(entry.subject);
  rows.smallint(entry.attributedYear);
  rows.date(entry.obtainedOn);
  rows.text(entry.pathway);
  rows.date(entry.assessedOn);
  rows.text(entry.recognition);
  rows.text(entry.title);
  rows.text(entry.trace);
  rows.text(entry.flags);
  rows.hex(entry.sourceDigest);
  rows.instant(entry.updateTimeMs);
  rows.text(entry.reason);
  rows.text(entry.actor);
  rows.text(entry.note);
  rows.hex(entry.nameDigest);
  rows.hex(entry.hash);
}

async function insertEntries(tx: Transaction, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const column = <T>(read: (entry: Entry) => T): T[] => entries.map(read);
  await tx`
    INSERT INTO ledger.entry (${tx.unsafe(ENTRY_COLUMNS)})
    SELECT person, sequence, posting, at, kind, reverses, key, slot, source, record_id, platform, state, code, hours,
      subject, year, obtained, pathway, assessed, recognition, title, trace, flags, decode(content, 'hex'), updated, reason,
      actor, note, decode(name, 'hex'), decode(hash, 'hex')
    FROM unnest(
      ${plainArray(column((entry) => entry.practitionerId))}::uuid[],
      ${plainArray(column((entry) => entry.sequence))}::bigint[],
      ${plainArray(column((entry) => entry.postingId))}::uuid[],
      ${instantArray(column((entry) => entry.recordedAtMs))}::timestamptz[],
      ${textArray(column((entry) => entry.kind))}::text[],
      ${plainArray(column((entry) => entry.reverses))}::bigint[],
      ${plainArray(column((entry) => entry.recordKey))}::uuid[],
      ${textArray(column((entry) => entry.slot))}::text[],
      ${textArray(column((entry) => entry.source))}::text[],
      ${textArray(column((entry) => entry.recordId))}::text[],
      ${textArray(column((entry) => entry.platform))}::text[],
      ${textArray(column((entry) => entry.state))}::text[],
      ${textArray(column((entry) => entry.code))}::text[],
      ${plainArray(column((entry) => entry.hoursHundredths))}::int[],
      ${textArray(column((entry) => entry.subject))}::text[],
      ${plainArray(column((entry) => entry.attributedYear))}::smallint[],
      ${plainArray(column((entry) => entry.obtainedOn))}::date[],
      ${textArray(column((entry) => entry.pathway))}::text[],
      ${plainArray(column((entry) => entry.assessedOn))}::date[],
      ${textArray(column((entry) => entry.recognition))}::text[],
      ${textArray(column((entry) => entry.title))}::text[],
      ${textArray(column((entry) => entry.trace))}::text[],
      ${textArray(column((entry) => entry.flags))}::text[],
      ${plainArray(column((entry) => entry.sourceDigest))}::text[],
      ${instantArray(column((entry) => entry.updateTimeMs))}::timestamptz[],
      ${textArray(column((entry) => entry.reason))}::text[],
      ${textArray(column((entry) => entry.actor))}::text[],
      ${textArray(column((entry) => entry.note))}::text[],
      ${plainArray(column((entry) => entry.nameDigest))}::text[],
      ${plainArray(column((entry) => entry.hash))}::text[]
    ) AS row (person, sequence, posting, at, kind, reverses, key, slot, source, record_id, platform, state, code, hours,
      subject, year, obtained, pathway, assessed, recognition, title, trace, flags, content, updated, reason, actor, note,
      name, hash)`;
}

/** Arrays turned into objects of one shape cost half of what the driver's objects do, which it makes field by field. */
function toProjectable(row: readonly unknown[]): ProjectableEntry {
  return {
    sequence: row[0],
    kind: row[1],
    reverses: row[2],
    recordKey: row[3],
    slot: row[4],
    source: row[5],
    recordId: row[6],
    platform: row[7],
    state: row[8],
    code: row[9],
    hoursHundredths: row[10],
    subject: row[11],
    attributedYear: row[12],
    obtainedOn: row[13],
    pathway: row[14],
    assessedOn: row[15],
    recognition: row[16],
    flags: row[17],
    updateTimeMs: row[18],
    nameDigest: row[19],
    hash: row[20],
  } as ProjectableEntry;
}

/**
 * A person's entries from the first to those known at an instant (`knownAtMs`, milliseconds since 1970 UTC), in order:
 * the one range read of a check. Only the columns that a projection needs; the hash is hex. That the person was erased is
 * among them whenever it was known: of an erased person nothing is answered as of an earlier instant either.
 */
export async function readPersonEntries(
  sql: Sql,
  practitionerId: string,
  knownAtMs: number,
): Promise<ProjectableEntry[]> {
  const rows = await sql`
    SELECT sequence, kind, reverses, record_key, slot, source, record_id, platform, state, code, hours_hundredths, subject,
      attributed_year, obtained_on, pathway, assessed_on, recognition, flags, update_time, encode(name_digest, 'hex'), encode(hash, 'hex')
    FROM ledger.entry
    WHERE practitioner_id = ${practitionerId} AND (recorded_at <= ${instantText(knownAtMs)}::timestamptz
      OR (kind = 'identity' AND name_digest IS NULL))
    ORDER BY sequence`.values();
  return rows.map(toProjectable);
}

/** Behind the columns of a projectable entry. */
const PRACTITIONER_COLUMN = 21;

/** The same range read for many people in one round trip, grouped by person in order of sequence. */
export async function readPeopleEntries(
  sql: Sql,
  practitionerIds: readonly string[],
  knownAtMs: number,
): Promise<ReadonlyMap<string, ProjectableEntry[]>> {
  const rows = await sql`
    SELECT sequence, kind, reverses, record_key, slot, source, record_id, platform, state, code, hours_hundredths, subject,
      attributed_year, obtained_on, pathway, assessed_on, recognition, flags, update_time, encode(name_digest, 'hex'), encode(hash, 'hex'),
      practitioner_id
    FROM ledger.entry
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])
      AND (recorded_at <= ${instantText(knownAtMs)}::timestamptz OR (kind = 'identity' AND name_digest IS NULL))
    ORDER BY practitioner_id, sequence`.values();
  const people = new Map<string, ProjectableEntry[]>();
  for (const row of rows) {
    const practitionerId = row[PRACTITIONER_COLUMN] as string;
    const entries = people.get(practitionerId);
    if (entries === undefined) people.set(practitionerId, [toProjectable(row)]);
    else entries.push(toProjectable(row));
  }
  return people;
}

/** A page of a person's entries with every field, between two sequences, for people to read. */
export async function readEntryPage(
  sql: Sql,
  query: {
    practitionerId: string;
    /** Not this one, but those behind it. */
    afterSequence: number;
    /** This one, and none behind it. */
    untilSequence: number;
    /** Only of hours that were obtained by this date, and what has no date; null: all. */
    asOf: string | null;
    limit: number;
  },
): Promise<Entry[]> {
  return sql<Entry[]>`
    SELECT practitioner_id AS "practitionerId", sequence, posting_id AS "postingId", recorded_at AS "recordedAtMs", kind,
      reverses, record_key AS "recordKey", slot, source, record_id AS "recordId", platform, state, code,
      hours_hundredths AS "hoursHundredths", subject, attributed_year AS "attributedYear", obtained_on AS "obtainedOn",
      pathway, assessed_on AS "assessedOn", recognition, title, trace, flags, encode(source_digest, 'hex') AS "sourceDigest",
      update_time AS "updateTimeMs", reason, actor, note, encode(name_digest, 'hex') AS "nameDigest",
      encode(hash, 'hex') AS hash
    FROM ledger.entry
    WHERE practitioner_id = ${query.practitionerId} AND sequence > ${query.afterSequence}
      AND sequence <= ${query.untilSequence}
      AND (${query.asOf}::date IS NULL OR obtained_on IS NULL OR obtained_on <= ${query.asOf}::date)
    ORDER BY sequence LIMIT ${query.limit}`;
}

/** The last entry of a chain that was known at an instant (milliseconds since 1970 UTC), with its hash (hex); null: none. */
export async function readChainCut(
  sql: Sql,
  practitionerId: string,
  knownAtMs: number,
): Promise<{ readonly sequence: number; readonly head: string } | null> {
  const [row] = await sql<{ sequence: number; head: string }[]>`
    SELECT sequence, encode(hash, 'hex') AS head FROM ledger.entry
    WHERE practitioner_id = ${practitionerId} AND recorded_at <= ${instantText(knownAtMs)}::timestamptz
    ORDER BY sequence DESC LIMIT 1`;
  return row ?? null;
}

/** Whether somebody was erased: the chain ends with an entry that says so. */
export async function readIsErased(sql: Sql, practitionerId: string): Promise<boolean> {
  const [last] = await sql<{ isErased: boolean }[]>`
    SELECT kind = 'identity' AND name_digest IS NULL AS "isErased" FROM ledger.entry
    WHERE practitioner_id = ${practitionerId} ORDER BY sequence DESC LIMIT 1`;
  return last?.isErased === true;
}
