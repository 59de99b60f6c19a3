import { describe, expect, test } from "vitest";
import { type SubjectGap, UNCLASSIFIED_RECORDS_MAX, unclassifiedCouldMeet } from "./unclassified-could-meet.ts";

const PROFESSIONAL = 0b001;
const INDUSTRY = 0b010;
const GENERAL = 0b100;
const COMMON = INDUSTRY | GENERAL;
const ALL = 0b111;

/** Over three subjects. */
const couldMeet = (gaps: readonly SubjectGap[], hours: readonly number[]) => unclassifiedCouldMeet(gaps, hours, 3);
const gap = (mask: number, gapHundredths: number) => ({ mask, gapHundredths });

describe("unclassifiedCouldMeet", () => {
  test("needs no records where nothing is missing", () => {
    expect(couldMeet([], [])).toBe("could");
  });

  test("closes no gap without records", () => {
    expect(couldMeet([gap(ALL, 1)], [])).toBe("could_not");
  });

  test("closes the total with any assignment, to the hundredth", () => {
    expect(couldMeet([gap(ALL, 1000)], [999, 1])).toBe("could");
    expect(couldMeet([gap(ALL, 1001)], [999, 1])).toBe("could_not");
  });

  test("does not split a record over two groups", () => {
    const gaps = [gap(PROFESSIONAL, 1200), gap(COMMON, 1800)];
    expect(couldMeet(gaps, [6000])).toBe("could_not");
    expect(couldMeet(gaps, [1200, 1800])).toBe("could");
    expect(couldMeet(gaps, [1199, 1801])).toBe("could_not");
    expect(couldMeet(gaps, [1500, 1500])).toBe("could_not");
  });

  test("gives a record of either common subject to their group, but not to both subjects", () => {
    expect(couldMeet([gap(COMMON, 1800), gap(INDUSTRY, 600)], [1800])).toBe("could");
    expect(couldMeet([gap(GENERAL, 1200), gap(INDUSTRY, 600)], [1800])).toBe("could_not");
    expect(couldMeet([gap(GENERAL, 1200), gap(INDUSTRY, 600)], [600, 1200])).toBe("could");
  });

  test("asks the larger of two gaps over one group", () => {
    expect(couldMeet([gap(COMMON, 100), gap(COMMON, 300), gap(PROFESSIONAL, 100)], [100, 200])).toBe("could_not");
    expect(couldMeet([gap(COMMON, 300), gap(COMMON, 100), gap(PROFESSIONAL, 100)], [100, 300])).toBe("could");
  });

  test("keeps the better of two ways to the same needs of the other groups", () => {
    expect(couldMeet([gap(GENERAL, 5), gap(PROFESSIONAL, 2), gap(INDUSTRY, 2)], [2, 5, 3])).toBe("could");
  });

  test("finds the one exact sharing-out among many records of odd hundredths", () => {
    const toProfessional = [311, 127, 953, 71, 619, 233, 47, 839];
    const toCommon = [541, 89, 367, 443, 151, 19];
    const gaps = [gap(PROFESSIONAL, sum(toProfessional)), gap(COMMON, sum(toCommon))];
    expect(couldMeet(gaps, [...toCommon, ...toProfessional])).toBe("could");
    expect(couldMeet(gaps, [...toCommon.slice(1), ...toProfessional, 540])).toBe("could_not");
  });

  test("leaves the question open beyond the bound of records, but only where a search is needed", () => {
    const many = new Array<number>(UNCLASSIFIED_RECORDS_MAX + 1).fill(10);
    const gaps = [gap(PROFESSIONAL, 100), gap(COMMON, 100)];
    expect(couldMeet(gaps, many)).toBe("undecided");
    expect(couldMeet(gaps, many.slice(1))).toBe("could");
    expect(couldMeet([gap(ALL, 100)], many)).toBe("could");
    expect(couldMeet([gap(COMMON, 100)], many)).toBe("could");
    expect(couldMeet([gap(PROFESSIONAL, 100), gap(COMMON, sum(many) + 1)], many)).toBe("could_not");
  });

  test("leaves the question open beyond the bound of states, in whatever order the records come", () => {
    const hours = Array.from({ length: 60 }, (_, index) => 997 + ((index * 7919) % 1009));
    const gaps = [gap(PROFESSIONAL, 20_000), gap(INDUSTRY, 20_001), gap(GENERAL, 20_002), gap(COMMON, 40_004)];
    expect(couldMeet(gaps, hours)).toBe("undecided");
    expect(couldMeet(gaps, hours.toReversed())).toBe("undecided");
  });

  test("decides a floor of 36 hours beside a large one exactly at the bound of records", () => {
    const hours = Array.from({ length: UNCLASSIFIED_RECORDS_MAX }, (_, index) => 2 * (1 + ((index * 37) % 60)));
    hours[0] = 101;
    const rest = sum(hours) - 3600;
    expect(couldMeet([gap(COMMON, 3600), gap(PROFESSIONAL, rest)], hours)).toBe("could");
    expect(couldMeet([gap(COMMON, 3600), gap(PROFESSIONAL, rest + 1)], hours)).toBe("could_not");
  });
});

function sum(hundredths: readonly number[]): number {
  return hundredths.reduce((total, each) => total + each, 0);
}
