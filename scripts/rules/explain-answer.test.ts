import { loadRulebook } from "@xueshi/rulebook";
import { expect, test } from "vitest";
import { answerWords } from "./answer-words.ts";
import { readExplainRequest } from "./explain-answer.ts";
import { findAnswer } from "./find-answer.ts";
import { WrongUsage } from "./verb.ts";

const ruleSets = loadRulebook().files.map(({ ruleSet, digest }) => ({ ruleSet, digest, activatedAtMs: 1_000 }));
const answerTo = (line: string, knownAtMs = 1_000) =>
  findAnswer(ruleSets, { ...readExplainRequest(line.split(" ")).question, knownAtMs });
const wordsOf = (line: string, language: "zh-CN" | "en") =>
  answerWords(answerTo(line), { language, paint: (_, text) => text }).join("\n");

test("reads place, year and kind, and the end of the year as the day of the check", () => {
  const request = readExplainRequest(["quzhou", "2020", "review", "--level", "junior", "--qualified-on", "2018-07-01"]);
  expect(request.question).toEqual({
    declaration: {
      place: "quzhou",
      year: 2020,
      kind: "review",
      level: "junior",
      series: "",
      education: null,
      facts: { qualified_on: "2018-07-01" },
    },
    asOf: "2020-12-31",
  });
});

test.each([
  ["quzhou 2020", "three arguments"],
  ["quzhou 2020 review senior", "three arguments"],
  ["quzhou 20 review", "year is a year from 1990"],
  ["quzhou 2020 party", 'kind cannot be "party"'],
  ["quzhou 2020 review --level low", '--level cannot be "low"; it is one of: junior'],
  ["quzhou 2020 review --series magic", '--series cannot be "magic"'],
  ["quzhou 2020 review --on 2020-02-30", "--on is a date"],
])("refuses %s with a sentence", (line, message) => {
  expect(() => readExplainRequest(line.split(" "))).toThrow(WrongUsage);
  expect(() => readExplainRequest(line.split(" "))).toThrow(message);
});

test("shows each value with its layer, and what of farther layers it took the place of", () => {
  const answer = answerTo("zhejiang 2026 annual-duty --series natural-science-research");
  expect(answer).toMatchObject({
    answer: "requirements",
    ruleSet: { id: "zhejiang-natural-science-research-2026", layer: "series" },
    windowYears: { years: [2026], from: "2026-01-01", until: "2026-12-31" },
    requirements: [
      {
        rule: { id: "total", needHundredths: 9_000 },
        overrode: [
          { ruleSet: "zhejiang-2016", rule: { publishedOn: "2016-01-01" } },
          { ruleSet: "china-2016", rule: { citation: { document: "人社部令第25号(2015)" } } },
        ],
      },
      { rule: { id: "professional", publishedOn: "2016-01-01" }, ruleSet: "zhejiang-2016", layer: "province" },
      { rule: { id: "common" }, overrode: [] },
    ],
  });
});

test("works out what a declaration needs where some of its years need otherwise", () => {
  const line = "singapore 2021 registration-renewal --series surveying";
  expect(answerTo(line)).toMatchObject({ requirements: [{ needHundredths: 6_000, rule: { needHundredths: 4_000 } }] });
  expect(wordsOf(line, "zh-CN")).toContain("本申报须有：60");
  expect(wordsOf(line, "en")).toContain("except: waived in 2020");
});

test("asks for the fact that tells the window", () => {
  const line = "poland 2026 registration-renewal --series medical-practice";
  expect(answerTo(line)).toMatchObject({ factNotGiven: "cycle_started_on", windowYears: null });
  expect(wordsOf(line, "en")).toContain("give --cycle-started-on DATE");
  expect(answerTo(`${line} --cycle-started-on 2024-03-01`)).toMatchObject({
    factNotGiven: null,
    windowYears: { from: "2024-03-01", until: "2028-02-29" },
    caps: [{ id: "conference_period" }, { id: "conference_year" }, { id: "conference_item" }],
  });
});

test.each([
  ["mars 2020 review --level junior", "place_without_rules", "the place has no rule set; these have: canada"],
  ["quzhou 1999 review --level junior", "year_without_rules", "quzhou-2020 (2020)"],
  ["quzhou 2020 registration-renewal", "no_row", "no row is for this kind"],
  ["singapore 2021 registration-renewal", "no_row", "(renewal) are for another level, series or education"],
  ["quzhou 2020 review", "level_not_given", "give --level"],
  ["quzhou 2020 review --level junior", "education_not_given", "give --education"],
])("says why nothing answers %s", (line, why, words) => {
  expect(answerTo(line)).toMatchObject({ answer: "nothing", why });
  expect(wordsOf(line, "en")).toContain(words);
});

test("says when a rule set was not known yet, and whom a row leaves the answer to", () => {
  expect(answerTo("quzhou 2020 annual-duty", 999)).toMatchObject({
    why: "not_known_yet",
    ruleSets: [{ id: "quzhou-2020", activatedAtMs: 1_000 }],
  });
  expect(answerTo("quzhou 2020 review --level senior")).toMatchObject({
    answer: "delegated",
    delegatedTo: "省厅各主管部门",
  });
  expect(wordsOf("quzhou 2020 review --level senior", "zh-CN")).toContain("由他处规定：省厅各主管部门");
});
