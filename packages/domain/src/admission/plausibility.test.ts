import { describe, expect, it, test } from "vitest";
import type { LocalDate } from "../values/local-date.ts";
import {
  flagsOf,
  isHeldAsImplausible,
  PLAUSIBILITY_DEFAULT,
  type PlausibilityRules,
  type PlausibilitySubject,
  withoutHold,
} from "./plausibility.ts";

const day = (text: string) => text as LocalDate;
const at = (text: string) => Date.parse(`${text}T12:00:00+08:00`);
const subject = (changes: Partial<PlausibilitySubject> = {}): PlausibilitySubject => ({
  isFinal: true,
  hoursHundredths: 800,
  obtainedOn: day("2020-03-02"),
  studiedFrom: null,
  studiedUntil: null,
  attributedYear: 2020,
  title: "土地整治",
  updateTimeMs: at("2020-03-02"),
  ...changes,
});
const flags = (changes: Partial<PlausibilitySubject>, rules: Partial<PlausibilityRules> = {}) =>
  flagsOf(subject(changes), { ...PLAUSIBILITY_DEFAULT, ...rules });

describe("training in the future", () => {
  it.each<[string, Partial<PlausibilitySubject>, string]>([
    ["until the day after", { studiedFrom: day("2020-03-01"), studiedUntil: day("2020-03-03") }, "training_in_future"],
    ["until the day itself", { studiedFrom: day("2020-03-01"), studiedUntil: day("2020-03-02") }, ""],
    ["from the day after, no end", { studiedFrom: day("2020-03-03") }, "training_in_future"],
    ["planned in a draft", { isFinal: false, studiedUntil: day("2020-03-09") }, ""],
    ["with an obtained date alone", { obtainedOn: day("2020-03-03") }, "updated_before_obtained"],
  ])("%s", (_what, changes, expected) => expect(flags(changes)).toBe(expected));
});

describe("registered long after the end", () => {
  const studied = { studiedFrom: day("2020-03-01"), studiedUntil: day("2020-03-02") };
  it.each<[string, Partial<PlausibilitySubject>, string]>([
    ["after 90 days", { ...studied, updateTimeMs: at("2020-05-31") }, ""],
    ["after 91 days", { ...studied, updateTimeMs: at("2020-06-01") }, "registered_long_after_end"],
    [
      "by the obtained date",
      { studiedFrom: day("2020-03-01"), updateTimeMs: at("2020-06-01") },
      "registered_long_after_end",
    ],
    ["no day of study is known", { updateTimeMs: at("2025-06-01") }, ""],
    ["a draft", { ...studied, isFinal: false, updateTimeMs: at("2025-06-01") }, ""],
  ])("%s", (_what, changes, expected) => expect(flags(changes)).toBe(expected));
  it("by a source's own number of days", () => {
    expect(flags({ ...studied, updateTimeMs: at("2020-03-13") }, { registeredAfterDaysMax: 10 })).not.toBe("");
    expect(flags({ ...studied, updateTimeMs: at("2020-03-12") }, { registeredAfterDaysMax: 10 })).toBe("");
  });
});

describe("a title that names another year", () => {
  const FLAG = "title_names_other_year";
  it.each([
    ["2020年公需科目", ""],
    ["公需科目2019年度", ""],
    ["2021年度公需科目", ""],
    ["2018年公需科目", FLAG],
    ["2022公需科目", FLAG],
    ["2022-2023年度公需科目", FLAG],
    ["2021-2022年度公需科目", ""],
    ["2018—2022年规划解读", ""],
    ["2022年至2017年", ""],
    ["解读2015年条例与2020年条例", ""],
    ["解读浙人社发〔2016〕61号", ""],
    ["课程编号120170", ""],
    ["课程20185", ""],
    ["公需科目", ""],
    ["1999年公需科目", ""],
  ])("%s", (title, expected) => expect(flags({ title })).toBe(expected));
  it("within a source's own distance", () => {
    expect(flags({ title: "2021年公需科目" }, { titleYearsApartMax: 0 })).toBe(FLAG);
    expect(flags({ title: "2017年公需科目" }, { titleYearsApartMax: 3 })).toBe("");
  });
});

test("a rule that is off says nothing, one that holds is said to", () => {
  const odd = { hoursHundredths: 9_000, studiedFrom: day("2020-03-02"), title: "2016年" };
  expect(flags(odd)).toBe("more_hours_than_days_hold,title_names_other_year");
  expect(flags(odd, { title_names_other_year: "off" })).toBe("more_hours_than_days_hold");
  const held = flags(odd, { title_names_other_year: "hold" });
  expect(held).toBe("more_hours_than_days_hold,title_names_other_year,held_as_implausible");
  expect([isHeldAsImplausible({ flags: held }), isHeldAsImplausible({ flags: flags(odd) })]).toEqual([true, false]);
  expect(withoutHold(held)).toBe(flags(odd));
  // What counts nothing is not held, so that it can take hours back.
  expect(flags({ ...odd, isFinal: false }, { title_names_other_year: "hold" })).toBe(flags(odd));
  expect(flags({}, { title_names_other_year: "hold" })).toBe("");
});
