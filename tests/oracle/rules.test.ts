import { describe, expect, it } from "vitest";
import { answer, type Declaration, type Feeds, PLATFORMS, type RawRow, settle, summary } from "./index.ts";
import { checkDigit } from "./values.ts";

const idOf = (first17: string) => first17 + checkDigit(first17);
const WANG = idOf("33089919900307001");
const EMPTY: Feeds = {
  quzhouCity: [],
  quzhouCityCategories: [{ CategoryId: 101, CategoryName: "专业课程", ClassTypeId: 3 }],
  zjIndustry: [],
  zjNaturalResources: [],
  incomplete: [],
};

function cityRow(changes: RawRow = {}): RawRow {
  return {
    ...{ Id: "QZ1", IdCard: WANG, RealName: "王伟", OrgName: "某单位", CategoryId: 101, CategoryName: "专业课程" },
    ...{ Name: "土地整治（1）", TrainOrg: "党校", Credit: 8, CreditTime: "2020-03-01", Status: 3, TaskName: "已通过" },
    ...{ UpdateTime: "2020-03-02 10:00:00", ...changes },
  };
}

function industryRow(changes: RawRow = {}): RawRow {
  return {
    ...{ zgcId: "ZI1", idCard: WANG, userName: "王伟", title: "课", type: "1", classtime: "8", year: "2020" },
    ...{ finishTime: "2020-03-01", orgName: "党校", state: "final", deleted: false, updateTime: 1_583_114_400_000 },
    ...changes,
  };
}

const city = (...rows: RawRow[]): Feeds => ({ ...EMPTY, quzhouCity: rows });
const recordOf = (feeds: Feeds, id = "QZ1") => settle(feeds).get("quzhou-city")?.get(id);
const outcomesOf = (feeds: Feeds) => summary(feeds)["quzhou-city"]?.rows;

function declare(changes: Partial<Declaration["declaration"]> = {}, name = "王伟"): Declaration {
  const declaration = {
    place: "quzhou",
    year: 2020,
    kind: "review",
    level: "intermediate",
    series: "economics",
  } as const;
  return {
    practitioner: { idType: "resident-id", idNumber: WANG, name },
    declaration: { ...declaration, education: "college", ...changes },
  };
}

describe("versions of one record", () => {
  it("lets fewer hours stand at one update time, in either order, and keeps the other", () => {
    const more = cityRow({ Credit: "９" });
    const fewer = cityRow({ Credit: "8.50" });
    expect(recordOf(city(more, fewer))).toMatchObject({ hoursHundredths: 850 });
    expect(recordOf(city(fewer, more))).toMatchObject({ hoursHundredths: 850 });
    expect(outcomesOf(city(more, fewer, more))).toEqual({ accepted: 1, conflict: 1, unchanged: 1 });
  });

  it("decides equal hours by the digest, in either order", () => {
    const final = cityRow();
    const draft = cityRow({ Status: 1 });
    expect(recordOf(city(final, draft))).toEqual(recordOf(city(draft, final)));
  });

  it("compares with the time noted for an unchanged version", () => {
    const touched = cityRow({ UpdateTime: "2020-05-01 00:00:00" });
    const between = cityRow({ UpdateTime: "2020-04-01 00:00:00", Credit: 1 });
    expect(recordOf(city(cityRow(), touched, between))).toMatchObject({ hoursHundredths: 800 });
    const atOnce = cityRow({ UpdateTime: "2020-05-01 00:00:00", Credit: 1 });
    expect(outcomesOf(city(cityRow(), touched, atOnce))).toEqual({ accepted: 1, unchanged: 1, conflict: 1 });
  });

  it("moves a record whose id was corrected, but not to an invalid id", () => {
    const sibling = idOf("33089919900307003");
    const wrong = `${WANG.slice(0, 17)}${WANG.endsWith("0") ? "1" : "0"}`;
    const other = cityRow({ IdCard: wrong, UpdateTime: "2020-04-01 00:00:00" });
    const moved = cityRow({ IdCard: sibling, UpdateTime: "2020-05-01 00:00:00" });
    expect(outcomesOf(city(cityRow(), other, moved))).toEqual({ accepted: 1, id_invalid: 1, superseded: 1 });
    expect(recordOf(city(cityRow(), other, moved))).toMatchObject({ personId: sibling });
  });

  it("withdraws without reading the hours, and holds nothing refused", () => {
    const withdrawn = cityRow({ Status: 9, Credit: "八", UpdateTime: "2020-04-01 00:00:00" });
    expect(recordOf(city(cityRow(), withdrawn))).toMatchObject({ state: "withdrawn", hoursHundredths: null });
    expect(recordOf(city(cityRow({ Credit: "0" })))).toBeUndefined();
  });
});

