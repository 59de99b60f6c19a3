import type { RuleSet } from "@xueshi/domain";
import { expect, test } from "vitest";
import { compareRuleSets } from "./compare-rule-sets.ts";
import { loadRulebook } from "./load-rulebook.ts";
import { parseRuleSet } from "./parse-rule-set.ts";

const TEXT = `
id: demo-2026
version: "1"
place: demo
years: { from: 2026, until: 2026 }
title: demo
citation: &text { document: notice, clause: one }
provenance: notice
publishedOn: 2026-01-01
lastVerifiedOn: 2026-01-02
declarations:
  - id: annual-duty
    when: { kind: annual-duty }
    title: annual duty
    answer: requirements
    windowYears: 2
    citation: *text
    provenance: notice
    requirements:
      - { id: total, kind: floor, subjects: all, hours: 90, citation: *text, provenance: notice }
      - { id: professional, kind: floor, subjects: [professional], hours: 60, citation: *text, provenance: notice }
    caps:
      - { id: year, subjects: all, per: year, hours: 40, citation: *text, provenance: notice }
  - { id: senior, title: senior, when: { kind: review, levels: [senior] }, answer: delegated, delegatedTo: others, citation: *text, provenance: notice }
authorities:
  - { series: [health, teaching], mode: not_connected, platforms: [], citation: *text, provenance: notice }
  - { series: "*", mode: city, platforms: [demo-city], citation: *text, provenance: notice }
sources: []
freshness:
  - { platform: "*", maxAgeHours: 48, citation: *text, provenance: notice }
`;

const changesOf = (from: string, to: string, text = TEXT) =>
  compareRuleSets(parseRuleSet(text), parseRuleSet(text.replace(from, to)));
const row = (...names: string[]) => ["declarations", "annual-duty", ...names];

test("finds nothing between a rule set and itself, for every file of the rulebook", () => {
  for (const { text } of loadRulebook().files) {
    expect(compareRuleSets(parseRuleSet(text), parseRuleSet(text))).toEqual([]);
  }
});

test("does not see comments, the order of keys and the form in which a value is written", () => {
  expect(changesOf("subjects: all, hours: 90", "hours: 90.0, subjects: all", `# another comment\n${TEXT}`)).toEqual([]);
});

test.each([
  ["hours: 90", "hours: 100", row("requirements", "total", "needHundredths"), 9_000, 10_000],
  ["hours: 40", "hours: 30", row("caps", "year", "mostHundredths"), 4_000, 3_000],
  ['version: "1"', 'version: "2"', ["version"], "1", "2"],
  ["until: 2026 }", "until: 2027 }", ["years"], { from: 2026, until: 2026 }, { from: 2026, until: 2027 }],
  ["maxAgeHours: 48", "maxAgeHours: 24", ["maxAgeHours", "*"], 48, 24],
  [
    "subjects: [professional]",
    "subjects: all",
    row("requirements", "professional", "subjects"),
    ["professional"],
    "all",
  ],
])("says where a value is another: %s becomes %s", (from, to, path, before, after) => {
  expect(changesOf(from, to)).toEqual([{ path, kind: "changed", before, after }]);
});

test("reads a window, a citation and a match as one value", () => {
  const changes = changesOf("windowYears: 2", "windowYears: 3");
  expect(changes).toEqual([
    {
      path: row("window"),
      kind: "changed",
      before: { kind: "years", count: 2, endsYearsBefore: 0 },
      after: { kind: "years", count: 3, endsYearsBefore: 0 },
    },
  ]);
  const cited = changesOf("hours: 90, citation: *text", "hours: 90, citation: { document: notice, clause: two }");
  expect(cited).toMatchObject([{ path: row("requirements", "total", "citation"), after: { clause: "two" } }]);
  expect(changesOf("levels: [senior]", "levels: [full-senior]")).toMatchObject([
    { path: ["declarations", "senior", "when"], kind: "changed" },
  ]);
});

test("names what came and what went", () => {
  const quote = changesOf("hours: 90, ", "hours: 90, quote: at least 90, ");
  expect(quote).toEqual([
    { path: row("requirements", "total", "quote"), kind: "added", before: null, after: "at least 90" },
  ]);
  const value = changesOf(/ {6}- \{ id: professional.*\n/.exec(TEXT)?.[0] ?? "", "");
  expect(value).toMatchObject([
    { path: row("requirements", "professional"), kind: "removed", before: { needHundredths: 6_000 }, after: null },
  ]);
  const cap = changesOf(/ {4}caps:\n.*\n/.exec(TEXT)?.[0] ?? "", "");
  expect(cap).toMatchObject([{ path: row("caps", "year"), kind: "removed" }]);
});

test("takes a row that answers otherwise, and a value of another kind, as another whole", () => {
  const share = "kind: ratio, subjects: [professional], of: { subjects: all }, numerator: 2, denominator: 3";
  expect(changesOf("kind: floor, subjects: [professional], hours: 60", share)).toMatchObject([
    { path: row("requirements", "professional"), kind: "changed", before: { kind: "floor" }, after: { kind: "ratio" } },
  ]);
  const answered = TEXT.replace(
    "answer: delegated, delegatedTo: others",
    "answer: requirements, windowYears: 1, requirements: [{ id: total, kind: floor, subjects: all, hours: 1, citation: *text, provenance: notice }]",
  );
  expect(compareRuleSets(parseRuleSet(TEXT), parseRuleSet(answered))).toMatchObject([
    { path: ["declarations", "senior"], before: { answer: "delegated" }, after: { answer: "requirements" } },
  ]);
});

test("follows each series to its platform of record", () => {
  const changes = changesOf("[health, teaching]", "[health]");
  expect(changes).toMatchObject([{ path: ["authorities", "teaching"], kind: "removed" }]);
  expect(changesOf("platforms: [demo-city]", "platforms: [other-city]")).toEqual([
    { path: ["authorities", "*", "platforms"], kind: "changed", before: ["demo-city"], after: ["other-city"] },
  ]);
});

test("says when rows, of which the first that matches answers, stand in another order", () => {
  const before = parseRuleSet(TEXT);
  const after: RuleSet = { ...before, declarations: before.declarations.toReversed() };
  expect(compareRuleSets(before, after)).toEqual([
    {
      path: ["declarations", "order"],
      kind: "changed",
      before: ["annual-duty", "senior"],
      after: ["senior", "annual-duty"],
    },
  ]);
});
