import { describe, expect, test } from "vitest";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import { CITED, exampleRecord, exampleRow, type Shapes, TOTAL } from "../testing/rule-examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import { evaluateRule } from "./evaluate-rule.ts";
import type { CapRule, CarryOverRule, GateRule, RequirementRule } from "./requirement-rule.ts";

const evaluate = (shapes: Shapes, records: readonly Partial<ProjectedRecord>[], asOf = "2026-12-31") => {
  const { row, scope } = exampleRow(shapes, asOf);
  return evaluateRule(row, scope, records.map(exampleRecord));
};

const on = (
  date: string,
  hoursHundredths: number,
  fields: Partial<ProjectedRecord> = {},
): Partial<ProjectedRecord> => ({
  obtainedOn: date as LocalDate,
  hoursHundredths,
  ...fields,
});

/** Each record's counted hundredths with what it counts toward, or why it does not count (wholly). */
function partsOf(evaluation: ReturnType<typeof evaluate>): string[] {
  return evaluation.parts
    .toSorted((left, right) => (left.record.recordId < right.record.recordId ? -1 : 1))
    .map(({ countedHundredths, code, byRule, toward }) => {
      const why = code === null ? "" : ` ${code}${byRule === null ? "" : ` by ${byRule}`}`;
      return `${countedHundredths}${toward.length === 0 ? "" : ` ${toward.join(",")}`}${why}`;
    });
}

