import {
  type Activity,
  type LocalDate,
  type RecognisedActivity,
  type RecognitionCap,
  type RecognitionRuleSet,
  recogniseActivities,
  TITLE_SUBJECTS,
  totalsOf,
} from "@xueshi/domain";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readRuleSets } from "./rule-sets.ts";

const ruleSets = readRuleSets();
const codes = [...new Set(ruleSets.flatMap(({ conversions }) => conversions.map(({ code }) => code))), "unheard-of"];
const levels = ["national", "provincial", "city", "county", "core", "general", "internal", null];

const days = fc.integer({ min: 1, max: 28 }).map((day) => `2026-05-${String(day).padStart(2, "0")}` as LocalDate);
const amounts = fc.oneof(
  { weight: 4, arbitrary: fc.constant(100) },
  fc.integer({ min: 1, max: 40 }).map((each) => each * 100),
  fc.integer({ min: -1, max: 9_999 }),
);
const fields = fc.record({
  conversion: fc.constantFrom(...codes),
  quantityHundredths: amounts,
  daysHundredths: fc.option(amounts),
  level: fc.constantFrom(...levels),
  rank: fc.option(fc.integer({ min: 0, max: 7 }), { freq: 4 }),
  title: fc.constant(""),
  achievementKey: fc.constantFrom("one", "two", null),
  completedOn: days,
  attributedYear: fc.constantFrom(2024, 2025, 2026, 2026),
  subject: fc.constantFrom(...TITLE_SUBJECTS, null),
});
const lists = fc
  .array(fields, { maxLength: 25 })
  .map((list) => list.map((each, index): Activity => ({ ...each, id: `a${index}` })));

test("the order in which activities are given changes nothing", () => {
  const shuffled = lists.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ruleSets), shuffled, (ruleSet, [list, other]) => {
      expect(recogniseActivities(ruleSet, other)).toEqual(recogniseActivities(ruleSet, list));
    }),
    { numRuns: 300 },
  );
});

test("every activity has one answer, in whole hundredths, of at most its value and with a code where it is less", () => {
  const seen = new Set<string | null>();
  fc.assert(
    fc.property(fc.constantFrom(...ruleSets), lists, (ruleSet, list) => {
      const recognised = recogniseActivities(ruleSet, list);
      expect(recognised.map(({ activity }) => activity.id).sort()).toEqual(list.map(({ id }) => id).sort());
      for (const { recognisedHundredths, valueHundredths, code, trace } of recognised) {
        seen.add(code);
        expect(Number.isSafeInteger(recognisedHundredths) && Number.isSafeInteger(valueHundredths)).toBe(true);
        expect(recognisedHundredths).toBeGreaterThanOrEqual(0);
        expect(recognisedHundredths).toBeLessThanOrEqual(valueHundredths);
        expect(code === null).toBe(recognisedHundredths === valueHundredths && valueHundredths > 0);
        if (code === null || code === "over_cap") expect(trace.at(-1)?.hoursHundredths).toBe(recognisedHundredths);
      }
    }),
    { numRuns: 500 },
  );
  expect([...seen]).toEqual(expect.arrayContaining([null, "over_cap", "duplicate_achievement"]));
});

test("no cap lets more pass than it says", () => {
  let full = 0;
  fc.assert(
    fc.property(fc.constantFrom(...ruleSets), lists, (ruleSet, list) => {
      const recognised = recogniseActivities(ruleSet, list);
      for (const cap of ruleSet.caps) {
        for (const [most, sum] of sumsOf(ruleSet, cap, recognised)) {
          if (sum === most) full += 1;
          expect(sum).toBeLessThanOrEqual(most);
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(full).toBeGreaterThan(20);
});

test("of one achievement one activity counts at most, and none is worth more", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ruleSets), lists, (ruleSet, list) => {
      const recognised = recogniseActivities(ruleSet, list);
      for (const key of ["one", "two"]) {
        const group = recognised.filter(({ activity, valueHundredths }) => {
          return activity.achievementKey === key && valueHundredths > 0;
        });
        const counting = group.filter(({ code }) => code !== "duplicate_achievement");
        expect(counting.length).toBe(Math.min(group.length, 1));
        const most = Math.max(0, ...group.map(({ valueHundredths }) => valueHundredths));
        expect(counting.map(({ valueHundredths }) => valueHundredths)).toEqual(group.length === 0 ? [] : [most]);
      }
    }),
    { numRuns: 300 },
  );
});

test("the parts add up to the totals, and totals of rule sets together are those of each", () => {
  fc.assert(
    fc.property(lists, (list) => {
      const apart = ruleSets.map((ruleSet) => recogniseActivities(ruleSet, list));
      const together = totalsOf(apart.flat());
      expect(together.length).toBe(sum(apart.map((recognised) => totalsOf(recognised).length)));
      expect(together).toEqual(expect.arrayContaining(apart.flatMap(totalsOf)));
      for (const recognised of apart) {
        const id = recognised[0]?.ruleSetId;
        const totals = together.filter(({ ruleSetId }) => ruleSetId === id);
        expect(sum(totals.map((total) => total.recognisedHundredths))).toBe(
          sum(recognised.map((each) => each.recognisedHundredths)),
        );
      }
    }),
    { numRuns: 300 },
  );
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** For every sum that a cap is about: the most that it says, and what was recognised. */
function sumsOf(
  { conversions }: RecognitionRuleSet,
  cap: RecognitionCap,
  recognised: readonly RecognisedActivity[],
): (readonly [most: number, sum: number])[] {
  const groups = new Map<string, RecognisedActivity[]>();
  for (const each of recognised) {
    const { activity, pathway, year, recognisedHundredths } = each;
    if (recognisedHundredths === 0 || pathway === null) continue;
    if (cap.pathways?.includes(pathway) === false || cap.conversions?.includes(activity.conversion) === false) continue;
    const key = { item: activity.id, day: activity.id, "pathway-year": `${pathway} ${year}`, year: String(year) }[
      cap.per
    ];
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => {
    const total = sum(group.map(({ recognisedHundredths }) => recognisedHundredths));
    const [first] = group;
    if (cap.per !== "day" || first === undefined) return [cap.mostHundredths, total];
    const unit = conversions.find(({ code }) => code === first.activity.conversion)?.unit;
    const inDays = { day: first.activity.quantityHundredths, "half-day": first.activity.quantityHundredths / 2 };
    const daysHundredths = unit === "day" || unit === "half-day" ? inDays[unit] : (first.activity.daysHundredths ?? 0);
    return [(cap.mostHundredths * daysHundredths) / 100, total];
  });
}
