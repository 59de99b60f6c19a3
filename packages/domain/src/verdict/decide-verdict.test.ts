import { describe, expect, test } from "vitest";
import type { ProjectedRecord } from "../projection/projected-record.ts";
import type { AnsweredRule, RuleSet } from "../requirement/rule-set.ts";
import type { LocalDate } from "../values/local-date.ts";
import { decideVerdict } from "./decide-verdict.ts";
import type { VerdictInput } from "./verdict-input.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse("2020-12-20T04:00:00Z");
const notice = { document: "notice", clause: "1" };

const annualDuty: AnsweredRule = {
  answer: "requirements",
  id: "annual-duty",
  when: { kind: "annual-duty" },
  window: { kind: "years", count: 1, endsYearsBefore: 0 },
  requirements: [
    { id: "total", kind: "floor", subjects: "all", needHundredths: 1000, citation: notice, provenance: "notice" },
  ],
  notices: [],
  caps: [],
  gates: [],
  carryOver: null,
  start: null,
  grants: [],
  inherits: null,
  citation: { document: "notice", clause: "2" },
  provenance: "notice",
};

const ruleSet: RuleSet = {
  id: "place-2020",
  version: "3",
  place: "place",
  layer: "city",
  subjects: ["professional", "industry_common", "general_common"],
  yearStartsOn: "01-01",
  recognition: "as-registered",
  isDraft: false,
  years: { from: 2020, until: 2020 },
  title: "rules",
  citation: notice,
  provenance: "notice",
  publishedOn: "2020-01-01",
  lastVerifiedOn: "2020-01-01",
  declarations: [annualDuty],
  authorities: [{ series: "*", mode: "city", platforms: ["one", "two"], citation: notice, provenance: "notice" }],
  sources: [],
  maxAgeHours: { "*": 48, two: 24 },
};

function record(fields: Partial<ProjectedRecord>): ProjectedRecord {
  return {
    recordKey: "key",
    slot: "",
    recordId: "r1",
    source: "one",
    platform: "one",
    state: "registered",
    code: null,
    hoursHundredths: 1000,
    subject: "professional",
    attributedYear: 2020,
    obtainedOn: "2020-03-01" as LocalDate,
    pathway: null,
    recognition: "as-registered",
    assessedOn: null,
    flags: "",
    updateTimeMs: 1,
    ...fields,
  };
}

function input(changes: Partial<VerdictInput> = {}, records: readonly ProjectedRecord[] = [record({})]): VerdictInput {
  return {
    declaration: { place: "place", year: 2020, kind: "annual-duty", level: null, series: "any", education: null },
    asOf: "2020-12-31" as LocalDate,
    knownAtMs: NOW_MS,
    nowMs: NOW_MS,
    declaredNameDigest: "digest",
    person: { records, nameDigest: "digest", sequence: 7, head: "head-hash" },
    freshness: [
      { platform: "one", completeUntilMs: NOW_MS, partialSince: false },
      { platform: "two", completeUntilMs: NOW_MS, partialSince: false },
    ],
    ruleSets: [{ ruleSet, digest: "text-digest", activatedAtMs: 0 }],
    ...changes,
  };
}

