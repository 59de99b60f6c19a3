import { type Entry, entryHash, GENESIS_HASH, projectPerson } from "@xueshi/domain";
import { sha256Suite } from "@xueshi/vault";
import { expect } from "vitest";
import type { StoredLedger } from "./read-ledger.ts";

/**
 * What must hold of a ledger whatever was put into it: chains verify from genesis, sequences are dense, times never run
 * backwards, a reversal takes back one standing posting, and every cache is what the entries say.
 */
export function verifyLedger(ledger: StoredLedger): void {
  const chains = chainsOf(ledger.entries);
  for (const [practitionerId, chain] of chains) verifyChain(practitionerId, chain, ledger);
  expect(ledger.heads.filter((head) => head.sequence > 0)).toHaveLength(chains.size);
  verifyStates(ledger, chains);
  verifyBalances(ledger);
  for (const [postingId, count] of ledger.entryCounts) {
    expect(ledger.entries.filter((entry) => entry.postingId === postingId)).toHaveLength(count);
  }
}

export function chainsOf(entries: readonly Entry[]): Map<string, Entry[]> {
  const chains = new Map<string, Entry[]>();
  for (const entry of entries) {
    const chain = chains.get(entry.practitionerId);
    if (chain === undefined) chains.set(entry.practitionerId, [entry]);
    else chain.push(entry);
  }
  return chains;
}

function verifyChain(practitionerId: string, chain: readonly Entry[], ledger: StoredLedger): void {
  let hash = GENESIS_HASH;
  let recordedAtMs = 0;
  let nameDigest: string | null = null;
  const standing = new Map<number, Entry>();
  chain.forEach((entry, index) => {
    expect(entry.sequence).toBe(index + 1);
    const { hash: stored, ...fields } = entry;
    hash = entryHash(sha256Suite, hash, fields);
    expect(stored).toBe(hash);
    expect(entry.recordedAtMs).toBeGreaterThanOrEqual(recordedAtMs);
    recordedAtMs = entry.recordedAtMs;
    expect(ledger.entryCounts.has(entry.postingId)).toBe(true);
    if (entry.kind === "identity") nameDigest = entry.nameDigest;
    else if (entry.kind === "posting") standing.set(entry.sequence, entry);
    else verifyReversal(entry, standing);
  });
  const head = ledger.heads.find((one) => one.practitionerId === practitionerId);
  expect(head).toEqual({ practitionerId, sequence: chain.length, hash, recordedAtMs, nameDigest });
  // Only a name that a waiting batch brought may be known before the chain says it.
  const known = ledger.knownNames.get(practitionerId) ?? null;
  if (!ledger.waitingNames.has(`${practitionerId}/${known}`)) expect(nameDigest).toBe(known);
}

/** A reversal says what the posting that it takes back said, with its hours negated. */
function verifyReversal(entry: Entry, standing: Map<number, Entry>): void {
  const posting = standing.get(entry.reverses ?? 0);
  expect(posting).toBeDefined();
  if (posting === undefined) return;
  standing.delete(posting.sequence);
  expect(sameFacts(entry)).toEqual(sameFacts(posting));
  expect((entry.hoursHundredths ?? 0) + (posting.hoursHundredths ?? 0)).toBe(0);
}

function sameFacts(entry: Entry) {
  const { recordKey, slot, source, recordId, platform, state, code, subject, attributedYear, obtainedOn } = entry;
  const { pathway, assessedOn, recognition, title, trace, flags, sourceDigest, updateTimeMs } = entry;
  const facts = { recordKey, slot, source, recordId, platform, state, code, subject, attributedYear, obtainedOn };
  return { ...facts, pathway, assessedOn, recognition, title, trace, flags, sourceDigest, updateTimeMs };
}

/** The cache of record states is the fold of the entries, and says which posting each state rests on. */
function verifyStates(ledger: StoredLedger, chains: ReadonlyMap<string, Entry[]>): void {
  const folded: string[] = [];
  for (const [practitionerId, chain] of chains) {
    for (const { recordKey, slot, source, state } of projectPerson(chain).records) {
      folded.push([practitionerId, recordKey, slot, source, state].join("/"));
    }
  }
  const cached = ledger.states.map(({ practitionerId, recordKey, slot, source, state, sequence }) => {
    const entry = chains.get(practitionerId)?.[sequence - 1];
    expect(entry).toMatchObject({ kind: "posting", recordKey, slot, state });
    return [practitionerId, recordKey, slot, source, state].join("/");
  });
  expect(cached.sort()).toEqual(folded.sort());
}

/** Balances are the sums of the counting entries, whatever the entries' order; a sum of zero may be there or not. */
function verifyBalances(ledger: StoredLedger): void {
  const sums = new Map<string, number>();
  for (const entry of ledger.entries) {
    if (entry.state !== "registered") continue;
    const { practitionerId, platform, recognition, attributedYear, subject, pathway } = entry;
    const key = [practitionerId, platform, recognition, attributedYear, subject, pathway ?? ""].join("/");
    sums.set(key, (sums.get(key) ?? 0) + (entry.hoursHundredths ?? 0));
  }
  const nonZero = (pairs: Iterable<readonly [string, number]>) => [...pairs].filter(([, sum]) => sum !== 0).sort();
  const cached = ledger.balances.map(({ key, hoursHundredths }) => [key, hoursHundredths] as const);
  expect(nonZero(cached)).toEqual(nonZero(sums));
}
