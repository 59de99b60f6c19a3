import { expect, it, test } from "vitest";
import { groupByPeople } from "./group-by-people.ts";

const peopleOf = (records: readonly (readonly string[])[]) =>
  new Map(records.map((people, index) => [`r${index}`, people]));

it("keeps together who shares a record, directly or through others, and packs the rest", () => {
  const groups = groupByPeople(peopleOf([["c", "b"], ["a"], ["d", "c"], ["e"], ["f"]]), 3);
  expect(groups).toEqual([
    { people: ["a"], recordKeys: ["r1"] },
    { people: ["b", "c", "d"], recordKeys: ["r0", "r2"] },
    { people: ["e", "f"], recordKeys: ["r3", "r4"] },
  ]);
});

/** Every way in which three records name one or two of four people. */
function everyWay(): readonly (readonly string[])[][] {
  const people = [..."abcd"];
  const choices = [...people.map((one) => [one]), ...people.flatMap((one) => people.map((two) => [one, two]))];
  return choices.flatMap((first) => choices.flatMap((second) => choices.map((third) => [first, second, third])));
}

test("every record is in one group with all its people, and nobody is in two", () => {
  for (const list of everyWay()) {
    for (const peopleMax of [1, 2, 3]) {
      const groups = groupByPeople(peopleOf(list), peopleMax);
      const everybody = groups.flatMap(({ people }) => people);
      const isRight =
        new Set(everybody).size === everybody.length &&
        groups
          .flatMap(({ recordKeys }) => recordKeys)
          .sort()
          .join() === "r0,r1,r2" &&
        groups.every(({ recordKeys, people }) =>
          recordKeys.every((key) => list[Number(key.slice(1))]?.every((one) => people.includes(one))),
        );
      if (!isRight) expect([list, peopleMax, groups]).toBe("grouped rightly");
    }
  }
  expect(everyWay()).toHaveLength(8_000);
});
