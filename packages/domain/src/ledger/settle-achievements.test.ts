import fc from "fast-check";
import { expect, test } from "vitest";
import { exampleStanding } from "../testing/examples.ts";
import { settleAchievements } from "./settle-achievements.ts";

const standing = (recordId: string, hoursHundredths: number, source = "quzhou-city") =>
  exampleStanding({ recordId, recordKey: `${source}/${recordId}`, hoursHundredths, source });
const winner = (...group: ReturnType<typeof standing>[]) =>
  settleAchievements(group).flatMap(({ recordKey, state }) => (state === "registered" ? [recordKey] : []));

test.each([
  ["the highest hours", [standing("1", 800), standing("2", 900)], "quzhou-city/2"],
  ["on a tie the lowest id", [standing("2", 800), standing("1", 800)], "quzhou-city/1"],
  ["ids are strings", [standing("9", 800), standing("10", 800)], "quzhou-city/10"],
  [
    "on a tie of ids the lowest source",
    [standing("1", 800, "z"), standing("1", 800, "demo-training")],
    "demo-training/1",
  ],
])("%s", (_what, group, expected) => expect(winner(...group)).toEqual([expected]));

test("says of the others that they are duplicates, and takes it back when they are none any more", () => {
  const [first, second] = settleAchievements([standing("1", 800), standing("2", 800)]);
  expect([first, second]).toMatchObject([
    { state: "registered", code: null },
    { state: "duplicate", code: "duplicate" },
  ]);
  if (second === undefined) throw new Error("there are two");
  expect(settleAchievements([second])).toMatchObject([{ state: "registered", code: null }]);
});

test("exactly one of a group counts, the same whatever the order, and settling again changes nothing", () => {
  const groups = fc
    .uniqueArray(fc.tuple(fc.constantFrom("1", "2", "10"), fc.constantFrom("a", "b"), fc.constantFrom(100, 800)), {
      minLength: 1,
      selector: ([recordId, source]) => `${source}/${recordId}`,
    })
    .map((rows) => rows.map(([recordId, source, hours]) => standing(recordId, hours, source)));
  fc.assert(
    fc.property(groups, (group) => {
      const settled = settleAchievements(group);
      expect(winner(...group)).toHaveLength(1);
      expect(winner(...group.toReversed())).toEqual(winner(...group));
      expect(settleAchievements(settled)).toEqual(settled);
    }),
  );
});
