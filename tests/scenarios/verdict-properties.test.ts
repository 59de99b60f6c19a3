import {
  type Declaration,
  decideVerdict,
  type LocalDate,
  type ProjectedRecord,
  type Subject,
  TITLE_SUBJECTS,
  unclassifiedCouldMeet,
  type Verdict,
} from "@xueshi/domain";
import { loadRulebook } from "@xueshi/rulebook";
import fc from "fast-check";
import { expect, test } from "vitest";

const file = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
if (file === undefined) throw new Error("The rulebook has no rule set quzhou-2020.");
const ruleSets = [{ ruleSet: file.ruleSet, digest: file.digest, activatedAtMs: 0 }];
const NOW_MS = Date.parse("2021-01-05T00:00:00Z");

const halfHours = fc.integer({ min: 1, max: 240 }).map((halves) => halves * 50);
const hundredths = fc.oneof(halfHours, fc.integer({ min: 1, max: 12_000 }));
const dates = fc
  .tuple(fc.integer({ min: 2018, max: 2021 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${year}-${pad(month)}-${pad(day)}` as LocalDate);
const states = fc.constantFrom("registered", "registered", "registered", "not_registered", "duplicate", "withdrawn");

const classified = fc
  .record({
    state: states,
    hoursHundredths: hundredths,
    subject: fc.constantFrom(...TITLE_SUBJECTS),
    attributedYear: fc.integer({ min: 2018, max: 2021 }),
    obtainedOn: dates,
    platform: fc.constantFrom("quzhou-city", "quzhou-city", "zj-industry"),
  })
  .map((fields): Partial<ProjectedRecord> => fields);
const withoutSubject = fc
  .record({ hoursHundredths: hundredths, attributedYear: fc.integer({ min: 2019, max: 2020 }), obtainedOn: dates })
  .map((fields): Partial<ProjectedRecord> => ({ ...fields, state: "unclassified", subject: null }));
const refusedRow = fc
  .record({ code: fc.constantFrom("hours_invalid", "identity_conflict"), updateTimeMs: fc.integer({ min: 0, max: 9 }) })
  .map(({ code, updateTimeMs }): Partial<ProjectedRecord> => ({ state: "refused", slot: "row", code, updateTimeMs }));

const records = fc
  .array(fc.oneof({ weight: 6, arbitrary: classified }, withoutSubject, refusedRow), { maxLength: 25 })
  .map((list) => list.map((fields, index) => projectedRecord(fields, index)));

const declarations = fc.oneof(
  declarationOf("annual-duty", null, "bachelor"),
  declarationOf("review", "intermediate", "college"),
  declarationOf("review", "junior", "bachelor"),
  declarationOf("initial-determination", null, null),
);
const asOfs = fc.constantFrom("2020-06-30" as LocalDate, "2020-12-31" as LocalDate, "2021-12-31" as LocalDate);

test("every record is in one place, and the listed hours add up exactly", () => {
  fc.assert(
    fc.property(declarations, asOfs, records, (declaration, asOf, list) => {
      const verdict = decide(declaration, asOf, list);
      const listed = [...verdict.counted, ...verdict.uncounted].map((record) => record.recordId).sort();
      expect(listed).toEqual(list.map((record) => record.recordId).sort());
      const sum = verdict.counted.reduce((total, record) => total + record.hoursHundredths, 0);
      expect(verdict.years.reduce((total, year) => total + year.totalHundredths, 0)).toBe(sum);
      for (const requirement of verdict.requirements) {
        const group = verdict.counted.filter((record) => inGroup(requirement.rule.subjects, record.subject));
        expect(requirement.haveHundredths).toBe(group.reduce((total, record) => total + record.hoursHundredths, 0));
      }
    }),
    { numRuns: 500 },
  );
});

test("the order in which records were posted changes nothing", () => {
  const shuffled = records.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(declarations, asOfs, shuffled, (declaration, asOf, [list, other]) => {
      expect(decide(declaration, asOf, other)).toEqual(decide(declaration, asOf, list));
    }),
  );
});

test("one registered hour more never takes a met away and never widens a gap", () => {
  fc.assert(
    fc.property(declarations, asOfs, records, classified, (declaration, asOf, list, fields) => {
      const before = decide(declaration, asOf, list);
      const extra = projectedRecord({ ...fields, state: "registered" }, list.length);
      const after = decide(declaration, asOf, [...list, extra]);
      if (before.verdict === "met") expect(after.verdict).toBe("met");
      if (before.verdict === "unknown") expect(after.verdict).not.toBe("not_met");
      before.requirements.forEach((requirement, index) => {
        expect(after.requirements[index]?.gapHundredths).toBeLessThanOrEqual(requirement.gapHundredths);
      });
    }),
    { numRuns: 500 },
  );
});

/** Gives every unclassified record each subject in turn, as registered records, and asks again. */
test("unknown for unclassified hours exactly where some assignment would be met", () => {
  const few = fc.tuple(
    fc.array(classified, { maxLength: 6 }),
    fc.array(withoutSubject, { minLength: 1, maxLength: 5 }),
  );
  let decisive = 0;
  fc.assert(
    fc.property(declarations, asOfs, few, (declaration, asOf, [known, open]) => {
      const knownRecords = known.map((fields, index) => projectedRecord(fields, index));
      const openRecords = open.map((fields, index) => projectedRecord(fields, known.length + index));
      const verdict = decide(declaration, asOf, [...knownRecords, ...openRecords]);
      if (verdict.verdict === "met") return;
      const could = assignments(openRecords.length).some((subjects) => {
        const assigned = openRecords.map(
          (record, index): ProjectedRecord => ({ ...record, state: "registered", subject: subjects[index] ?? null }),
        );
        return decide(declaration, asOf, [...knownRecords, ...assigned]).verdict === "met";
      });
      if (could) decisive += 1;
      expect(verdict.verdict).toBe(could ? "unknown" : "not_met");
      expect(verdict.provisional).toBe(could ? "not_met" : null);
      expect(verdict.reasons.map((reason) => reason.code).includes("unclassified_hours")).toBe(could);
    }),
    { numRuns: 1_000 },
  );
  expect(decisive).toBeGreaterThan(20);
});

test("closing gaps of overlapping groups agrees with trying every assignment", () => {
  const gaps = fc.array(
    fc.record({ mask: fc.integer({ min: 1, max: 7 }), gapHundredths: fc.integer({ min: 1, max: 12 }) }),
    { minLength: 1, maxLength: 5 },
  );
  const hours = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 });
  const answers = { could: 0, could_not: 0, undecided: 0 };
  fc.assert(
    fc.property(gaps, hours, fc.constantFrom(1, 50, 100), (needs, amounts, unit) => {
      const scaled = amounts.map((amount) => amount * unit);
      const wanted = needs.map((need) => ({ ...need, gapHundredths: need.gapHundredths * unit - (unit > 1 ? 7 : 0) }));
      const could = assignments(amounts.length).some((subjects) =>
        wanted.every(({ mask, gapHundredths }) => {
          const served = scaled.filter(
            (_, index) =>
              ((mask >> (TITLE_SUBJECTS as readonly string[]).indexOf(subjects[index] ?? "professional")) & 1) === 1,
          );
          return served.reduce((sum, amount) => sum + amount, 0) >= gapHundredths;
        }),
      );
      const answer = unclassifiedCouldMeet(wanted, scaled, TITLE_SUBJECTS.length);
      answers[answer] += 1;
      expect(answer).toBe(could ? "could" : "could_not");
    }),
    { numRuns: 3_000 },
  );
  expect(answers.could).toBeGreaterThan(100);
  expect(answers.could_not).toBeGreaterThan(100);
});

function decide(declaration: Declaration, asOf: LocalDate, list: readonly ProjectedRecord[]): Verdict {
  return decideVerdict({
    declaration,
    asOf,
    knownAtMs: NOW_MS,
    nowMs: NOW_MS,
    declaredNameDigest: null,
    person: { records: list, nameDigest: null, sequence: 1, head: "head" },
    freshness: [{ platform: "quzhou-city", completeUntilMs: NOW_MS, partialSince: false }],
    ruleSets,
  });
}

function projectedRecord(fields: Partial<ProjectedRecord>, index: number): ProjectedRecord {
  return {
    recordKey: `key-${index}`,
    slot: "",
    recordId: `r${index}`,
    source: fields.platform ?? "quzhou-city",
    platform: "quzhou-city",
    state: "registered",
    code: null,
    hoursHundredths: null,
    subject: null,
    attributedYear: null,
    obtainedOn: null,
    pathway: null,
    recognition: "as-registered",
    assessedOn: null,
    flags: "",
    updateTimeMs: 1,
    ...fields,
  };
}

function declarationOf(kind: Declaration["kind"], level: Declaration["level"], education: string | null) {
  return fc.constant<Declaration>({ place: "quzhou", year: 2020, kind, level, series: "economics", education });
}

/** Every way to give each of `count` records one of the subjects. */
function assignments(count: number): Subject[][] {
  if (count === 0) return [[]];
  return assignments(count - 1).flatMap((rest) => TITLE_SUBJECTS.map((subject) => [...rest, subject]));
}

function inGroup(subjects: "all" | readonly string[], subject: string): boolean {
  return subjects === "all" || subjects.includes(subject);
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