describe("decideVerdict", () => {
  test("says by what it was decided, and at which cut", () => {
    const verdict = decideVerdict(input());
    expect(verdict.verdict).toBe("met");
    expect(verdict.ruleSet).toEqual({
      id: "place-2020",
      version: "3",
      digest: "text-digest",
      citation: { document: "notice", clause: "2" },
      subjects: ["professional", "industry_common", "general_common"],
      basedOn: [],
    });
    expect(verdict.requirements[0]?.rule.citation).toEqual(notice);
    expect(verdict.cut).toEqual({ sequence: 7, head: "head-hash", ruleSetDigest: "text-digest", format: 2 });
    expect([verdict.asOf, verdict.knownAtMs]).toEqual(["2020-12-31", NOW_MS]);
  });

  test("shows the cut also where it shows nothing of the person", () => {
    const verdict = decideVerdict(input({ declaredNameDigest: "other" }));
    expect(verdict).toMatchObject({ verdict: "unknown", counted: [], uncounted: [], years: [], requirements: [] });
    expect(verdict.cut).toEqual({ sequence: 7, head: "head-hash", ruleSetDigest: null, format: 2 });
  });

  test("answers by the activation that was known, not by the newest", () => {
    const stricter: RuleSet = {
      ...ruleSet,
      declarations: [
        { ...annualDuty, requirements: annualDuty.requirements.map((each) => ({ ...each, needHundredths: 1050 })) },
      ],
    };
    const ruleSets = [
      { ruleSet, digest: "old", activatedAtMs: NOW_MS - 1000 },
      { ruleSet: stricter, digest: "new", activatedAtMs: NOW_MS },
    ];
    const before = decideVerdict(input({ ruleSets, knownAtMs: NOW_MS - 1 }));
    const after = decideVerdict(input({ ruleSets }));
    expect([before.verdict, before.cut.ruleSetDigest]).toEqual(["met", "old"]);
    expect([after.verdict, after.cut.ruleSetDigest]).toEqual(["not_met", "new"]);
    expect(after.reasons).toEqual([{ code: "requirement_not_met", detail: { requirement: "total", gap: "0.5" } }]);
  });

  test("judges each platform of record by its own maximal age", () => {
    const dayOld = NOW_MS - 25 * HOUR_MS;
    const verdict = decideVerdict(
      input({
        freshness: [
          { platform: "one", completeUntilMs: dayOld, partialSince: true },
          { platform: "two", completeUntilMs: dayOld, partialSince: false },
          { platform: "three", completeUntilMs: null, partialSince: false },
        ],
      }),
    );
    expect(verdict.reasons).toEqual([{ code: "source_stale", detail: { platform: "two" } }]);
    expect(verdict.freshness).toEqual([
      { platform: "one", completeUntilMs: dayOld, state: "partial" },
      { platform: "two", completeUntilMs: dayOld, state: "stale" },
    ]);
    expect(verdict.provisional).toBe("met");
  });

  test("takes a platform that nothing is said of as not yet known", () => {
    const verdict = decideVerdict(input({ freshness: [] }));
    expect(verdict.reasons.map((reason) => [reason.code, reason.detail.platform])).toEqual([
      ["source_not_yet_known", "one"],
      ["source_not_yet_known", "two"],
    ]);
  });

  test("lists hours, subject and flags of what counts, by year, source and id", () => {
    const records = [
      record({ recordId: "b", source: "two", platform: "two" }),
      record({ recordId: "c", flags: "more_hours_than_days_hold" }),
      record({ recordId: "a", hoursHundredths: 50, subject: "general_common" }),
    ];
    const verdict = decideVerdict(input({}, records));
    const whole = { toward: ["total"], code: null, byRule: null };
    const common = { platform: "one", source: "one", attributedYear: 2020, ofHundredths: 1000, ...whole };
    expect(verdict.counted).toEqual([
      { ...common, recordId: "a", hoursHundredths: 50, ofHundredths: 50, subject: "general_common", flags: "" },
      { ...common, recordId: "c", hoursHundredths: 1000, subject: "professional", flags: "more_hours_than_days_hold" },
      {
        ...common,
        recordId: "b",
        source: "two",
        platform: "two",
        hoursHundredths: 1000,
        subject: "professional",
        flags: "",
      },
    ]);
    expect(verdict.years).toEqual([
      {
        year: 2020,
        hundredthsBySubject: [2000, 0, 50],
        totalHundredths: 2050,
      },
    ]);
  });

  test("refuses a registered record that lacks what the ledger always posts", () => {
    expect(() => decideVerdict(input({}, [record({ hoursHundredths: null })]))).toThrow("run verify");
    expect(() => decideVerdict(input({}, [record({ subject: null })]))).toThrow("run verify");
  });

  test("leaves what it was given as it was", () => {
    const given = input({}, [record({ recordId: "b" }), record({ recordId: "a" })]);
    const before = structuredCloneOf(given);
    decideVerdict(given);
    expect(given).toEqual(before);
  });

  test("gives the same answer to the same question", () => {
    expect(decideVerdict(input())).toEqual(decideVerdict(input()));
  });
});

function structuredCloneOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}