describe("the known name", () => {
  it("is the oldest over all platforms, drafts too, refused ones not", () => {
    const older = { userName: "钱多多", updateTime: 1_500_000_000_000, state: "draft" };
    const known = { ...city(cityRow()), zjIndustry: [industryRow(older)] };
    expect(recordOf(known)).toMatchObject({ state: "held", code: "identity_conflict" });
    expect(answer(known, declare())).toEqual({ verdict: "unknown", reason: "identity_conflict", gaps: {} });
    const refused = { ...city(cityRow()), zjIndustry: [industryRow({ ...older, classtime: "" })] };
    expect(recordOf(refused)).toMatchObject({ state: "registered" });
  });

  it("goes at one instant by platform, then id, then name", () => {
    const elsewhere = {
      ...city(cityRow()),
      zjIndustry: [industryRow({ userName: "一", updateTime: 1_583_114_400_000 })],
    };
    expect(recordOf(elsewhere)).toMatchObject({ state: "registered" });
    expect(recordOf(city(cityRow(), cityRow({ Id: "QZ0", RealName: "钱" })))).toMatchObject({ state: "held" });
    expect(outcomesOf(city(cityRow(), cityRow({ RealName: "一" })))).toEqual({ accepted: 1, identity_conflict: 1 });
  });

  it("is not taken from a total row", () => {
    const total = industryRow({ type: "0", userName: "钱多多", updateTime: 1_500_000_000_000 });
    expect(recordOf({ ...city(cityRow()), zjIndustry: [total] })).toMatchObject({ state: "registered" });
  });
});

describe("the same achievement", () => {
  const twin = (changes: RawRow = {}) => cityRow({ Id: "QZ2", Name: "《土地 整治》(１)", ...changes });

  it("counts the highest hours, on a tie the lowest id", () => {
    expect(recordOf(city(cityRow(), twin()), "QZ2")).toMatchObject({ state: "duplicate" });
    expect(recordOf(city(cityRow(), twin({ Credit: 9 })))).toMatchObject({ state: "duplicate" });
    expect(recordOf(city(cityRow(), twin({ Name: "土地整治（2）" })), "QZ2")).toMatchObject({ state: "registered" });
  });

  it("lets the next one count when the one that counted is no longer registered", () => {
    expect(recordOf(city(cityRow({ Status: 9 }), twin()), "QZ2")).toMatchObject({ state: "registered" });
    expect(recordOf(city(cityRow({ CategoryId: 999 }), twin()), "QZ2")).toMatchObject({ state: "registered" });
  });

  it("compares an admitted training source with its platform of record", () => {
    const push = {
      ...{ source: "demo-training", updatedAt: "2020-03-02T02:00:00Z", recordId: "P1", title: "土地整治1", hours: 9 },
      ...{ subject: "professional", obtainedOn: "2020-03-01", status: "final", provider: "x" },
      practitioner: { idType: "resident-id", idNumber: WANG, name: "王伟" },
    };
    const feeds = { ...city(cityRow()), pushes: [push] };
    expect(recordOf(feeds)).toMatchObject({ state: "duplicate" });
    expect(answer(feeds, declare({ kind: "annual-duty" })).gaps).toEqual({ total: 81 });
    const stranger = { ...city(cityRow()), pushes: [{ ...push, source: "stranger" }] };
    expect(answer(stranger, declare({ kind: "annual-duty" })).gaps).toEqual({ total: 82 });
  });
});

