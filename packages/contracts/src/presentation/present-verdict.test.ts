import type { Verdict } from "@xueshi/domain";
import { describe, expect, it } from "vitest";
import { verdictResponseSchema } from "../schemas/verdict.ts";
import { presentVerdict } from "./present-verdict.ts";

const VERDICT_ID = "v".repeat(43);
const citation = { document: "衢市人社专〔2020〕55号", clause: "二(二)" };

const SUBJECTS = ["professional", "industry_common", "general_common"];
const origin = { ruleSet: "quzhou-2020", version: "1", layer: "city", overrode: [] };
const common = { id: "common", subjects: ["industry_common", "general_common"], citation, provenance: "notice" };

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
  ruleSet: { id: "quzhou-2020", version: "1", digest: "a".repeat(64), citation, subjects: SUBJECTS, basedOn: [] },
  window: { years: [2019, 2020], from: "2019-01-01", until: "2020-12-31", changed: [] },
  authority: { mode: "city", platforms: ["quzhou-city"] },
  requirements: [
    {
      rule: { id: "total", kind: "floor", subjects: "all", needHundredths: 18_000, citation, provenance: "notice" },
      origin: {
        ...origin,
        overrode: [
          { ruleSet: "zhejiang-2016", layer: "province", rule: { kind: "floor", needHundredths: 9_000, citation } },
        ],
      },
      haveHundredths: 18_000,
      needHundredths: 18_000,
      gapHundredths: 0,
      outcome: "met",
      years: null,
      until: "2020-12-31",
    },
    {
      rule: { ...common, kind: "floor", needHundredths: 3_600, quote: "共不少于36学时" },
      origin,
      haveHundredths: 50,
      needHundredths: 3_600,
      gapHundredths: 3_550,
      outcome: "not_met",
      years: null,
      until: "2020-12-31",
    },
    {
      rule: {
        ...common,
        id: "share",
        kind: "ratio",
        subjects: ["professional"],
        pathways: ["online"],
        assessed: true,
        of: { subjects: "all" },
        numerator: 2,
        denominator: 3,
        span: { over: "each_year" },
      },
      origin,
      haveHundredths: 8_005,
      needHundredths: 8_100,
      gapHundredths: 95,
      outcome: "not_met",
      years: [{ year: 2019, haveHundredths: 8_005, needHundredths: 8_100, gapHundredths: 95 }],
      until: "2019-12-31",
    },
  ],
  caps: [
    {
      rule: {
        id: "live_most",
        per: "year",
        subjects: "all",
        pathways: ["live"],
        mostHundredths: 4_000,
        citation,
        provenance: "read",
      },
      countedHundredths: 4_000,
      cutHundredths: 150,
    },
  ],
  notices: [{ code: "year_below_annual_duty", year: 2019, haveHundredths: 8_005, needHundredths: 9_000 }],
  years: [
    {
      year: 2019,
      hundredthsBySubject: [8_005, 0, 50],
      totalHundredths: 8_055,
    },
  ],
  counted: [
    {
      recordId: "QZ-1",
      platform: "quzhou-city",
      source: "demo-training",
      hoursHundredths: 8_005,
      ofHundredths: 8_100,
      subject: "professional",
      attributedYear: 2019,
      flags: "more_hours_than_days_hold,updated_before_obtained",
      toward: ["total", "share"],
      code: "over_cap",
      byRule: "live_most",
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
      byRule: null,
    },
    {
      recordId: "QZ-2",
      platform: "quzhou-city",
      source: "quzhou-city",
      hoursHundredths: null,
      subject: null,
      attributedYear: null,
      code: "hours_invalid",
      byRule: null,
    },
  ],
  freshness: [
    { platform: "quzhou-city", completeUntilMs: Date.UTC(2020, 6, 30, 16), state: "fresh" },
    { platform: "zj-industry", completeUntilMs: null, state: "not_yet_known" },
  ],
  asOf: "2020-07-31",
  knownAtMs: Date.UTC(2020, 6, 31, 15, 59, 59, 999),
  cut: { sequence: 12, head: "b".repeat(64), ruleSetDigest: "a".repeat(64), format: 2 },
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
        {
          id: "share",
          share: "2/3",
          of: { subjects: "all" },
          years: [{ year: 2019, have: 80.05, need: 81, gap: 0.95 }],
        },
      ],
      caps: [{ id: "live_most", most: 40, counted: 40, cut: 1.5 }],
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
      cut: { sequence: 12, format: 2 },
    });
    expect(Object.keys(json)).not.toContain("id");
    expect(Object.keys(json)).not.toContain("verdictId");
    expect(JSON.stringify(json)).not.toMatch(/\d\.\d{3,}(?!\+)/);
  });

  it.each(["zh-CN", "en"] as const)("is what the contract's schema says, in %s", (language) => {
    const json = presentVerdict(verdict, language, { id: "D-1", verdictId: VERDICT_ID });
    const parsed = verdictResponseSchema.safeParse(JSON.parse(JSON.stringify(json)));
    expect(parsed.error).toBeUndefined();
    expect(parsed.data).toEqual(json);
    expect(json).toMatchObject({ id: "D-1", verdictId: VERDICT_ID });
  });

  it("says in a sentence how each requirement stands, and where its value comes from", () => {
    const { requirements, caps } = presentVerdict(verdict, "zh-CN");
    expect(requirements.map(({ message }) => message)).toEqual([
      "总学时已有 180 学时，要求 180 学时，已满足。",
      "公需科目已有 0.5 学时，要求 36 学时，还差 35.5 学时，须在 2020-12-31 前（含当日）取得。",
      "专业科目（online、考核合格）已有 80.05 学时，要求 81 学时（每年；2019 年差 0.95），差 0.95 学时；期限 2019-12-31 已过。",
    ]);
    expect(caps?.[0]?.message).toBe("总学时（live）至多计 40 学时，已计 40 学时，另有 1.5 学时超出而未计。");
    expect(requirements[0]?.overrode).toEqual([{ ruleSet: "zhejiang-2016", layer: "province", need: 90, citation }]);
    expect(requirements[1]).toMatchObject({ quote: "共不少于36学时", provenance: "notice", layer: "city" });
    expect(presentVerdict(verdict, "en").requirements[1]?.message).toBe(
      "common hours: 0.5 of 36 hours; 35.5 short, to be obtained by 2020-12-31.",
    );
  });

  it("says of each counted record how much counts toward what, when it is asked to explain", () => {
    const [plain, explained] = [false, true].map((explain) => presentVerdict(verdict, "en", { explain }));
    expect(plain?.counted[0]).toMatchObject({ hours: 80.05, code: "over_cap", byRule: "live_most" });
    expect(plain?.counted[0]).not.toHaveProperty("toward");
    expect(explained?.counted[0]).toMatchObject({ hours: 80.05, of: 81, toward: ["total", "share"] });
  });

  it("names other rule sets that it rests on, and years that a grant changed", () => {
    const { ruleSet, window } = verdict;
    const changed = [
      { year: 2019, dueYears: [], because: "approved_deferral", document: "批文 1 号" },
      { year: 2020, dueYears: [2019, 2020], because: "deferred_before", document: null },
    ];
    const basedOn = [{ id: "china-2016", version: "1", digest: "c".repeat(64) }];
    const resting = {
      ...verdict,
      ruleSet: { ...ruleSet, basedOn },
      window: { ...window, changed },
    } as unknown as Verdict;
    const json = presentVerdict(resting, "en");
    expect(json.ruleSet).toMatchObject({ basedOn });
    expect(json.window?.changed).toEqual([
      changed[0],
      { year: 2020, dueYears: [2019, 2020], because: "deferred_before" },
    ]);
    expect(verdictResponseSchema.safeParse(JSON.parse(JSON.stringify(json))).error).toBeUndefined();
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
      caps: [],
      notices: [],
      years: [],
      counted: [],
      uncounted: [],
      freshness: [],
      cut: { sequence: 0, head: "", ruleSetDigest: null, format: 2 },
    } as unknown as Verdict;
    const json = presentVerdict(unknown, "en");
    expect(json.reasons[0]?.message).toBe("No rule set in force is on file for nowhere in 2020.");
    expect(verdictResponseSchema.safeParse(JSON.parse(JSON.stringify(json))).error).toBeUndefined();
  });
});
