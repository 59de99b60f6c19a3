import type { HashedEntry, Head } from "@xueshi/domain";
import type { Sql, Transaction } from "../connection/connect.ts";
import type { CopiedRow } from "../connection/copied-row.ts";
import { copyRows } from "../connection/copy-rows.ts";
import { type FieldKind, RowEncoder } from "./encode-row.ts";
import { inScope, type PersonScope } from "./person-range.ts";

/** The columns of an entry in the order of its encoding; the assessment stands in the second format only. */
const FIELDS = [
  ["practitioner_id", "uuid"],
  ["sequence", "number"],
  ["posting_id", "uuid"],
  ["recorded_at", "instant"],
  ["kind", "text"],
  ["reverses", "number"],
  ["record_key", "uuid"],
  ["slot", "text"],
  ["source", "text"],
  ["record_id", "text"],
  ["platform", "text"],
  ["state", "text"],
  ["code", "text"],
  ["hours_hundredths", "number"],
  ["subject", "text"],
  ["attributed_year", "number"],
  ["obtained_on", "date"],
  ["pathway", "text"],
  ["recognition", "text"],
  ["title", "text"],
  ["trace", "text"],
  ["flags", "text"],
  ["source_digest", "hex"],
  ["update_time", "instant"],
  ["reason", "text"],
  ["actor", "text"],
  ["note", "text"],
  ["name_digest", "hex"],
] as const satisfies readonly (readonly [string, FieldKind])[];
const KINDS: readonly FieldKind[] = FIELDS.map(([, kind]) => kind);
const ASSESSED_ON = FIELDS.length;
const HASH = FIELDS.length + 1;
const COLUMNS = [...FIELDS.map(([column]) => column), "assessed_on", "hash"].join(", ");

/** SHA-256 of bytes, hex. */
export type Sha256OfBytes = (bytes: Uint8Array) => string;

/** Entries of some people with every field, and the hash over the fields, in order of practitioner id and sequence. */
export async function* copyEntries(
  sql: Sql | Transaction,
  scope: PersonScope,
  sha256: Sha256OfBytes,
): AsyncGenerator<HashedEntry[]> {
  const encoder = new RowEncoder();
  const select = `SELECT ${COLUMNS} FROM ledger.entry WHERE ${inScope(scope)} ORDER BY practitioner_id, sequence`;
  yield* copyRows(sql, select, (row) => toEntry(row, hashFields(row, encoder, sha256)));
}

function hashFields(row: CopiedRow, encoder: RowEncoder, sha256: Sha256OfBytes): string {
  if (row.isNull(ASSESSED_ON)) return sha256(encoder.encode(row, 1, KINDS, []));
  return sha256(encoder.encode(row, 2, KINDS, [[ASSESSED_ON, "date"]]));
}

function toEntry(row: CopiedRow, fieldsHash: string): HashedEntry {
  return {
    practitionerId: row.repeatedUuid(0),
    sequence: row.number(1),
    postingId: row.repeatedUuid(2),
    recordedAtMs: row.instantMs(3),
    kind: row.word(4),
    reverses: row.number(5),
    recordKey: row.uuid(6),
    slot: row.word(7),
    source: row.word(8),
    recordId: row.text(9),
    platform: row.word(10),
    state: row.word(11),
    code: row.word(12),
    hoursHundredths: row.number(13),
    subject: row.word(14),
    attributedYear: row.number(15),
    obtainedOn: row.date(16),
    pathway: row.word(17),
    recognition: row.word(18),
    title: row.text(19),
    trace: row.word(20),
    flags: row.word(21),
    sourceDigest: row.hex(22),
    updateTimeMs: row.instantMs(23),
    reason: row.word(24),
    actor: row.word(25),
    note: row.word(26),
    nameDigest: row.hex(27),
    assessedOn: row.date(ASSESSED_ON),
    hash: row.hex(HASH),
    fieldsHash,
  } as HashedEntry;
}

/** Heads of some people, in order of practitioner id, some at a time. */
export function copyHeads(sql: Sql | Transaction, scope: PersonScope): AsyncGenerator<Head[]> {
  const select = `SELECT practitioner_id, sequence, hash, recorded_at, name_digest, turn
    FROM ledger.head WHERE ${inScope(scope)} ORDER BY practitioner_id`;
  return copyRows(sql, select, (row) => ({
    practitionerId: row.uuid(0) ?? "",
    sequence: row.number(1) ?? 0,
    hash: row.hex(2) ?? "",
    recordedAtMs: row.instantMs(3) ?? 0,
    nameDigest: row.hex(4),
    turn: row.number(5) ?? 0,
  }));
}

/** How many entries each head says that there are, in order of practitioner id; not a number: what no head could say. */
export function copyHeadSequences(
  sql: Sql | Transaction,
): AsyncGenerator<{ readonly practitionerId: string; readonly sequence: number }[]> {
  const select = "SELECT practitioner_id, sequence FROM ledger.head ORDER BY practitioner_id";
  return copyRows(sql, select, (row) => ({ practitionerId: row.uuid(0) ?? "", sequence: row.number(1) ?? 0 }));
}
