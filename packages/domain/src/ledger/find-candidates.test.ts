import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { LocalDate } from "../values/local-date.ts";
import { type CandidateRecord, findCandidates } from "./find-candidates.ts";

const LIMITS = { daysMax: 7, scoreMin: 60 };
const record = (recordKey: string, changes: Partial<CandidateRecord> = {}): CandidateRecord => ({
  ...{ recordKey, recordId: recordKey, source: recordKey, platform: "quzhou-city", hoursHundredths: 800 },
  ...{ subject: "professional", obtainedOn: "2020-03-01" as LocalDate, title: "土地整治与生态修复技术" },
  ...changes,
});
const found = (changes: Partial<CandidateRecord>, limits: Partial<typeof LIMITS> = {}) =>
  findCandidates([record("a"), record("b", changes)], { ...LIMITS, ...limits })[0] ?? null;

describe("two records are likely one achievement", () => {
  test.each<[string, Partial<CandidateRecord>, object]>([
    [
      "with equal titles on other days",
      { obtainedOn: "2020-03-04" as LocalDate },
      { score: 97, titleSimilarity: 100, daysApart: 3 },
    ],
    ["with a character more", { title: "土地整治与生态修复新技术" }, { score: 85, titleSimilarity: 85, daysApart: 0 }],
    [
      "whatever stands between the characters, and in what width",
      { title: "《土地整治》与 生态修复技术。" },
      { score: 100, titleSimilarity: 100 },
    ],
    [
      "with another number, less likely",
      { title: "土地整治与生态修复技术2" },
      { score: 75, titleSimilarity: 95, numbersDiffer: true },
    ],
    ["with another subject, less likely", { subject: "general_common" }, { score: 90, subjectsDiffer: true }],
  ])("%s", (_what, changes, expected) => expect(found(changes)).toMatchObject(expected));

  test.each<[string, Partial<CandidateRecord>]>([
    ["of one source", { source: "a" }],
    ["on another platform of record", { platform: "zj-industry" }],
    ["with other hours", { hoursHundredths: 801 }],
    ["with hours that nobody knows", { hoursHundredths: null }],
    ["eight days apart", { obtainedOn: "2020-03-09" as LocalDate }],
    ["without a date", { obtainedOn: null }],
    ["without a title", { title: "——" }],
    ["with another title", { title: "安全生产" }],
    ["with a title below the least score", { title: "土地整治与其他内容" }],
  ])("not %s", (_what, changes) => expect(found(changes)).toBeNull());

  it("at the very limits", () => {
    expect(found({ obtainedOn: "2020-03-08" as LocalDate })).toMatchObject({ daysApart: 7, score: 93 });
    expect(found({ obtainedOn: "2020-02-29" as LocalDate }, { daysMax: 1, scoreMin: 99 })).toMatchObject({ score: 99 });
    expect(found({ obtainedOn: "2020-02-29" as LocalDate }, { daysMax: 1, scoreMin: 100 })).toBeNull();
  });

  it("never with titles of one character that differ, which have no pairs", () => {
    const one = (title: string) => record(title, { title });
    expect(findCandidates([one("甲"), one("乙")], { ...LIMITS, scoreMin: 0 })).toMatchObject([{ score: 0 }]);
    expect(findCandidates([record("x", { title: "甲" }), record("y", { title: "甲" })], LIMITS)).toMatchObject([
      { score: 100 },
    ]);
  });
});

test("candidates do not depend on the order of the records, and the measure goes both ways", () => {
  const titles = fc.stringMatching(/^[土地整治技术0-9]{1,8}$/);
  const records = fc.array(titles, { maxLength: 6 }).map((all) => all.map((title, at) => record(`r${at}`, { title })));
  fc.assert(
    fc.property(records, (all) => {
      const candidates = findCandidates(all, { daysMax: 0, scoreMin: 30 });
      expect(findCandidates(all.toReversed(), { daysMax: 0, scoreMin: 30 })).toEqual(candidates);
      for (const { records: pair, score, titleSimilarity } of candidates) {
        expect(score).toBeLessThanOrEqual(titleSimilarity);
        const [left, right] = pair;
        const turned = findCandidates([{ ...left, recordKey: "z" }, right], { daysMax: 0, scoreMin: 0 })[0];
        expect(turned?.titleSimilarity).toBe(titleSimilarity);
      }
    }),
  );
});
