import type { Entry, Head, LinkedEntry } from "@xueshi/domain";
import type { Sql, Transaction } from "../connection/connect.ts";
import { copyRows } from "../connection/copy-rows.ts";
import { ENTRY_COLUMNS, toEntry } from "./copied-entry.ts";
import { ChainLinker, type Sha256OfBytes } from "./link-entries.ts";
import { inScope, type PersonScope } from "./person-range.ts";

/** Entries of some people with every field, in order of practitioner id and sequence. */
export function copyEntries(sql: Sql | Transaction, scope: PersonScope): AsyncGenerator<Entry[]> {
  const select = `SELECT ${ENTRY_COLUMNS} FROM ledger.entry WHERE ${inScope(scope)} ORDER BY practitioner_id, sequence`;
  return copyRows(sql, select, toEntry);
}

/**
 * The chains of some people in order of practitioner id, each entry with every field and with whether its hash follows from
 * all of them and from the entry before it. All of them are in memory: the server gives them in the order in which it comes
 * upon them, because putting whole rows in order costs it half as much again as reading them.
 * @param isCounted of most entries only what a balance is made of is asked for; what else is, is read then
 */
export async function readLinkedChains(
  sql: Sql | Transaction,
  scope: PersonScope,
  sha256: Sha256OfBytes,
  { isCounted }: { readonly isCounted: boolean },
): Promise<Iterable<readonly LinkedEntry[]>> {
  const linker = new ChainLinker(sha256, isCounted);
  const select = `SELECT ${ENTRY_COLUMNS} FROM ledger.entry WHERE ${inScope(scope)}`;
  for await (const _ of copyRows(sql, select, (row) => linker.add(row)));
  return linker.chains();
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
