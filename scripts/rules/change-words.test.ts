import type { RuleSetChange } from "@xueshi/rulebook";
import { expect, test } from "vitest";
import { changeWords } from "./change-words.ts";

const cited = { citation: { document: "notice", clause: "one" }, provenance: "notice" };
const row = ["declarations", "annual-duty"];

const changes: readonly (readonly [RuleSetChange, string, string])[] = [
  [
    { path: [...row, "requirements", "total", "needHundredths"], kind: "changed", before: 9_000, after: 10_000 },
    "~ 行 annual-duty › 要求 total › 学时：90 → 100",
    "~ row annual-duty › requirement total › hours: 90 → 100",
  ],
  [
    {
      path: [...row, "window"],
      kind: "changed",
      before: { kind: "years", count: 1, endsYearsBefore: 0 },
      after: { kind: "years", count: 4, endsYearsBefore: 1 },
    },
    "~ 行 annual-duty › 时间窗口：申报年度 → 至申报年度的上一年的 4 年",
    "~ row annual-duty › window: the declaration year → 4 years, ending with the year before the declaration year",
  ],
  [
    {
      path: [...row, "requirements", "share"],
      kind: "added",
      before: null,
      after: {
        ...cited,
        id: "share",
        kind: "ratio",
        subjects: ["professional"],
        of: { subjects: "all" },
        numerator: 2,
        denominator: 3,
      },
    },
    "+ 行 annual-duty › 要求 share：专业科目不少于总学时的 2/3，窗口内累计",
    "+ row annual-duty › requirement share: professional hours: at least 2/3 of all hours, over the window as one sum",
  ],
  [
    {
      path: ["declarations", "senior"],
      kind: "removed",
      before: {
        ...cited,
        id: "senior",
        answer: "delegated",
        when: { kind: "review", levels: ["senior"] },
        delegatedTo: "省厅",
        toPlace: null,
      },
      after: null,
    },
    "- 行 senior：职称评审；高级；由省厅规定",
    "- row senior: review for a title; senior; left to 省厅",
  ],
  [
    {
      path: [...row, "caps", "year"],
      kind: "added",
      before: null,
      after: { ...cited, id: "year", subjects: "all", pathways: ["online"], per: "year", mostHundredths: 4_050 },
    },
    "+ 行 annual-duty › 上限 year：总学时（途径 online）每年至多计 40.5 学时",
    "+ row annual-duty › cap year: all hours (by online): at most 40.5 hours count each year",
  ],
  [
    { path: ["authorities", "*", "platforms"], kind: "changed", before: [], after: ["quzhou-city"] },
    "~ 登记平台，系列 其余 › 平台：无 → quzhou-city",
    "~ platform of record, series all others › platforms: none → quzhou-city",
  ],
  [
    { path: ["provenance"], kind: "changed", before: "second_hand", after: "notice" },
    "~ 来源：转引 → 原文",
    "~ provenance: quoted by others → the text itself",
  ],
  [
    { path: ["declarations", "order"], kind: "changed", before: ["a", "b"], after: ["b", "a"] },
    "~ 行 › 先后次序：a、b → b、a",
    "~ row › order: a, b → b, a",
  ],
  [
    { path: ["maxAgeHours", "*"], kind: "changed", before: 48, after: 24 },
    "~ 数据时效，平台 其余：48 → 24",
    "~ freshness, platform all others: 48 → 24",
  ],
];

test.each(changes)("says a change in words: %j", (change, zh, en) => {
  expect(changeWords(change, "zh-CN")).toBe(zh);
  expect(changeWords(change, "en")).toBe(en);
});
