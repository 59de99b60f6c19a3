import { describe, expect, it } from "vitest";
import { FeedFold, type KeptFeedRow, type KeptWaiting } from "./verify-feed.ts";

const PEOPLE = ["a", "b"];
const row = (position: number, ...runs: readonly (readonly [string, number, number])[]): KeptFeedRow => ({
  postingId: `posting-${position}`,
  position,
  size: runs.reduce((sum, [, , count]) => sum + count, 0),
  practitionerIds: runs.map(([id]) => id),
  firstSequences: runs.map(([, first]) => first),
  entryCounts: runs.map(([, , count]) => count),
});
const waits = (turn: number, ...runs: readonly (readonly [string, number, number])[]): KeptWaiting => ({
  ...row(turn, ...runs),
  turn,
  hashes: "",
});

const ROWS = [row(0, ["a", 1, 2], ["b", 1, 1]), row(3, ["b", 2, 1]), row(4, ["a", 3, 1])];
const WAITING = [waits(3, ["a", 4, 1], ["b", 3, 1])];
const LENGTHS = [4, 3];

function found(
  rows = ROWS,
  waiting = WAITING,
  lengths = LENGTHS,
  turns: readonly (number | null)[] = [3, 3],
  heads = [{ feed: 1, size: 5 }],
) {
  const fold = new FeedFold(PEOPLE);
  for (const one of rows) fold.addRow(one);
  for (const one of waiting) fold.addWaiting(one);
  lengths.forEach((length, person) => void fold.end(person, length, turns[person] ?? null));
  fold.endFeed(heads);
  return fold.findings.map(({ table, key, field }) => `${table.slice(7)} ${key} ${field}`);
}

describe("the feed", () => {
  it("in which every entry stands once, in the order of its chain, is sound", () => {
    expect(found()).toEqual([]);
    const fold = new FeedFold(PEOPLE);
    expect(fold.addRow(ROWS[0] as KeptFeedRow)).toEqual([
      { person: 0, firstSequence: 1, entryCount: 2 },
      { person: 1, firstSequence: 1, entryCount: 1 },
    ]);
    expect([fold.size, ...fold.covered]).toEqual([3, 2, 1]);
  });

  it("with a gap, or a row of another size, is found", () => {
    const [first, second, third] = ROWS as [KeptFeedRow, KeptFeedRow, KeptFeedRow];
    expect(found([first, { ...second, position: 4 }, third])).toEqual(["feed 4 position"]);
    expect(found([first, { ...second, size: 2 }, third])).toEqual(["feed 3 size"]);
    expect(found([first, third])).toContain("feed 4 position");
  });

  it("that lacks an entry, has one twice or before an earlier one is found", () => {
    const [first, second, third] = ROWS as [KeptFeedRow, KeptFeedRow, KeptFeedRow];
    expect(found([first, second, { ...third, firstSequences: [2] }])).toEqual([
      "feed 4 first_sequences",
      "outbox posting-3/3 first_sequences",
    ]);
    expect(found(ROWS, [], LENGTHS, [null, null])).toEqual(["feed a/4 null", "feed b/3 null"]);
    expect(found([first, second, { ...third, practitionerIds: ["c"] }])).toContain("feed 4 practitioner_ids");
    const swapped = { ...first, practitionerIds: ["b", "a"], firstSequences: [1, 1], entryCounts: [1, 2] };
    expect(found([swapped, second, third])).toEqual(["feed 0 practitioner_ids"]);
    expect(found([first, second, { ...third, entryCounts: [0], size: 0 }])).toContain("feed 4 entry_counts");
    expect(found([{ ...first, firstSequences: [1, 1, 1] }, second, third])).toEqual(["feed 0 first_sequences"]);
    expect(found([{ ...first, entryCounts: [2] }, second, third])).toContain("feed 0 entry_counts");
  });

  it("whose size is kept otherwise, twice, or not at all is found", () => {
    expect(found(ROWS, WAITING, LENGTHS, [3, 3], [{ feed: 1, size: 6 }])).toEqual(["feed_head 1 size"]);
    expect(found(ROWS, WAITING, LENGTHS, [3, 3], [])).toEqual(["feed_head 1 null"]);
    expect(found(ROWS, WAITING, LENGTHS, [3, 3], [{ feed: 2, size: 5 }])).toEqual(["feed_head 2 feed"]);
  });
});

describe("turns", () => {
  it("are greater than those of all postings that one follows", () => {
    expect(found(ROWS, WAITING, LENGTHS, [4, 3])).toEqual(["head a turn"]);
    expect(found(ROWS, WAITING, LENGTHS, [3, 2])).toEqual(["head b turn"]);
    expect(found(ROWS, [waits(2, ["a", 4, 1], ["b", 3, 1])], LENGTHS, [2, 2])).toContain("outbox posting-2/2 turn");
    expect(found(ROWS, [waits(9, ["a", 4, 1], ["b", 3, 1])], LENGTHS, [9, 9])).toContain("outbox posting-9/9 turn");
  });

  it("of a ledger that is older than its feed may be as large as sequences", () => {
    expect(found(ROWS, [waits(4, ["a", 4, 1], ["b", 3, 1])], LENGTHS, [4, 4])).toEqual([]);
    expect(found(ROWS, [], [3, 2], [3, 2])).toEqual([]);
    expect(found(ROWS, [], [3, 2], [2, 4])).toEqual(["head b turn"]);
  });
});
