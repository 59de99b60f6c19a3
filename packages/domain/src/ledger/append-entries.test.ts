import { describe, expect, it } from "vitest";
import { exampleBody } from "../testing/examples.ts";
import { appendEntries, emptyHead, identityEntry, isTombstone, tombstoneEntry } from "./append-entries.ts";
import { GENESIS_HASH, type HashSuite } from "./entry-hash.ts";

/** Shows what was hashed instead of hashing it. */
const suite: HashSuite = { text: (text) => `[${text.length}]`, pair: (left, right) => `${left}${right}` };
const POSTING = "posting-1";

describe("appending to a chain", () => {
  it("numbers on from the head and chains every hash to the one before", () => {
    const first = appendEntries(emptyHead("person-1"), [exampleBody(), exampleBody()], POSTING, 500, suite);
    expect(first.entries.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(first.entries[0]?.hash.startsWith(GENESIS_HASH)).toBe(true);
    expect(first.entries[1]?.hash.startsWith(first.entries[0]?.hash ?? "?")).toBe(true);
    const second = appendEntries(first.head, [exampleBody()], "posting-2", 600, suite);
    expect(second.entries).toMatchObject([{ sequence: 3, postingId: "posting-2", practitionerId: "person-1" }]);
    expect(second.head).toMatchObject({ sequence: 3, hash: second.entries[0]?.hash, recordedAtMs: 600 });
  });

  it("never lets a person's time run backwards, whatever the clock does", () => {
    const { head } = appendEntries(emptyHead("person-1"), [exampleBody()], POSTING, 500, suite);
    const behind = appendEntries(head, [exampleBody()], POSTING, 100, suite);
    expect(behind.entries[0]?.recordedAtMs).toBe(500);
    expect(appendEntries(behind.head, [exampleBody()], POSTING, 501, suite).entries[0]?.recordedAtMs).toBe(501);
  });

  it("leaves the head as it was when there is nothing to append, but for the time", () => {
    const head = { practitionerId: "person-1", sequence: 4, hash: "h", recordedAtMs: 9, nameDigest: "n", turn: 3 };
    expect(appendEntries(head, [], POSTING, 5, suite)).toEqual({ entries: [], head });
  });

  it("remembers the name by which the person is known from an identity entry on", () => {
    const bodies = [identityEntry("name-1", "ledger-service"), exampleBody()];
    const { head, entries } = appendEntries(emptyHead("person-1"), bodies, POSTING, 1, suite);
    expect(head.nameDigest).toBe("name-1");
    expect(entries[0]).toMatchObject({ kind: "identity", nameDigest: "name-1", state: null, hoursHundredths: null });
    expect(appendEntries(head, [identityEntry("name-2", "x")], POSTING, 1, suite).head.nameDigest).toBe("name-2");
  });

  it("knows no name from a tombstone on, which is like no other entry", () => {
    const { head } = appendEntries(emptyHead("person-1"), [identityEntry("name-1", "x")], POSTING, 1, suite);
    const closed = appendEntries(head, [tombstoneEntry("alice+bob", "a basis (a letter)")], POSTING, 1, suite);
    expect(closed.head).toMatchObject({ sequence: 2, nameDigest: null });
    expect(closed.entries[0]).toMatchObject({ reason: "erased", actor: "alice+bob", note: "a basis (a letter)" });
    expect([...closed.entries, identityEntry("name-1", "x"), exampleBody()].map(isTombstone)).toEqual([
      ...[true, false, false],
    ]);
  });
});
