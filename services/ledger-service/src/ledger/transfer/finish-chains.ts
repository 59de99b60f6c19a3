import {
  insertRecordStates,
  readDecisions,
  readHeads,
  type Transaction,
  writeBalances,
  writeOutbox,
} from "@xueshi/database";
import { type Entry, rebuildPerson, type Sha256Hex } from "@xueshi/domain";
import type { ReadChain } from "./chain-reader.ts";
import { ImportFault } from "./import-fault.ts";

/**
 * Compares the ends of chains with the heads that came before them, and fills the caches of record states and balances.
 * Throws `chain_broken` with the last line of a chain that ends elsewhere.
 */
export async function finishChains(tx: Transaction, chains: readonly ReadChain[], sha256Hex: Sha256Hex): Promise<void> {
  if (chains.length === 0) return;
  await compareHeads(tx, chains);
  const recordKeys = chains.flatMap(({ entries }) => entries.flatMap(({ recordKey }) => recordKey ?? []));
  const decisions = await readDecisions(tx, [...new Set(recordKeys)]);
  const countsBesides = (recordKey: string) => decisions.get(recordKey)?.countsBesides === true;
  const people = chains.map(({ entries }) => rebuildPerson(entries, { sha256Hex, countsBesides }));
  await insertRecordStates(
    tx,
    people.flatMap(({ states }) => states),
  );
  await writeBalances(
    tx,
    "projection.balance",
    people.flatMap(({ balances }) => balances),
  );
}

async function compareHeads(tx: Transaction, chains: readonly ReadChain[]): Promise<void> {
  const heads = await readHeads(
    tx,
    chains.flatMap(({ entries }) => entries[0]?.practitionerId ?? []),
  );
  for (const { entries, line } of chains) {
    const last = entries.at(-1) as Entry;
    const head = heads.get(last.practitionerId);
    const name = entries.findLast(({ kind }) => kind === "identity")?.nameDigest ?? null;
    const isSame =
      head?.sequence === last.sequence &&
      head.hash === last.hash &&
      head.recordedAtMs === last.recordedAtMs &&
      head.nameDigest === name;
    if (!isSame) throw new ImportFault("chain_broken", line, "the chain does not end as its head says");
  }
}

/**
 * Lets the postings of one person wait for positions in a feed of their own, where the feed of the whole is not there. The
 * turns grow along each chain.
 */
export async function queueChains(tx: Transaction, chains: readonly ReadChain[]): Promise<void> {
  const postings = new Map<string, Parameters<typeof writeOutbox>[1]>();
  for (const { entries } of chains) {
    let turn = 0;
    for (const [postingId, own] of Map.groupBy(entries, (entry) => entry.postingId)) {
      turn += 1;
      const { practitionerId = "", sequence: firstSequence = 0 } = own[0] ?? {};
      const run = { practitionerId, firstSequence, entryCount: own.length, hashes: own.map(({ hash }) => hash) };
      const key = `${postingId}/${turn}`;
      postings.set(key, { turn, postingId, runs: [...(postings.get(key)?.runs ?? []), run] });
    }
  }
  for (const posting of postings.values()) await writeOutbox(tx, posting);
}
