import { describe, expect, it, test } from "vitest";
import { exampleBody } from "../testing/examples.ts";
import { appendEntries, emptyHead, identityEntry, tombstoneEntry } from "./append-entries.ts";
import type { Entry, EntryBody } from "./entry.ts";
import { encodeEntry, entryHash, GENESIS_HASH, type HashSuite } from "./entry-hash.ts";
import { type LinkedEntry, verifyHead, verifyChain as verifyLinked } from "./verify-chain.ts";

/** Different for different texts, which is all that is asked here. */
const suite: HashSuite = { text: (text) => `H(${text})`, pair: (left, right) => `${left.length}:${right}` };

function linked(entry: Entry, at: number, chain: readonly Entry[]): LinkedEntry {
  const expectedHash = entryHash(suite, chain[at - 1]?.hash ?? GENESIS_HASH, entry);
  return { ...entry, expectedHash, isLinked: expectedHash === entry.hash };
}
const verifyChain = (practitionerId: string, chain: readonly Entry[]) =>
  verifyLinked(practitionerId, chain.map(linked));

const posting = exampleBody();
const reversal: EntryBody = { ...posting, kind: "reversal", reverses: 2, hoursHundredths: -800, reason: "superseded" };
const bodies = [identityEntry("name-1", "ledger-service"), posting, reversal, exampleBody({ hoursHundredths: 500 })];
const { entries, head } = appendEntries(emptyHead("person-1"), bodies, "posting-1", 1_000, suite);

/** The chain with one entry changed, every hash as it was, or all made anew. */
function changed(sequence: number, changes: Partial<Entry>, isRehashed = false): Entry[] {
  const chain = entries.map((entry) => (entry.sequence === sequence ? { ...entry, ...changes } : { ...entry }));
  let hash = "0".repeat(64);
  if (isRehashed) for (const entry of chain) entry.hash = hash = entryHash(suite, hash, entry);
  return chain;
}

const found = (chain: readonly Entry[]) =>
  verifyChain("person-1", chain).findings.map(({ code, key, field }) => `${code} ${key} ${field}`);

describe("a chain", () => {
  it("as it was appended has no findings, and leads to its head and to what stands", () => {
    const fold = verifyChain("person-1", entries);
    expect(fold.findings).toEqual([]);
    expect([...fold.standing.keys()]).toEqual([4]);
    expect(verifyHead(fold, { ...head, turn: 3 })).toEqual([]);
    expect(verifyHead(verifyChain("person-2", []), null)).toEqual([]);
    expect(verifyHead(verifyChain("person-2", []), emptyHead("person-2"))).toEqual([]);
  });

  it("ends with the entry by which somebody was erased: what follows is found, whoever made its hash", () => {
    const tombstone = tombstoneEntry("x", "a basis");
    const closed = appendEntries(head, [tombstone], "posting-2", 2_000, suite);
    const fold = verifyChain("person-1", [...entries, ...closed.entries]);
    expect([fold.findings, fold.tombstone?.sequence]).toEqual([[], 5]);
    expect(verifyChain("person-1", entries).tombstone).toBe(null);
    for (const body of [exampleBody(), identityEntry("name-1", "x"), tombstone]) {
      const more = appendEntries(closed.head, [body], "posting-3", 3_000, suite);
      expect(found([...entries, ...closed.entries, ...more.entries])).toEqual([
        "entry_after_erasure person-1/6 sequence",
      ]);
    }
  });

  const PLACE = ["practitionerId", "sequence", "hash"];
  const others: Partial<Entry> = {
    postingId: "posting-2",
    recordKey: "record-2",
    slot: "held-1",
    obtainedOn: null,
    assessedOn: "2020-04-01" as Entry["assessedOn"],
    flags: "settled_later",
    recordedAtMs: 1_001,
  };
  test.each(Object.keys(entries[0] ?? {}).filter((field) => !PLACE.includes(field)))(
    "with another %s is found at the entry that was changed, and only there",
    (field) => {
      const other = others[field as keyof Entry] ?? `not ${entries[3]?.[field as keyof Entry]}`;
      expect(encodeEntry(changed(4, { [field]: other })[3] as Entry)).not.toBe(encodeEntry(entries[3] as Entry));
      expect(found(changed(4, { [field]: other }))).toContain("entry_hash_differs person-1/4 hash");
      const keys = verifyChain("person-1", changed(2, { [field]: other })).findings.map(({ key }) => key);
      expect(keys).not.toContain("person-1/4");
    },
  );

  it("with another person's entry, or another hash, is found there and at the link that follows", () => {
    expect(found(changed(4, { practitionerId: "person-2" }))).toEqual(["entry_hash_differs person-2/4 hash"]);
    expect(found(changed(3, { hash: "h" }))).toEqual([
      "entry_hash_differs person-1/3 hash",
      "entry_hash_differs person-1/4 hash",
    ]);
  });

  it("without one of its entries, or with one twice, is out of sequence", () => {
    expect(found(entries.toSpliced(0, 1))).toContain("entry_out_of_sequence person-1/2 sequence");
    expect(found(entries.toSpliced(1, 0, entries[0] as Entry))).toContain("entry_out_of_sequence person-1/1 sequence");
    const fold = verifyChain("person-1", entries.slice(0, 3));
    expect(fold.findings).toEqual([]);
    expect(verifyHead(fold, head).map(({ field }) => field)).toEqual(["sequence", "hash"]);
  });

  it("whose hashes were made anew is found by what cannot be: times and reversals", () => {
    expect(found(changed(3, { recordedAtMs: 999 }, true))).toEqual(["entry_time_runs_back person-1/3 recorded_at"]);
    expect(found(changed(3, { recordedAtMs: Number.NaN }, true))).toContain(
      "entry_time_runs_back person-1/3 recorded_at",
    );
    expect(found(changed(3, { reverses: 1 }, true))).toEqual(["reversal_wrong person-1/3 reverses"]);
    expect(found(changed(3, { hoursHundredths: -700, title: "另一门课" }, true))).toEqual([
      "reversal_wrong person-1/3 title",
      "reversal_wrong person-1/3 hours_hundredths",
    ]);
    const again = { ...reversal, kind: "reversal", reverses: 2 } as const;
    expect(found(changed(4, again, true))).toEqual(["reversal_wrong person-1/4 reverses"]);
  });
});

test("a head that is missing, or says anything else than the end of its chain, is found", () => {
  const fold = verifyChain("person-1", entries);
  expect(verifyHead(fold, null)).toMatchObject([{ field: null, expected: "sequence 4", found: null }]);
  const wrong = { ...head, sequence: 5, hash: "h", recordedAtMs: 7, nameDigest: null };
  expect(verifyHead(fold, wrong).map(({ field }) => field)).toEqual(["sequence", "hash", "recorded_at", "name_digest"]);
  expect(verifyHead(verifyChain("person-2", []), { ...head, practitionerId: "person-2" })).toHaveLength(4);
});
