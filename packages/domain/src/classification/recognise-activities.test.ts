import { describe, expect, it } from "vitest";
import { HOURS_HUNDREDTHS_MAX } from "../values/hours.ts";
import type { LocalDate } from "../values/local-date.ts";
import { recogniseActivities } from "./recognise-activities.ts";
import type { Activity } from "./recognised-activity.ts";
import type { Conversion, RecognitionRuleSet } from "./recognition-rule-set.ts";

const cited = { citation: { document: "d", clause: "c" }, provenance: "inferred" } as const;

const course: Conversion = {
  code: "course",
  title: "course",
  pathway: "training",
  subject: null,
  unit: "day",
  hours: { kind: "per_units", givesHundredths: 800, forUnits: 1 },
  rank: null,
  ...cited,
};
const talk: Conversion = { ...course, code: "talk", unit: "hour", hours: { kind: "as_stated" } };
const ruleSet: RecognitionRuleSet = {
  id: "set",
  version: "1",
  title: "set",
  place: "here",
  years: null,
  conversions: [course, talk],
  caps: [{ id: "day", per: "day", mostHundredths: 1250, conversions: ["talk"], ...cited }],
  sameAchievement: cited,
  ...cited,
};

function activity(fields: Partial<Activity>): Activity {
  return {
    id: "a",
    conversion: "course",
    quantityHundredths: 100,
    daysHundredths: null,
    level: null,
    rank: null,
    title: "",
    achievementKey: null,
    completedOn: "2026-01-01" as LocalDate,
    attributedYear: 2026,
    subject: null,
    ...fields,
  };
}

function answer(fields: Partial<Activity>, rules = ruleSet) {
  const [recognised] = recogniseActivities(rules, [activity(fields)]);
  return recognised === undefined ? null : [recognised.code, recognised.valueHundredths];
}

describe("recogniseActivities", () => {
  it.each([0, -100, 1.5, Number.NaN, Number.POSITIVE_INFINITY, HOURS_HUNDREDTHS_MAX + 1])(
    "refuses the quantity %d",
    (quantityHundredths) => {
      expect(answer({ quantityHundredths })).toEqual(["quantity_invalid", 0]);
    },
  );

  it("takes as much as hours can be, and refuses what is beyond", () => {
    const quantityHundredths = HOURS_HUNDREDTHS_MAX / 8;
    expect(answer({ quantityHundredths })).toEqual([null, HOURS_HUNDREDTHS_MAX]);
    expect(answer({ quantityHundredths: quantityHundredths + 1 })).toEqual(["quantity_invalid", 0]);
  });

  it("refuses a product that is no safe integer", () => {
    const hours = { kind: "per_units", givesHundredths: HOURS_HUNDREDTHS_MAX, forUnits: 1 } as const;
    const rules = { ...ruleSet, conversions: [{ ...course, hours }] };
    expect(answer({ quantityHundredths: HOURS_HUNDREDTHS_MAX }, rules)).toEqual(["quantity_invalid", 0]);
  });

  it.each([
    [null, "days_missing"],
    [0, "days_invalid"],
    [-100, "days_invalid"],
    [0.5, "days_invalid"],
    [Number.MAX_SAFE_INTEGER, "days_invalid"],
    [33, "quantity_needs_rounding"],
  ])("refuses the days %s where a cap per day asks", (daysHundredths, code) => {
    expect(answer({ conversion: "talk", daysHundredths })).toEqual([code, 0]);
  });

  it("asks for no days where no cap per day does", () => {
    expect(answer({ daysHundredths: 0 })).toEqual([null, 800]);
  });

  it("answers with the rule set, the year, the pathway and the activity itself", () => {
    const given = activity({ subject: "professional" });
    expect(recogniseActivities(ruleSet, [given])).toEqual([
      {
        ruleSetId: "set",
        ruleSetVersion: "1",
        activity: given,
        valueHundredths: 800,
        recognisedHundredths: 800,
        subject: "professional",
        year: 2026,
        pathway: "training",
        code: null,
        trace: [
          {
            step: "conversion",
            unit: "day",
            givesHundredths: 800,
            forUnits: 1,
            level: null,
            hoursHundredths: 800,
            ...cited,
          },
        ],
      },
    ]);
  });

  it("does not take two activities with one id", () => {
    expect(() => recogniseActivities(ruleSet, [activity({}), activity({})])).toThrow(RangeError);
  });
});
