import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { receiptOutcome, standingVersion, type VersionOrder } from "./fold-versions.ts";

const version = (updateTimeMs: number, contentDigest: string, hoursHundredths: number | null = 800): VersionOrder => ({
  updateTimeMs,
  contentDigest,
  hoursHundredths,
});

describe("the receipt of a version", () => {
  const cases: [string, VersionOrder[], VersionOrder, string][] = [
    ["the first", [], version(1, "a"), "accepted"],
    ["the same again", [version(1, "a")], version(1, "a"), "unchanged"],
    ["the same content later", [version(1, "a")], version(2, "a"), "unchanged"],
    ["the current content earlier", [version(2, "a")], version(1, "a"), "unchanged"],
    ["other content later", [version(1, "a")], version(2, "b"), "superseded"],
    ["an earlier version", [version(2, "b")], version(1, "a"), "history"],
    ["other content at the same time, fewer hours", [version(1, "a")], version(1, "b", 100), "conflict"],
    ["other content at the same time, more hours", [version(1, "a")], version(1, "b", 900), "conflict"],
    ["the loser of a conflict again", [version(1, "a"), version(1, "b", 900)], version(1, "b", 900), "unchanged"],
    ["a third content at that time", [version(1, "a"), version(1, "b", 900)], version(1, "c", 1), "conflict"],
    ["the loser of a conflict later", [version(1, "a"), version(1, "b", 900)], version(2, "b", 900), "superseded"],
    ["other content at a time that was noted", [version(1, "a"), version(2, "a")], version(2, "b"), "conflict"],
    ["between the version and its noted time", [version(1, "a"), version(3, "a")], version(2, "b"), "history"],
    ["what was there before the last", [version(1, "a"), version(2, "b")], version(3, "a"), "superseded"],
    ["what was there before, at the time of the last", [version(1, "a"), version(2, "b")], version(2, "a"), "conflict"],
    ["an old one again", [version(1, "a"), version(2, "b")], version(1, "a"), "unchanged"],
    ["another content at an old time", [version(1, "a"), version(2, "b")], version(1, "c"), "history"],
    ["the current content at an old time", [version(1, "a"), version(2, "b")], version(1, "b"), "unchanged"],
  ];
  it.each(cases)("%s", (_what, earlier, next, outcome) => {
    expect(receiptOutcome(earlier, next)).toBe(outcome);
    expect(receiptOutcome(earlier.toReversed(), next)).toBe(outcome);
  });
});

describe("the version that stands", () => {
  const cases: [string, VersionOrder[], VersionOrder | null][] = [
    ["none", [], null],
    ["the latest", [version(1, "a"), version(3, "b", 9_000), version(2, "c")], version(3, "b", 9_000)],
    ["fewer hours at one time", [version(1, "a", 900), version(1, "b", 850)], version(1, "b", 850)],
    ["equal hours: the smaller digest", [version(1, "b"), version(1, "a")], version(1, "a")],
    ["a withdrawal without hours has the fewest", [version(1, "a", 1), version(1, "z", null)], version(1, "z", null)],
  ];
  it.each(cases)("%s", (_what, versions, expected) => expect(standingVersion(versions)).toEqual(expected));
});

const contents: fc.Arbitrary<readonly [string, number | null]> = fc.constantFrom(
  ["a", 800] as const,
  ["b", 800] as const,
  ["c", 100] as const,
  ["d", null] as const,
);
const histories = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), contents), { maxLength: 8 })
  .map((rows) => rows.map(([updateTimeMs, [digest, hours]]) => version(updateTimeMs, digest, hours)));

test("the same version stands whatever the order and the repetition", () => {
  const shuffled = histories.chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows, ...rows], { minLength: rows.length * 2 })),
  );
  fc.assert(
    fc.property(shuffled, ([rows, others]) => {
      expect(standingVersion(others)).toEqual(standingVersion(rows));
    }),
    { numRuns: 1_000 },
  );
});

test("receipts say what became of the standing version", () => {
  fc.assert(
    fc.property(histories, (rows) => {
      rows.forEach((row, index) => {
        const before = standingVersion(rows.slice(0, index));
        const after = standingVersion(rows.slice(0, index + 1));
        const outcome = receiptOutcome(rows.slice(0, index), row);
        if (outcome === "accepted") expect(before).toBeNull();
        if (outcome === "accepted" || outcome === "superseded") expect(after).toEqual(row);
        if (outcome === "unchanged") expect(after?.contentDigest).toBe(before?.contentDigest);
        if (outcome === "history") expect(after).toEqual(before);
        if (outcome === "conflict") expect(after?.updateTimeMs).toBe(before?.updateTimeMs);
      });
    }),
    { numRuns: 1_000 },
  );
});
