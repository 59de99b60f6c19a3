import { expect, test } from "vitest";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import { CITED, exampleRecord, exampleRow, type Shapes } from "../testing/rule-examples.ts";
import { evaluateRule } from "./evaluate-rule.ts";
import type { CapRule, CarryOverRule, FloorRule, RatioRule } from "./requirement-rule.ts";
import { unclassifiedDecides } from "./unclassified-decides.ts";

function floor(id: string, subjects: FloorRule["subjects"], hours: number, fields: Partial<FloorRule> = {}): FloorRule {
  return { id, kind: "floor", subjects, needHundredths: hours * 100, ...CITED, ...fields };
}

function open(hours: number, count = 1): Partial<ProjectedRecord>[] {
  return Array.from({ length: count }, () => ({ state: "unclassified", subject: null, hoursHundredths: hours * 100 }));
}

function decides(shapes: Shapes, records: readonly Partial<ProjectedRecord>[]): [string, boolean] {
  const { row, scope } = exampleRow({ window: { kind: "years", count: 1, endsYearsBefore: 0 }, ...shapes });
  const list = records.map(exampleRecord);
  const evaluation = evaluateRule(row, scope, list);
  return [evaluation.outcome, unclassifiedDecides(row, scope, list, evaluation)];
}

const yearly = { span: { over: "each_year" } } as const;
const duty = [floor("total", "all", 90, yearly), floor("professional", ["professional"], 60, yearly)];

test("many open records that cannot close a gap together decide nothing", () => {
  expect(decides({ requirements: duty }, open(0.5, 13))).toEqual(["not_met", false]);
});

test("more assignments than are tried leave the question open, which is an unknown verdict", () => {
  expect(decides({ requirements: duty }, open(10, 13))).toEqual(["not_met", true]);
});

test("a cap of one subject leaves met what is met, however many records are open", () => {
  const requirements = [floor("total", "all", 25), floor("one", ["one"], 5), floor("two", ["two"], 15)];
  const cap = (subject: string, hours: number): CapRule => {
    return { id: `most_${subject}`, subjects: [subject], per: "year", mostHundredths: hours * 100, ...CITED };
  };
  const registered = [
    { subject: "one", hoursHundredths: 1000 },
    { subject: "two", hoursHundredths: 2000 },
  ];
  const shapes = { subjects: ["one", "two"], requirements, caps: [cap("one", 10), cap("two", 20)] };
  expect(decides(shapes, [...registered, ...open(1, 13)])).toEqual(["met", false]);
});

test("a share can be lost by open hours, and then they decide", () => {
  const share: RatioRule = {
    ...{ id: "share", kind: "ratio", subjects: ["professional"], of: { subjects: "all" } },
    ...{ numerator: 2, denominator: 3, ...CITED },
  };
  const records = [{ hoursHundredths: 6000 }, { subject: "elective", hoursHundredths: 3000 }];
  expect(decides({ requirements: [share] }, [...records, ...open(1)])).toEqual(["met", true]);
  expect(decides({ requirements: [share] }, [{ hoursHundredths: 6000 }, ...open(1)])).toEqual(["met", false]);
});

test("a cap over several subjects can push out what is needed, and then open hours decide", () => {
  const caps: CapRule[] = [{ id: "most", subjects: "all", per: "year", mostHundredths: 1000, ...CITED }];
  const requirements = [floor("professional", ["professional"], 10)];
  const earlier = open(1).map((record) => ({ ...record, obtainedOn: "2026-01-01" as ProjectedRecord["obtainedOn"] }));
  expect(decides({ requirements, caps }, [{ hoursHundredths: 1000 }, ...earlier])).toEqual(["met", true]);
});

test("open hours of the window before decide where they would be carried over", () => {
  const carryOver: CarryOverRule = {
    ...{ id: "carried", subjects: "all", mostHundredths: 500, aboveHundredths: 0, lastMonths: null, ...CITED },
  };
  const before = open(10).map((record) => ({ ...record, obtainedOn: "2025-03-01" as ProjectedRecord["obtainedOn"] }));
  expect(decides({ requirements: [floor("total", "all", 5)], carryOver }, before)).toEqual(["not_met", true]);
  expect(decides({ requirements: [floor("total", "all", 5)] }, before)).toEqual(["not_met", false]);
});
