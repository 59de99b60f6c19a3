import type { Verdict } from "@xueshi/domain";
import { describe, expect, it } from "vitest";
import { verdictResponseSchema } from "../schemas/verdict.ts";
import { presentVerdict } from "./present-verdict.ts";

const VERDICT_ID = "v".repeat(43);
const citation = { document: "衢市人社专〔2020〕55号", clause: "二(二)" };

const verdict = {
  verdict: "not_met",
  provisional: null,
  reasons: [{ code: "requirement_not_met", detail: { requirement: "common", gap: "35.5" } }],
  declaration: {
    place: "quzhou",
    year: 2020,
    kind: "review",
    level: "intermediate",
    series: "economics",
    education: "bachelor",
  },
  ruleSet: { id: "quzhou-2020", version: "1", digest: "a".repeat(64), citation },
  window: { years: [2019, 2020] },
  authority: { mode: "city", platforms: ["quzhou-city"] },
  requirements: [
    {
      id: "total",
      kind: "floor",
      subjects: "all",
      haveHundredths: 18_000,
      needHundredths: 18_000,
      gapHundredths: 0,
      outcome: "met",
      citation,
    },
    {
      id: "common",
      kind: "floor",
      subjects: ["industry_common", "general_common"],
      haveHundredths: 50,
      needHundredths: 3_600,
      gapHundredths: 3_550,
      outcome: "not_met",
      citation,
    },
  ],
  notices: [{ code: "year_below_annual_duty", year: 2019, haveHundredths: 8_005, needHundredths: 9_000 }],
  years: [
    {
      year: 2019,
      professionalHundredths: 8_005,
      industryCommonHundredths: 0,
      generalCommonHundredths: 50,
      totalHundredths: 8_055,
    },
  ],
  counted: [
    {
      recordId: "QZ-1",
      platform: "quzhou-city",
      source: "demo-training",
      hoursHundredths: 8_005,
      subject: "professional",
      attributedYear: 2019,
      flags: "more_hours_than_days_hold,updated_before_obtained",
    },
  ],
  uncounted: [
    {
      recordId: "GX-1",
      platform: "zj-industry",
      source: "zj-industry",
      hoursHundredths: 800,
      subject: "professional",
      attributedYear: 2020,
      code: "registered_elsewhere",
    },
    {
      recordId: "QZ-2",
      platform: "quzhou-city",
      source: "quzhou-city",
      hoursHundredths: null,
      subject: null,
      attributedYear: null,
      code: "hours_invalid",
    },
  ],
  freshness: [
    { platform: "quzhou-city", completeUntilMs: Date.UTC(2020, 6, 30, 16), state: "fresh" },
    { platform: "zj-industry", completeUntilMs: null, state: "not_yet_known" },
  ],
  asOf: "2020-07-31",
  knownAtMs: Date.UTC(2020, 6, 31, 15, 59, 59, 999),
  cut: { sequence: 12, head: "b".repeat(64), ruleSetDigest: "a".repeat(64), format: 1 },
} as unknown as Verdict;

describe("presentVerdict", () => {
  it("writes the shape of the contract: hours as numbers, instants in Shanghai, messages in Chinese", () => {
    const json = presentVerdict(verdict, "zh-CN");
    expect(json).toMatchObject({
      verdict: "not_met",
      provisional: null,
      reasons: [{ code: "requirement_not_met", message: "学时要求未达到：公需科目还差 35.5 学时。" }],
      ruleSet: { id: "quzhou-2020", version: "1", citation },
      requirements: [
        { id: "total", subjects: "all", have: 180, need: 180, gap: 0, outcome: "met" },
        { id: "common", subjects: ["industry_common", "general_common"], have: 0.5, need: 36, gap: 35.5 },
      ],
      notices: [{ have: 80.05, need: 90, message: "2019 年 80.05 学时，低于年度要求的 90 学时；仅作提示。" }],
      years: [{ year: 2019, professional: 80.05, industryCommon: 0, generalCommon: 0.5, total: 80.55 }],
      counted: [{ hours: 80.05, flags: ["more_hours_than_days_hold", "updated_before_obtained"] }],
      uncounted: [
        { recordId: "GX-1", hours: 8, code: "registered_elsewhere" },
        { recordId: "QZ-2", hours: null, subject: null, code: "hours_invalid" },
      ],
      freshness: [
        { completeUntil: "2020-07-31T00:00:00.000+08:00", state: "fresh" },
        { completeUntil: null, state: "not_yet_known" },
      ],
      asOf: "2020-07-31",
      knownAt: "2020-07-31T23:59:59.999+08:00",
      cut: { sequence: 12, format: 1 },
    });
    expect(Object.keys(json)).not.toContain("id");
    expect(Object.keys(json)).not.toContain("verdictId");
    expect(JSON.stringify(json)).not.toMatch(/\d\.\d{3,}(?!\+)/);
  });

  it.each(["zh-CN", "en"] as const)("is what the contract's schema says, in %s", (language) => {
    const json = presentVerdict(verdict, language, "D-1", VERDICT_ID);
    const parsed = verdictResponseSchema.safeParse(JSON.parse(JSON.stringify(json)));
    expect(parsed.error).toBeUndefined();
    expect(parsed.data).toEqual(json);
    expect(json).toMatchObject({ id: "D-1", verdictId: VERDICT_ID });
  });

  it("changes nothing but messages with the language", () => {
    const without = (json: object): unknown =>
      JSON.parse(JSON.stringify(json), (key, value) => (key === "message" ? "" : value));
    const [zh, en] = [presentVerdict(verdict, "zh-CN"), presentVerdict(verdict, "en")];
    expect(without(zh)).toEqual(without(en));
    expect(en.reasons[0]?.message).toBe("A requirement is not met: common hours, short by 35.5.");
  });

  it("writes an answer without rule set, window and authority", () => {
    const unknown = {
      ...verdict,
      verdict: "unknown",
      reasons: [{ code: "no_rule_in_force", detail: { place: "nowhere", year: "2020" } }],
      ruleSet: null,
      window: null,
      authority: null,
      requirements: [],
      notices: [],
      years: [],
      counted: [],
      uncounted: [],
      freshness: [],
      cut: { sequence: 0, head: "", ruleSetDigest: null, format: 1 },
    } as unknown as Verdict;
    const json = presentVerdict(unknown, "en");
    expect(json.reasons[0]?.message).toBe("No rule set in force is on file for nowhere in 2020.");
    expect(verdictResponseSchema.safeParse(JSON.parse(JSON.stringify(json))).error).toBeUndefined();
  });
});
