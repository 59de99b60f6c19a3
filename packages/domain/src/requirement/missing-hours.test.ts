import { describe, expect, test } from "vitest";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import { CITED, exampleRecord, exampleRow, type Shapes } from "../testing/rule-examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import { missingHours } from "./missing-hours.ts";
import type { FloorRule, RatioRule } from "./requirement-rule.ts";

const SUBJECTS = ["professional", "industry", "general"];
const oneYear = { kind: "years", count: 1, endsYearsBefore: 0 } as const;
const twoYears = { kind: "years", count: 2, endsYearsBefore: 0 } as const;

function floor(id: string, subjects: FloorRule["subjects"], hours: number, fields: Partial<FloorRule> = {}): FloorRule {
  return { id, kind: "floor", subjects, needHundredths: hours * 100, ...CITED, ...fields };
}
const twoThirds: RatioRule = {
  ...{ id: "share", kind: "ratio", subjects: ["professional"], of: { subjects: "all" } },
  ...{ numerator: 2, denominator: 3, ...CITED },
};

/** What is missing, as `hours subject`; or that nothing is, or that nothing helps any more. */
function missing(
  shapes: Shapes,
  records: readonly Partial<ProjectedRecord>[] = [],
  asOf = "2026-07-01",
): string[] | string {
  const { row, scope } = exampleRow({ subjects: SUBJECTS, window: oneYear, ...shapes }, asOf);
  const found = missingHours(row, scope, records.map(exampleRecord));
  if (found === null) return "nothing";
  if (!found.isPossible) return "impossible";
  const items = found.items.map(({ hoursHundredths, subject, pathway, assessed, year }) => {
    const how = `${pathway === null ? "" : ` ${pathway}`}${assessed ? " assessed" : ""}`;
    return `${hoursHundredths / 100} ${subject}${how}${year === 2026 ? "" : ` in ${year}`}`;
  });
  return items.sort();
}

describe("missingHours", () => {
  test("hours of a narrow group serve the wide one, too", () => {
    const requirements = [
      floor("total", "all", 90),
      floor("professional", ["professional"], 60),
      floor("common", ["industry", "general"], 18),
    ];
    const hours = (items: string[] | string) => [items].flat().reduce((sum, item) => sum + Number.parseFloat(item), 0);
    expect(hours(missing({ requirements }))).toBe(90);
    expect(missing({ requirements }, [{ hoursHundredths: 7200 }])).toEqual(["18 industry"]);
  });

  test("a share that rises with what is added for another requirement is reached all the same", () => {
    const requirements = [floor("total", "all", 70), floor("general", ["general"], 30), twoThirds];
    const records = [{ hoursHundredths: 2000 }, { hoursHundredths: 2000, subject: "general" }];
    expect(missing({ requirements }, records)).toEqual(["10 general", "40 professional"]);
  });

  test("what was taken too much of before is made smaller again", () => {
    const requirements = [
      floor("total", "all", 90),
      floor("common", ["industry", "general"], 18),
      floor("industry", ["industry"], 10),
      twoThirds,
    ];
    expect(missing({ requirements })).toEqual(["18 industry", "72 professional"]);
  });

  test("an item of at least so many hours, though less is missing", () => {
    const test = { kind: "item_minimum", leastHundredths: 100 } as const;
    const gates = [{ id: "least", test, subjects: "all", ...CITED } as const];
    expect(missing({ requirements: [floor("total", "all", 0.5)], gates })).toEqual(["1 professional"]);
  });

  test("hours that expire are judged on the day of the question", () => {
    const gates = [{ id: "old", test: { kind: "expires", months: 5 }, subjects: "all", ...CITED } as const];
    const requirements = [floor("total", "all", 90)];
    expect(missing({ requirements, gates })).toEqual(["90 professional"]);
    expect(missing({ requirements, gates }, [{ hoursHundredths: 9000 }])).toBe("nothing");
  });

  test("what is met on the day of the question lacks nothing, though it may not be at the end of the window", () => {
    const gates = [{ id: "old", test: { kind: "expires", months: 12 }, subjects: "all", ...CITED } as const];
    const requirements = [floor("total", "all", 90)];
    const record = { hoursHundredths: 9000, obtainedOn: "2025-10-01" as LocalDate };
    expect(missing({ requirements, gates, window: twoYears }, [record])).toBe("nothing");
  });

  test("a year that has ended cannot be made up for", () => {
    const requirements = [floor("yearly", "all", 90, { span: { over: "each_year" } })];
    expect(missing({ requirements, window: twoYears }, [{ hoursHundredths: 9000 }])).toBe("impossible");
    const earlier = [{ hoursHundredths: 9000, obtainedOn: "2025-03-01" as LocalDate }];
    expect(missing({ requirements, window: twoYears }, earlier)).toEqual(["90 professional"]);
  });

  test("pathways and assessments that the rules ask for", () => {
    const requirements = [
      floor("live", "all", 10, { pathways: ["live"] }),
      floor("assessed", "all", 4, { assessed: true }),
    ];
    expect(missing({ requirements })).toEqual(["10 professional live assessed"]);
  });

  test("a cap of so little that it would take hundreds of records is no advice", () => {
    const caps = [{ id: "tiny", subjects: "all", per: "item", mostHundredths: 1, ...CITED } as const];
    expect(missing({ requirements: [floor("total", "all", 90_000)], caps })).toBe("impossible");
  });
});
