import type {
  AnsweredRule,
  Declaration,
  LocalDate,
  PersonFact,
  ProjectedRecord,
  RuleSet,
  Selection,
  VerdictInput,
} from "@xueshi/domain";
import { loadRulebook } from "@xueshi/rulebook";
import fc from "fast-check";

const NOW_MS = Date.parse("2040-01-05T00:00:00Z");
const DAY_MS = 86_400_000;

/** One answered row of the rulebook, and the year in which it is asked. */
export interface AskedRow {
  readonly ruleSet: RuleSet;
  readonly row: AnsweredRule;
}

const activated = loadRulebook().files.map(({ ruleSet, digest }) => ({ ruleSet, digest, activatedAtMs: 0 }));

/** Every answered row of every rule file. */
export const ASKED_ROWS: readonly AskedRow[] = activated.flatMap(({ ruleSet }) =>
  ruleSet.declarations.flatMap((row) => (row.answer === "requirements" ? [{ ruleSet, row }] : [])),
);

/** A question about one row with a random ledger of up to `recordsMax` records. */
export function randomQuestions({ ruleSet, row }: AskedRow, recordsMax: number): fc.Arbitrary<VerdictInput> {
  const { from, until } = ruleSet.years;
  return fc.integer({ min: from, max: Math.min(until, from + 3) }).chain((year) =>
    fc
      .record({
        declaration: declarations(ruleSet, row, year),
        asOf: days(year, 0, 400),
        records: fc.array(records(ruleSet, row, year), { maxLength: recordsMax }),
      })
      .map(({ declaration, asOf, records: list }) => ({
        declaration,
        asOf,
        knownAtMs: NOW_MS,
        nowMs: NOW_MS,
        declaredNameDigest: null,
        person: {
          records: list.map((record, index) => ({ ...record, recordKey: `key-${index}`, recordId: `r${index}` })),
          nameDigest: null,
          sequence: list.length,
          head: "head",
        },
        freshness: platformsOf(ruleSet).map((platform) => ({ platform, completeUntilMs: NOW_MS, partialSince: false })),
        ruleSets: activated,
      })),
  );
}

function declarations(ruleSet: RuleSet, { when, grants }: AnsweredRule, year: number): fc.Arbitrary<Declaration> {
  const date = days(year, -2000, 300);
  const grant = fc.record({
    code: fc.constantFrom(...grants.map(({ code }) => code), "unknown_grant"),
    year: fc.integer({ min: year - 4, max: year }),
    document: fc.constant("document"),
  });
  return fc.record({
    place: fc.constant(ruleSet.place),
    year: fc.constant(year),
    kind: fc.constant(when.kind),
    level: fc.constant(when.levels?.[0] ?? null),
    series: fc.constant(when.series?.[0] ?? "economics"),
    education: fc.constant(when.educations?.[0] ?? "college"),
    facts: fc.record({
      qualified_on: date,
      title_obtained_on: date,
      cycle_started_on: date,
    } satisfies Record<PersonFact, fc.Arbitrary<LocalDate>>),
    grants: fc.array(grant, { maxLength: 2 }),
  });
}

function records(ruleSet: RuleSet, row: AnsweredRule, year: number): fc.Arbitrary<ProjectedRecord> {
  const platforms = platformsOf(ruleSet);
  const pathways = [...new Set(selectionsOf(row).flatMap(({ pathways: named }) => named ?? []))];
  const halves = fc.integer({ min: 1, max: 120 }).map((count) => count * 50);
  return fc
    .record({
      state: fc.constantFrom("registered", "registered", "registered", "registered", "duplicate", "withdrawn"),
      hoursHundredths: fc.oneof(halves, fc.integer({ min: 1, max: 9000 })),
      subject: fc.constantFrom(...ruleSet.subjects, ...ruleSet.subjects, "group_b"),
      obtainedOn: days(year, -2200, 365),
      pathway: fc.constantFrom(null, "face-to-face", ...pathways, ...pathways),
      assessedAfterDays: fc.constantFrom(null, 0, 5, 7, 8),
      platform: fc.constantFrom(...platforms, ...platforms, "elsewhere"),
    })
    .map(({ assessedAfterDays, ...fields }): ProjectedRecord => {
      const { obtainedOn } = fields;
      return {
        ...fields,
        state: fields.state as ProjectedRecord["state"],
        recordKey: "",
        slot: "",
        recordId: "",
        source: fields.platform,
        code: null,
        attributedYear: Number(obtainedOn.slice(0, 4)),
        recognition: "as-registered",
        assessedOn: assessedAfterDays === null ? null : dayAt(Date.parse(obtainedOn) + assessedAfterDays * DAY_MS),
        flags: "",
        updateTimeMs: 1,
      };
    });
}

function selectionsOf({ requirements, caps, gates, carryOver }: AnsweredRule): readonly Selection[] {
  return [...requirements, ...caps, ...gates, ...(carryOver === null ? [] : [carryOver])];
}

function platformsOf({ authorities }: RuleSet): string[] {
  return [...new Set(authorities.flatMap(({ platforms }) => platforms))];
}

/** A day counted from the first of January of a year. */
function days(year: number, from: number, until: number): fc.Arbitrary<LocalDate> {
  return fc.integer({ min: from, max: until }).map((day) => dayAt(Date.UTC(year, 0, 1) + day * DAY_MS));
}

function dayAt(ms: number): LocalDate {
  return new Date(ms).toISOString().slice(0, 10) as LocalDate;
}
