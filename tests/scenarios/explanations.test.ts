import {
  asHours,
  decideVerdict,
  findMissingHours,
  type HypotheticalHours,
  type MissingItem,
  type Verdict,
  type VerdictInput,
} from "@xueshi/domain";
import { brokenPromises } from "@xueshi/rulebook/scenarios";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ASKED_ROWS, type AskedRow, randomQuestions } from "./random-ledgers.ts";

const RUNS = 120;
const name = ({ ruleSet, row }: AskedRow): string => `${ruleSet.id} ${row.id}`;

/** What the random ledgers came to, so that a test whose cases never arise cannot pass. */
const seen = { missing: 0, leastKnown: 0, partly: 0 };

afterAll(() => {
  expect(Math.min(seen.missing, seen.leastKnown)).toBeGreaterThan(50);
  expect(seen.partly).toBeGreaterThan(3);
});

describe.each(ASKED_ROWS.map((asked) => [name(asked), asked] as const))("%s", (_, asked) => {
  test("explains every record, and the parts add up exactly to the numbers shown", () => {
    fc.assert(
      fc.property(randomQuestions(asked, 25), (question) => {
        const verdict = decideVerdict(question);
        expect(brokenPromises(verdict)).toEqual([]);
        const listed = [...verdict.counted, ...verdict.uncounted].map(({ recordId }) => recordId).sort();
        expect(listed).toEqual(question.person.records.map(({ recordId }) => recordId).sort());
        for (const { hoursHundredths, ofHundredths, code, byRule } of verdict.counted) {
          expect(hoursHundredths).toBeGreaterThan(0);
          expect(hoursHundredths).toBeLessThanOrEqual(ofHundredths);
          if (hoursHundredths < ofHundredths) seen.partly += 1;
          expect(hoursHundredths < ofHundredths).toBe(code !== null && byRule !== null);
        }
        for (const { year, totalHundredths, hundredthsBySubject } of verdict.years) {
          const counted = verdict.counted.filter(({ attributedYear }) => attributedYear === year);
          expect(sum(counted.map(({ hoursHundredths }) => hoursHundredths))).toBe(totalHundredths);
          expect(sum(hundredthsBySubject)).toBe(totalHundredths);
        }
        for (const { rule, countedHundredths } of verdict.caps) {
          if (rule.per === "window") expect(countedHundredths).toBeLessThanOrEqual(rule.mostHundredths);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("says the least hours that are missing: with them it is met, with a hundredth less it is not", () => {
    fc.assert(
      fc.property(randomQuestions(asked, 12), (question) => {
        const missing = findMissingHours(question);
        const verdict = decideVerdict(question);
        if (missing === null || !missing.isPossible) return;
        expect(missing.totalHundredths).toBe(sum(missing.items.map(({ hoursHundredths }) => hoursHundredths)));
        expect(meets(question, missing.items)).toBe(true);
        missing.items.forEach((item, index) => {
          const less = missing.items.with(index, { ...item, hoursHundredths: item.hoursHundredths - 1 });
          expect(meets(question, less)).toBe(false);
        });
        seen.missing += 1;
        const least = leastOfDisjointFloors(question, verdict);
        if (least !== null) expect(missing.totalHundredths).toBe(least);
      }),
      { numRuns: RUNS },
    );
  });
});

/** Feeds hours back as hypothetical ones, asked at the end of the window, and without what is obtained after `asOf`. */
function meets(question: VerdictInput, items: readonly MissingItem[]): boolean {
  const hypothetical: HypotheticalHours[] = items.filter(({ hoursHundredths }) => hoursHundredths > 0).flatMap(asHours);
  const records = question.person.records
    .filter(({ obtainedOn }) => (obtainedOn ?? "") <= question.asOf)
    .map((record) => ((record.assessedOn ?? "") > question.asOf ? { ...record, assessedOn: null } : record));
  const asOf = [question.asOf, ...items.map(({ from }) => from)].sort().at(-1) ?? question.asOf;
  const verdict = decideVerdict({ ...question, hypothetical, asOf, person: { ...question.person, records } });
  return isMet(verdict);
}

/**
 * The least by arithmetic, where all that is asked are floors over the window of groups without a subject in common, and
 * one over all subjects: what the groups lack together, or what the total lacks. Null for every other row.
 */
function leastOfDisjointFloors(
  { asOf }: VerdictInput,
  { requirements, caps, window, uncounted }: Verdict,
): number | null {
  const groups = requirements.flatMap(({ rule }) => (rule.subjects === "all" ? [] : rule.subjects));
  const isPlain = requirements.every(
    ({ rule }) => rule.kind === "floor" && rule.span === undefined && rule.pathways === undefined,
  );
  const isOfToday = asOf === window?.until || uncounted.every(({ code }) => code !== "after_as_of");
  if (!isPlain || !isOfToday || caps.length > 0 || groups.length > new Set(groups).size) return null;
  if (uncounted.some(({ code }) => code === "not_assessed")) return null;
  seen.leastKnown += 1;
  const lacking = requirements.filter(({ rule }) => rule.subjects !== "all").map(({ gapHundredths }) => gapHundredths);
  const total = requirements.find(({ rule }) => rule.subjects === "all")?.gapHundredths ?? 0;
  return Math.max(total, sum(lacking));
}

function isMet({ requirements }: Verdict): boolean {
  return requirements.length > 0 && requirements.every(({ outcome }) => outcome === "met");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