describe("evaluateRule", () => {
  test("gives each reason not to count in its fixed order", () => {
    const parts = partsOf(
      evaluate({}, [
        { state: "withdrawn", platform: "two" },
        { platform: "two", attributedYear: 2020 },
        { recognition: "other", attributedYear: 2020 },
        on("2020-03-01", 1000, { subject: "ethics" }),
        on("2027-03-01", 1000, { attributedYear: 2026, subject: "ethics" }),
        { subject: "ethics" },
        {},
      ]),
    );
    expect(parts).toEqual([
      "0 withdrawn",
      "0 registered_elsewhere",
      "0 recognised_elsewhere",
      "0 outside_window",
      "0 after_as_of",
      "0 subject_not_in_rules",
      "1000 total",
    ]);
  });

  test("sums a group of subjects, of pathways, and of assessed hours", () => {
    const requirements: RequirementRule[] = [
      { ...TOTAL, id: "online", pathways: ["online"] },
      { ...TOTAL, id: "assessed", subjects: ["professional"], assessed: true },
      {
        id: "share",
        kind: "ratio",
        subjects: ["elective"],
        of: { subjects: "all" },
        numerator: 1,
        denominator: 3,
        ...CITED,
      },
    ];
    const evaluation = evaluate({ requirements }, [
      { pathway: "online", hoursHundredths: 100 },
      { pathway: "live", hoursHundredths: 200, assessedOn: "2026-03-02" as LocalDate },
      { subject: "elective", hoursHundredths: 150, assessedOn: "2026-03-02" as LocalDate },
    ]);
    expect(partsOf(evaluation)).toEqual(["100 online", "200 assessed", "150 share"]);
    expect(evaluation.requirements.map((each) => [each.haveHundredths, each.needHundredths])).toEqual([
      [100, 1],
      [200, 1],
      [150, 150],
    ]);
    expect(evaluation.outcome).toBe("met");
  });

  test("a share is compared exactly: a hundredth less of the part misses it", () => {
    const share: RequirementRule = {
      ...{ id: "share", kind: "ratio", subjects: ["professional"], of: { subjects: "all" } },
      ...{ numerator: 2, denominator: 3, ...CITED },
    };
    const haves = (professional: number, elective: number) =>
      evaluate({ requirements: [share] }, [
        { hoursHundredths: professional },
        { subject: "elective", hoursHundredths: elective },
      ]).outcome;
    expect([haves(6000, 3000), haves(5999, 3000), haves(6000, 3001), haves(1, 1)]).toEqual([
      "met",
      "not_met",
      "not_met",
      "not_met",
    ]);
  });

  test("each year binds by itself, and what one has too much helps no other", () => {
    const requirements: RequirementRule[] = [{ ...TOTAL, needHundredths: 1000, span: { over: "each_year" } }];
    const evaluation = evaluate({ requirements }, [on("2025-03-01", 900), on("2026-03-01", 5000)], "2026-06-30");
    expect(evaluation.requirements[0]).toMatchObject({
      haveHundredths: 5900,
      needHundredths: 2000,
      gapHundredths: 100,
      outcome: "not_met",
      until: "2025-12-31",
      years: [
        { year: 2025, gapHundredths: 100 },
        { year: 2026, gapHundredths: 0 },
      ],
    });
  });

  describe("caps", () => {
    const cap = (id: string, per: CapRule["per"], mostHundredths: number, fields: Partial<CapRule> = {}): CapRule => ({
      id,
      per,
      mostHundredths,
      subjects: "all",
      ...CITED,
      ...fields,
    });

    test("cut items first, then years, then the window, whatever their order in the file", () => {
      const caps = [cap("all", "window", 1500), cap("yearly", "year", 1000), cap("item", "item", 800)];
      const records = [on("2025-01-01", 900), on("2025-02-01", 900), on("2026-01-01", 900), on("2026-02-01", 100)];
      const evaluation = evaluate({ caps }, records);
      expect(partsOf(evaluation)).toEqual([
        "800 total over_cap by item",
        "200 total over_cap by yearly",
        "500 total over_cap by all",
        "0 over_cap by all",
      ]);
      expect(
        evaluation.caps.map(({ rule, countedHundredths, cutHundredths }) => [
          rule.id,
          countedHundredths,
          cutHundredths,
        ]),
      ).toEqual([
        ["item", 1500, 300],
        ["yearly", 1500, 600],
        ["all", 1500, 400],
      ]);
    });

    test("cut the latest hours, whatever the order of the records", () => {
      const caps = [cap("all", "window", 1000)];
      expect(partsOf(evaluate({ caps }, [on("2026-05-01", 700), on("2026-04-01", 700)]))).toEqual([
        "300 total over_cap by all",
        "700 total",
      ]);
    });

    test("a narrow cap leaves room in a wide one for other hours", () => {
      const caps = [cap("wide", "window", 1000), cap("narrow", "window", 300, { pathways: ["online"] })];
      const records = [on("2026-01-01", 900, { pathway: "online" }), on("2026-02-01", 700)];
      expect(partsOf(evaluate({ caps }, records))).toEqual(["300 total over_cap by narrow", "700 total"]);
    });
  });

  describe("gates", () => {
    const gate = (id: string, gateTest: GateRule["test"], fields: Partial<GateRule> = {}): GateRule => ({
      id,
      test: gateTest,
      subjects: "all",
      ...CITED,
      ...fields,
    });

    test("an assessment in time, of the pathways that need one", () => {
      const gates = [gate("exam", { kind: "assessed", withinDays: 7 }, { pathways: ["live"] })];
      const live = (assessedOn: string | null) =>
        on("2026-03-01", 500, { pathway: "live", assessedOn: assessedOn as LocalDate });
      const parts = partsOf(
        evaluate({ gates }, [live("2026-03-08"), live("2026-03-09"), live(null), on("2026-03-01", 500)], "2026-03-31"),
      );
      expect(parts).toEqual(["500 total", "0 not_assessed by exam", "0 not_assessed by exam", "500 total"]);
      expect(partsOf(evaluate({ gates }, [live("2026-03-08")], "2026-03-07"))).toEqual(["0 not_assessed by exam"]);
    });

    test("a least number of hours of an item, and an age at which hours expire", () => {
      const gates = [
        gate("short", { kind: "item_minimum", leastHundredths: 100 }),
        gate("old", { kind: "expires", months: 12 }),
      ];
      const records = [on("2026-03-01", 99), on("2025-06-30", 100), on("2025-07-01", 100)];
      expect(partsOf(evaluate({ gates }, records, "2026-06-30"))).toEqual([
        "0 below_item_minimum by short",
        "0 hours_expired by old",
        "100 total",
      ]);
    });
  });

  describe("carry-over", () => {
    const carryOver = (fields: Partial<CarryOverRule> = {}): CarryOverRule => ({
      id: "carried",
      subjects: ["professional"],
      mostHundredths: 400,
      aboveHundredths: 1000,
      lastMonths: 6,
      ...CITED,
      ...fields,
    });

    test("takes what the window before holds above its need, the latest first, up to the most", () => {
      const records = [on("2024-03-01", 1000), on("2024-08-01", 300), on("2024-09-01", 300), on("2026-01-01", 50)];
      expect(partsOf(evaluate({ carryOver: carryOver() }, records))).toEqual([
        "0 outside_window",
        "100 total not_carried_over by carried",
        "300 total",
        "50 total",
      ]);
      const evaluation = evaluate({ carryOver: carryOver() }, records);
      expect(evaluation.years.map(({ totalHundredths }) => totalHundredths)).toEqual([400, 50]);
    });

    test("takes nothing where the window before holds no more than its need, and nothing of other sorts", () => {
      expect(partsOf(evaluate({ carryOver: carryOver() }, [on("2024-08-01", 1000)]))).toEqual(["0 not_carried_over"]);
      const other = [on("2024-08-01", 5000, { subject: "elective" }), on("2024-06-30", 500)];
      expect(partsOf(evaluate({ carryOver: carryOver() }, other))).toEqual(["0 outside_window", "0 outside_window"]);
    });

    test("without a rule nothing is carried over", () => {
      expect(partsOf(evaluate({}, [on("2024-08-01", 5000)]))).toEqual(["0 outside_window"]);
    });
  });
});
