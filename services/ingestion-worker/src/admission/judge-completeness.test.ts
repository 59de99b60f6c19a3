import type { LocalDate } from "@xueshi/domain";
import { describe, expect, it } from "vitest";
import { judgeDrop, judgeRange } from "./judge-completeness.ts";

const expectations = { maxAgeHours: 48, vanishedShareMax: 0.2, dropShareMax: 0.5, missingRowsMin: 5 };
const at = (text: string) => Date.parse(`${text}+08:00`);
const range = { fromMs: at("2020-03-01T00:00:00"), untilMs: at("2020-03-05T12:00:00"), acceptedMissing: new Map() };

type Days = Readonly<Record<string, readonly [before: number, missing: number]>>;
const judge = (days: Days, changes: object = {}) =>
  judgeRange(
    {
      ...range,
      days: new Map(
        Object.entries(days).map(([day, [before, missing]]) => [day as LocalDate, { before, missing }] as const),
      ),
      ...changes,
    },
    expectations,
  ).map(({ code, at: where, missing }) => [code, where, missing]);

describe("a range that is read again", () => {
  it.each<[string, Days, unknown[]]>([
    ["everything came", { "2020-03-01": [100, 0] }, []],
    ["a fifth is missing, which may be", { "2020-03-01": [100, 20] }, []],
    ["more than a fifth is missing", { "2020-03-01": [100, 21] }, [["rows_vanished", null, 21]]],
    ["four of four on a quiet platform", { "2020-03-01": [4, 4] }, []],
    ["five of six", { "2020-03-01": [6, 5] }, [["rows_vanished", null, 5]]],
    [
      "a day is empty among full ones",
      { "2020-03-01": [100, 0], "2020-03-02": [9, 9] },
      [["day_emptied", "2020-03-02", 9]],
    ],
    ["a day of which only half was read again", { "2020-03-01": [100, 0], "2020-03-05": [9, 9] }, []],
    [
      "all of it is gone",
      { "2020-03-01": [9, 9], "2020-03-02": [7, 7] },
      [
        ["rows_vanished", null, 16],
        ["day_emptied", "2020-03-01", 9],
        ["day_emptied", "2020-03-02", 7],
      ],
    ],
    ["nothing was there", {}, []],
  ])("%s", (_what, days, findings) => {
    expect(judge(days)).toEqual(findings);
  });

  it("asks only for what is missing beyond what an operator has accepted", () => {
    const acceptedMissing = new Map([["2020-03-02", 9]]);
    expect(judge({ "2020-03-02": [9, 9], "2020-03-03": [3, 0] }, { acceptedMissing })).toEqual([]);
    expect(judge({ "2020-03-02": [20, 20] }, { acceptedMissing })).toEqual([
      ["rows_vanished", null, 11],
      ["day_emptied", "2020-03-02", 20],
    ]);
  });
});

describe("a file that comes again", () => {
  it.each([
    [100, 100, 0],
    [100, 50, 0],
    [100, 49, 1],
    [100, 0, 1],
    [4, 0, 0],
    [100, 900, 0],
  ])("of %i rows and now %i has %i findings", (before, now, findings) => {
    expect(judgeDrop("export-202003.csv", before, now, expectations)).toHaveLength(findings);
  });
});
