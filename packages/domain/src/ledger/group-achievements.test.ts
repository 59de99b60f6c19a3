import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { exampleStanding } from "../testing/examples.ts";
import type { DuplicateDecision, DuplicateDecisionKind } from "./duplicate-decision.ts";
import { groupAchievements } from "./group-achievements.ts";
import { settleAchievements } from "./settle-achievements.ts";
import type { Standing } from "./standing.ts";

type Given = Partial<Standing> & { readonly recordId: string };

const standing = (given: Given): Standing => exampleStanding({ recordKey: given.recordId, ...given });
const decide = (kind: DuplicateDecisionKind, ...recordKeys: string[]): DuplicateDecision => ({
  ...{ decisionId: `${kind} ${recordKeys.join()}`, decidedAtMs: 1, kind, recordKeys },
});
const same = (...recordKeys: string[]) => decide("same_achievement", ...recordKeys);
const distinct = (...recordKeys: string[]) => decide("distinct_achievements", ...recordKeys);
const groups = (given: readonly Given[], decisions: readonly DuplicateDecision[]) =>
  groupAchievements(given.map(standing), decisions)
    .map((group) =>
      group
        .map(({ recordId }) => recordId)
        .sort()
        .join(""),
    )
    .sort();

/** a, b and c share their key, best rank first; d and e have each their own; f has none. */
const a: Given = { recordId: "a", hoursHundredths: 900 };
const b: Given = { recordId: "b" };
const c: Given = { recordId: "c", hoursHundredths: 700 };
const d: Given = { recordId: "d", achievementKey: "of d" };
const e: Given = { recordId: "e", achievementKey: "of e" };
const f: Given = { recordId: "f", achievementKey: null };
const ALL = [a, b, c, d, e, f];

describe("records are one achievement", () => {
  test.each<[string, Given[], DuplicateDecision[], string[]]>([
    ["by their key", ALL, [], ["abc", "d", "e", "f"]],
    ["by a decision, whatever their keys", ALL, [same("d", "f")], ["abc", "df", "e"]],
    ["by rule and decision together", ALL, [same("c", "e")], ["abce", "d", "f"]],
    ["by way of a record that stands nowhere", ALL, [same("d", "gone"), same("e", "gone")], ["abc", "de", "f"]],
    ["not where one is said to be distinct", ALL, [distinct("a", "b")], ["ac", "b", "d", "e", "f"]],
    ["none of those that are all distinct", ALL, [distinct("a", "b", "c")], ["a", "b", "c", "d", "e", "f"]],
    ["with the best one, where it is open with which", [b, a, c], [distinct("a", "b")], ["ac", "b"]],
    [
      "with the next one, where the best one is another",
      ALL,
      [distinct("a", "b"), distinct("a", "c")],
      ["a", "bc", "d", "e", "f"],
    ],
    ["not by rule with what a decision keeps apart", ALL, [same("b", "d"), distinct("a", "d")], ["ac", "bd", "e", "f"]],
    ["not where nothing of the decision stands", ALL, [same("x", "y"), distinct("a", "x")], ["abc", "d", "e", "f"]],
  ])("%s", (_what, given, decisions, expected) => {
    expect(groups(given, decisions)).toEqual(expected);
    expect(groups(given.toReversed(), decisions.toReversed())).toEqual(expected);
  });

  it("by decision only while they are of one person and one platform of record", () => {
    const other = (changes: Partial<Standing>) => groups([d, { ...e, ...changes }], [same("d", "e")]);
    expect(other({})).toEqual(["de"]);
    expect(other({ practitionerId: "person-2" })).toEqual(["d", "e"]);
    expect(other({ platform: "zj-industry" })).toEqual(["d", "e"]);
    expect(groups([a, { ...b, practitionerId: "person-2" }], [same("x", "y")])).toEqual(["a", "b"]);
  });

  it("and stay so for as long as decisions that disagree are not taken back, in one way", () => {
    const decisions = [same("a", "b"), distinct("a", "b"), same("b", "d"), same("a", "d")];
    const found = groups(ALL, decisions);
    expect(groups(ALL.toReversed(), decisions.toReversed())).toEqual(found);
    expect(found.some((group) => group.includes("a") && group.includes("b"))).toBe(false);
  });
});

const keys = ["a", "b", "c", "d", "e"];
const records = fc.tuple(
  ...keys.map((recordId) =>
    fc.record({
      recordId: fc.constant(recordId),
      hoursHundredths: fc.constantFrom(400, 800),
      achievementKey: fc.constantFrom("one", "two", null),
      practitionerId: fc.constantFrom("person-1", "person-1", "person-2"),
    }),
  ),
);
const decisions = fc.array(
  fc
    .tuple(
      fc.constantFrom<DuplicateDecisionKind>("same_achievement", "distinct_achievements"),
      fc.subarray(keys, { minLength: 2 }),
    )
    .map(([kind, recordKeys]) => decide(kind, ...recordKeys)),
  { maxLength: 4 },
);

test("every record is in one group, in whatever order records and decisions come, and one of each group counts", () => {
  fc.assert(
    fc.property(records, decisions, (given, decided) => {
      const found = groups(given, decided);
      expect(found.join("").split("").sort()).toEqual(keys);
      expect(groups(given.toReversed(), decided.toReversed())).toEqual(found);
      const settled = groupAchievements(given.map(standing), decided).map(settleAchievements);
      for (const group of settled) expect(group.filter(({ state }) => state === "registered")).toHaveLength(1);
      const again = groupAchievements(settled.flat(), decided).map(settleAchievements);
      expect(
        again
          .flat()
          .map(({ recordId, state }) => `${recordId} ${state}`)
          .sort(),
      ).toEqual(
        settled
          .flat()
          .map(({ recordId, state }) => `${recordId} ${state}`)
          .sort(),
      );
    }),
  );
});

test("no two records come together that a decision keeps apart", () => {
  fc.assert(
    fc.property(records, decisions, (given, decided) => {
      for (const group of groups(given, decided)) {
        for (const { kind, recordKeys } of decided) {
          if (kind === "distinct_achievements")
            expect(recordKeys.filter((key) => group.includes(key)).length).toBeLessThan(2);
        }
      }
    }),
  );
});
