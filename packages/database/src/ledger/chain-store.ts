import type { Entry, Head } from "@xueshi/domain";
import type { Sql, Transaction } from "../connection/connect.ts";
import { copiedInstant, copyRows } from "../connection/copy-rows.ts";
import { inRange, type PersonRange } from "./person-range.ts";

const ENTRY_COLUMNS = `practitioner_id, sequence, posting_id, recorded_at, kind, reverses, record_key, slot, source, record_id,
  platform, state, code, hours_hundredths, subject, attributed_year, obtained_on, pathway, assessed_on, recognition, title,
  trace, flags, encode(source_digest, 'hex'), update_time, reason, actor, note, encode(name_digest, 'hex'),
  encode(hash, 'hex')`;

/** Entries of a range of people, or of a list of them, with every field, in order of practitioner id and sequence, some at a time. */
export async function* copyEntries(
  sql: Sql | Transaction,
  people: PersonRange | readonly string[],
): AsyncGenerator<Entry[]> {
  const select = `SELECT ${ENTRY_COLUMNS} FROM ledger.entry WHERE ${inRange(people)} ORDER BY practitioner_id, sequence`;
  for await (const rows of copyRows(sql, select)) yield rows.map(toEntry);
}

const numberOrNull = (text: string | null | undefined) => (text == null ? null : Number(text));

function toEntry(row: readonly (string | null)[]): Entry {
  return {
    practitionerId: row[0],
    sequence: Number(row[1]),
    postingId: row[2],
    recordedAtMs: copiedInstant(row[3] ?? ""),
    kind: row[4],
    reverses: numberOrNull(row[5]),
    recordKey: row[6],
    slot: row[7],
    source: row[8],
    recordId: row[9],
    platform: row[10],
    state: row[11],
    code: row[12],
    hoursHundredths: numberOrNull(row[13]),
    subject: row[14],
    attributedYear: numberOrNull(row[15]),
    obtainedOn: row[16],
    pathway: row[17],
    assessedOn: row[18],
    recognition: row[19],
    title: row[20],
    trace: row[21],
    flags: row[22],
    sourceDigest: row[23],
    updateTimeMs: row[24] == null ? null : copiedInstant(row[24]),
    reason: row[25],
    actor: row[26],
    note: row[27],
    nameDigest: row[28],
    hash: row[29],
  } as Entry;
}

/** Heads of a range of people, in order of practitioner id, some at a time. */
export async function* copyHeads(sql: Sql | Transaction, range: PersonRange): AsyncGenerator<Head[]> {
  const select = `SELECT practitioner_id, sequence, encode(hash, 'hex'), recorded_at, encode(name_digest, 'hex'), turn
    FROM ledger.head WHERE ${inRange(range)} ORDER BY practitioner_id`;
  for await (const rows of copyRows(sql, select)) yield rows.map(toHead);
}

function toHead([practitionerId, sequence, hash, recordedAt, nameDigest, turn]: readonly (string | null)[]): Head {
  return {
    practitionerId: practitionerId ?? "",
    sequence: Number(sequence),
    hash: hash ?? "",
    recordedAtMs: copiedInstant(recordedAt ?? ""),
    nameDigest: nameDigest ?? null,
    turn: Number(turn),
  };
}
