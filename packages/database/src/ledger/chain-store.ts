import type { Entry, Head, LinkedEntry } from "@xueshi/domain";
import type { Sql, Transaction } from "../connection/connect.ts";
import { copyRows } from "../connection/copy-rows.ts";
import { CountedEntry, ENTRY_COLUMNS, toEntry, toLinkedEntry } from "./copied-entry.ts";
import { EntryLinker, type Sha256OfBytes } from "./link-entries.ts";
import { inScope, type PersonScope } from "./person-range.ts";

const inOrder = (scope: PersonScope) =>
  `SELECT ${ENTRY_COLUMNS} FROM ledger.entry WHERE ${inScope(scope)} ORDER BY practitioner_id, sequence`;

/** Entries of some people with every field, in order of practitioner id and sequence. */
export function copyEntries(sql: Sql | Transaction, scope: PersonScope): AsyncGenerator<Entry[]> {
  return copyRows(sql, inOrder(scope), toEntry);
}

/**
 * Entries of some people in order of practitioner id and sequence, each with every field and with whether its hash follows
 * from all of them and from the row before it.
 * @param isCounted of most entries only what a balance is made of is asked for; what else is, is read then
 */
export function copyLinkedEntries(
  sql: Sql | Transaction,
  scope: PersonScope,
  sha256: Sha256OfBytes,
  { isCounted }: { readonly isCounted: boolean },
): AsyncGenerator<LinkedEntry[]> {
  const linker = new EntryLinker(sha256);
  return copyRows(sql, inOrder(scope), (row) => {
    const expected = linker.expectedHash(row);
    return isCounted ? new CountedEntry(row, expected) : toLinkedEntry(row, expected);
  });
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
