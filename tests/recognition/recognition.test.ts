import { type Activity, type LocalDate, recogniseActivities, totalsOf } from "@xueshi/domain";
import { describe, expect, test } from "vitest";
import { readCaseFiles } from "./case-file.ts";
import { describeCase, expectedOf } from "./describe-recognition.ts";
import { readRuleSets } from "./rule-sets.ts";

const ruleSets = readRuleSets();

for (const { file, topic, cases } of readCaseFiles(import.meta.dirname)) {
  describe(`${file}: ${topic}`, () => {
    test.each(cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
      expect(describeCase(each, ruleSets)).toEqual(expectedOf(each));
    });

    test("names its cases apart", () => {
      const names = cases.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
    });
  });
}

describe("one invention patent under two rule sets", () => {
  const patent: Activity = {
    id: "p1",
    conversion: "patent-invention",
    quantityHundredths: 100,
    daysHundredths: null,
    level: null,
    rank: null,
    title: "一种装置",
    achievementKey: "device",
    completedOn: "2026-05-10" as LocalDate,
    attributedYear: 2026,
    subject: "professional",
  };
  const [hangzhou = [], research = []] = ["hangzhou", "natural-science-research"].map((id) =>
    ruleSets.filter((ruleSet) => ruleSet.id === id).flatMap((ruleSet) => recogniseActivities(ruleSet, [patent])),
  );

  test("is 90 under one and 20 under the other, and no total adds the two", () => {
    const totals = totalsOf([...hangzhou, ...research]).map(({ ruleSetId, year, subject, recognisedHundredths }) => {
      return [ruleSetId, year, subject, recognisedHundredths];
    });
    expect(totals).toEqual([
      ["hangzhou", 2026, "professional", 9000],
      ["natural-science-research", 2026, "professional", 2000],
    ]);
  });

  test("two versions of one rule set are not added either", () => {
    const next = hangzhou.map((each) => ({ ...each, ruleSetVersion: "2" }));
    expect(totalsOf([...next, ...hangzhou]).map((total) => [total.ruleSetVersion, total.recognisedHundredths])).toEqual(
      [
        ["1", 9000],
        ["2", 9000],
      ],
    );
  });

  test("every step says where its number stands and how sure that is", () => {
    const steps = [...hangzhou, ...research].flatMap(({ trace }) => trace);
    expect(steps.map(({ step, citation, provenance }) => [step, citation.clause, provenance])).toEqual([
      ["conversion", "未见", "second_hand"],
      ["conversion", "B类途径", "second_hand"],
      ["cap", "B类途径", "second_hand"],
    ]);
  });
});
