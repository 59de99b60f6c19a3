import { describe, expect, it, test } from "vitest";
import {
  contradictionAmong,
  type DuplicateDecision,
  duplicatesByRecord,
  sameAchievementSets,
} from "./duplicate-decision.ts";

const same = (decisionId: string, ...recordKeys: string[]): DuplicateDecision => ({
  ...{ decisionId, decidedAtMs: Number(decisionId.slice(1)), kind: "same_achievement", recordKeys },
});
const distinct = (decisionId: string, ...recordKeys: string[]): DuplicateDecision => ({
  ...same(decisionId, ...recordKeys),
  kind: "distinct_achievements",
});

describe("decisions contradict each other", () => {
  test.each<[string, DuplicateDecision[], string | null]>([
    ["not where there is one", [same("d1", "a", "b")], null],
    ["not where they say the same", [same("d1", "a", "b"), same("d2", "a", "b", "c")], null],
    ["not where they are of others", [same("d1", "a", "b"), distinct("d2", "a", "c")], null],
    ["not where two are distinct from a third", [same("d1", "a", "b"), distinct("d2", "b", "c")], null],
    ["of the same two records", [distinct("d1", "a", "b"), same("d2", "a", "b")], "d1"],
    ["of two among more", [same("d1", "a", "b", "c"), distinct("d2", "c", "x", "a")], "d2"],
    ["by way of a third", [same("d1", "a", "b"), same("d2", "b", "c"), distinct("d3", "a", "c")], "d3"],
    ["and the oldest is named", [distinct("d3", "a", "b"), distinct("d2", "b", "a"), same("d4", "a", "b")], "d2"],
  ])("%s", (_what, decisions, expected) => {
    expect(contradictionAmong(decisions)?.decisionId ?? null).toBe(expected);
    expect(contradictionAmong(decisions.toReversed())?.decisionId ?? null).toBe(expected);
  });
});

it("records are the same by way of others, also of those that stand nowhere", () => {
  const sets = sameAchievementSets([
    same("d1", "a", "b"),
    same("d2", "x", "y"),
    distinct("d4", "q", "a"),
    same("d3", "c", "b"),
  ]);
  expect(sets.map((set) => set.toSorted())).toEqual([
    ["a", "b", "c"],
    ["x", "y"],
  ]);
});

it("what is decided of a record is found by every record that is the same", () => {
  const found = duplicatesByRecord([
    same("d1", "a", "b"),
    same("d2", "b", "c"),
    distinct("d3", "c", "q"),
    same("d4", "x", "y"),
  ]);
  const ids = (recordKey: string) => found.get(recordKey)?.map(({ decisionId }) => decisionId);
  expect([ids("a"), ids("c"), ids("q"), ids("x"), ids("z")]).toEqual([
    ["d1", "d2", "d3"],
    ["d1", "d2", "d3"],
    ["d3"],
    ["d4"],
    undefined,
  ]);
});