describe("an operator's decision", () => {
  const twin = cityRow({ Id: "QZ2", Name: "土地整治 1" });
  const decided = { platform: "quzhou-city", recordId: "QZ2", subject: null, countsBesides: true };

  it("lets a record count beside its duplicate, and leaves the other as it is", () => {
    const settled = settle(city(cityRow(), twin), [decided]).get("quzhou-city");
    expect([...(settled?.values() ?? [])].map(({ state }) => state)).toEqual(["registered", "registered"]);
  });

  it("gives a record its subject, the newest decision before the others", () => {
    const unclassified = city(cityRow({ CategoryId: 999 }));
    const subjectOf = (...subjects: ("professional" | "general_common" | null)[]) => {
      const decisions = subjects.map((subject) => ({ ...decided, recordId: "QZ1", subject }));
      return settle(unclassified, decisions).get("quzhou-city")?.get("QZ1");
    };
    expect(subjectOf("professional", "general_common", null)).toMatchObject({ subject: "general_common" });
    expect(subjectOf()).toMatchObject({ state: "unclassified", subject: null });
  });
});

describe("answers", () => {
  const rows = (hours: number[], CategoryId: number) =>
    hours.map((Credit, nth) =>
      cityRow({ Id: `QZ-${CategoryId}-${nth}`, Name: `${CategoryId}-${nth}`, Credit, CategoryId }),
    );
  const categories = [...EMPTY.quzhouCityCategories, { CategoryId: 301, ClassTypeId: 1 }];

  it("is unknown only when whole unclassified records can close every gap", () => {
    const decided = (unclassified: number[]) => {
      const all = [...rows([100], 101), ...rows([24], 301), ...rows(unclassified, 999)];
      return answer({ ...EMPTY, quzhouCityCategories: categories, quzhouCity: all }, declare());
    };
    expect(decided([20, 12, 24])).toMatchObject({ verdict: "unknown", reason: "unclassified_hours" });
    expect(decided([20, 12, 23])).toMatchObject({
      verdict: "not_met",
      gaps: { total: 56, professional: 20, common: 12 },
    });
    expect(decided([31, 31])).toMatchObject({ verdict: "unknown" });
    expect(decided([56])).toMatchObject({ verdict: "not_met" });
    expect(decided([19, 8, 13, 16])).toMatchObject({ verdict: "unknown" });
  });

  it("gives the first reason that applies", () => {
    const named = city(cityRow());
    const reasonOf = (changes: Partial<Declaration["declaration"]>, name?: string) =>
      answer(named, declare(changes, name)).reason;
    const all = { place: "nowhere", series: "health", level: "senior" };
    expect(reasonOf(all, "钱多多")).toBe("identity_conflict");
    expect(reasonOf(all)).toBe("no_rule_in_force");
    expect(reasonOf({ ...all, place: "quzhou" })).toBe("authority_not_connected");
    expect(reasonOf({ level: "senior" })).toBe("delegated");
    expect(reasonOf({ level: "senior", kind: "annual-duty" })).toBeNull();
    expect(reasonOf({ year: 2019 })).toBe("no_rule_in_force");
  });

  it("counts by attributed year in Shanghai, and as of a day", () => {
    const feeds = city(cityRow({ CreditTime: "2019-12-31T16:00:00.000Z" }));
    expect(answer(feeds, declare({ kind: "annual-duty" })).gaps).toEqual({ total: 82 });
    expect(answer(feeds, declare({ kind: "annual-duty" }), { asOf: "2019-12-31" }).gaps).toEqual({ total: 90 });
  });

  it("knows a junior with a degree, nobody at all, and a platform that has not fully arrived", () => {
    expect(answer(EMPTY, declare({ level: "junior", education: "doctor" })).gaps).toEqual({ total: 90 });
    expect(answer(EMPTY, declare({ level: "junior" })).gaps).toEqual({ total: 180, professional: 120, common: 36 });
    const incomplete = { ...EMPTY, incomplete: PLATFORMS };
    expect(answer(incomplete, declare()).reason).toBe("source_partial");
  });
});
