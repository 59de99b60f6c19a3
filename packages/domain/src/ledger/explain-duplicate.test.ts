import fc from "fast-check";
import { expect, it, test } from "vitest";
import { exampleStanding } from "../testing/examples.ts";
import type { DuplicateDecision } from "./duplicate-decision.ts";
import { explainDuplicate } from "./explain-duplicate.ts";
import { groupAchievements } from "./group-achievements.ts";
import { settleAchievements } from "./settle-achievements.ts";

const same = (decisionId: string, ...recordKeys: string[]): DuplicateDecision => ({
  ...{ decisionId, decidedAtMs: Number(decisionId.slice(1)), kind: "same_achievement", recordKeys },
});
const distinct = (decisionId: string, ...recordKeys: string[]): DuplicateDecision => ({
  ...same(decisionId, ...recordKeys),
  kind: "distinct_achievements",
});
/** Records by id, hours and key, settled as they would be. */
const settled = (
  given: readonly (readonly [string, number, string | null])[],
  decisions: readonly DuplicateDecision[],
) => {
  const standings = given.map(([recordId, hoursHundredths, achievementKey]) =>
    exampleStanding({ recordId, recordKey: recordId, hoursHundredths, achievementKey }),
  );
  return groupAchievements(standings, decisions).flatMap((group) => settleAchievements(group));
};
const why = (recordKey: string, ...[given, decisions]: Parameters<typeof settled>) => {
  const found = explainDuplicate(recordKey, settled(given, decisions), decisions);
  const ways = found?.because.map((one) => `${one.decision?.decisionId ?? "rule"} ${one.recordKey}`);
  return found === null ? null : `${found.counting.recordId}: ${ways?.join(", ")}`;
};

test.each<[string, ...Parameters<typeof settled>, string | null]>([
  [
    "by the rule",
    [
      ["x", 1, "k"],
      ["a", 9, "k"],
    ],
    [],
    "a: rule a",
  ],
  [
    "by a decision",
    [
      ["x", 1, "k"],
      ["a", 9, null],
    ],
    [same("d1", "a", "x")],
    "a: d1 a",
  ],
  [
    "by the newest of several",
    [
      ["x", 1, "k"],
      ["a", 9, null],
    ],
    [same("d1", "a", "x"), same("d2", "a", "x")],
    "a: d2 a",
  ],
  [
    "by a decision rather than the rule",
    [
      ["x", 1, "k"],
      ["a", 9, "k"],
    ],
    [same("d1", "a", "x")],
    "a: d1 a",
  ],
  [
    "by rule and decision",
    [
      ["x", 1, "k"],
      ["y", 2, "k"],
      ["a", 9, "l"],
    ],
    [same("d1", "y", "a")],
    "a: rule y, d1 a",
  ],
  [
    "by way of a record that is gone",
    [
      ["x", 1, "k"],
      ["a", 9, "l"],
    ],
    [same("d1", "x", "gone"), same("d2", "gone", "a")],
    "a: d1 gone, d2 a",
  ],
  [
    "not where what goes with the one that counts is distinct: it counts itself",
    [
      ["x", 1, "k"],
      ["y", 8, "k"],
      ["a", 9, "k"],
    ],
    [distinct("d1", "x", "a")],
    null,
  ],
])("a duplicate is explained %s", (_what, given, decisions, expected) => {
  expect(why("x", given, decisions)).toBe(expected);
});

it("of what counts, of what nobody knows, and of an achievement of which nothing counts there is nothing to be said", () => {
  expect(
    why(
      "a",
      [
        ["a", 9, "k"],
        ["x", 1, "k"],
      ],
      [],
    ),
  ).toBeNull();
  expect(why("unknown", [["a", 9, "k"]], [])).toBeNull();
  const lost = exampleStanding({ recordKey: "x", state: "duplicate" });
  expect(explainDuplicate("x", [lost], [])).toBeNull();
});

test("every duplicate has one that counts in its place, and a way to it that ends there", () => {
  const ids = ["a", "b", "c", "d", "e"] as const;
  const given = fc.tuple(
    ...ids.map((id) => fc.tuple(fc.constant(id), fc.constantFrom(1, 2), fc.constantFrom("k", "l", null))),
  );
  const decided = fc.array(fc.tuple(fc.boolean(), fc.subarray([...ids], { minLength: 2 })), { maxLength: 3 });
  fc.assert(
    fc.property(given, decided, (records, sets) => {
      const decisions = sets.map(([isSame, keys], at) => (isSame ? same : distinct)(`d${at}`, ...keys));
      const all = settled(records, decisions);
      for (const { recordKey, state } of all) {
        const found = explainDuplicate(recordKey, all, decisions);
        expect(found !== null).toBe(state === "duplicate");
        if (found !== null) expect(found.because.at(-1)?.recordKey).toBe(found.counting.recordKey);
      }
    }),
  );
});
