import { describe, expect, test } from "vitest";
import { completenessSteps } from "../requirement/knowledge.ts";
import { freshnessAt } from "./freshness-at.ts";

const mark = (recordedAtMs: number, completeUntilMs: number | null, platform = "one") => ({
  platform,
  pullId: `pull ${recordedAtMs}`,
  completeUntilMs,
  outcome: completeUntilMs === null ? "partial" : "complete",
  recordedAtMs,
});

const at = (knownAtMs: number, marks: ReturnType<typeof mark>[]) =>
  freshnessAt({ ruleSets: [], marks: [], steps: completenessSteps(marks) }, knownAtMs);

describe("freshnessAt", () => {
  const marks = [mark(10, null), mark(20, 15), mark(30, null), mark(40, 35), mark(40, 38), mark(50, null)];

  test.each([
    [9, []],
    [10, [{ platform: "one", completeUntilMs: null, partialSince: true }]],
    [19, [{ platform: "one", completeUntilMs: null, partialSince: true }]],
    [20, [{ platform: "one", completeUntilMs: 15, partialSince: false }]],
    [30, [{ platform: "one", completeUntilMs: 15, partialSince: true }]],
    [39, [{ platform: "one", completeUntilMs: 15, partialSince: true }]],
    [40, [{ platform: "one", completeUntilMs: 38, partialSince: false }]],
    [1_000, [{ platform: "one", completeUntilMs: 38, partialSince: true }]],
  ])("known at %i, only marks recorded by then count", (knownAtMs, expected) => {
    expect(at(knownAtMs, marks)).toEqual(expected);
  });

  test("each platform stands by itself", () => {
    const both = [mark(10, 5), mark(20, null, "two"), mark(30, 25, "two")];
    expect(at(20, both)).toEqual([
      { platform: "one", completeUntilMs: 5, partialSince: false },
      { platform: "two", completeUntilMs: null, partialSince: true },
    ]);
  });
});
