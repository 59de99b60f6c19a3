import fc from "fast-check";
import { expect, it } from "vitest";
import type { LocalDate } from "../values/local-date.ts";
import { repairRanges } from "./repair-ranges.ts";

const ranges = (days: readonly string[], rangesMax: number) =>
  repairRanges(days as LocalDate[], rangesMax).map(
    ({ fromDay, untilDay }) => `${fromDay.slice(5)}..${untilDay.slice(5)}`,
  );

it("reads neighbours together and leaves out what lies between", () => {
  expect(ranges(["2020-03-01", "2020-03-02", "2020-03-04", "2020-05-01"], 9)).toEqual([
    ...["03-01..03-02", "03-04..03-04", "05-01..05-01"],
  ]);
  expect(ranges(["2020-03-01", "2020-03-02", "2020-03-04", "2020-05-01"], 2)).toEqual(["03-01..03-04", "05-01..05-01"]);
  expect(ranges(["2020-03-01", "2020-05-01"], 1)).toEqual(["03-01..05-01"]);
  expect(ranges([], 3)).toEqual([]);
});

it("holds each day once in at most so many ranges", () => {
  const day = fc.integer({ min: 0, max: 400 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
  fc.assert(
    fc.property(fc.uniqueArray(day, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (days, rangesMax) => {
      const found = repairRanges(days.toSorted() as LocalDate[], rangesMax);
      expect(found.length).toBeLessThanOrEqual(rangesMax);
      for (const one of days) {
        expect(found.filter(({ fromDay, untilDay }) => fromDay <= one && one <= untilDay)).toHaveLength(1);
      }
    }),
  );
});
