import { describe, expect, it } from "vitest";
import { PLATFORMS, platformNamed, readCatalogue, sourceNamed, subjectOf } from "./index.ts";

const fields = { codeField: "CategoryId", classField: "ClassTypeId" };
const catalogue = readCatalogue(fields, [
  { CategoryId: 103, CategoryName: "学术会议", ClassTypeId: 3 },
  { CategoryId: "２01 ", ClassTypeId: "2" },
  { CategoryId: 301, ClassTypeId: 1 },
  { CategoryId: 401, ClassTypeId: 7 },
  { CategoryId: 501, ClassTypeId: 1 },
  { CategoryId: 501, ClassTypeId: 2 },
  { CategoryId: 3 },
  { ClassTypeId: 3 },
  null,
]);

describe("subjectOf", () => {
  it.each([
    ["quzhou-city", "103", "professional", "catalogue:103=3=professional"],
    ["quzhou-city", " ２０１", "industry_common", "catalogue:201=2=industry_common"],
    ["quzhou-city", "301", "general_common", "catalogue:301=1=general_common"],
    ["quzhou-city", "999", null, "catalogue:999=none"],
    ["quzhou-city", "401", null, "catalogue:401=7=none"],
    ["quzhou-city", "501", null, "catalogue:501=1|2=none"],
    ["quzhou-city", "3", null, "catalogue:3==none"],
    ["quzhou-city", "professional", null, "catalogue:professional=none"],
    ["zj-industry", "1", "professional", "code_table:1=professional"],
    ["zj-industry", "2", "general_common", "code_table:2=general_common"],
    ["zj-industry", "3", "industry_common", "code_table:3=industry_common"],
    ["zj-industry", "15", null, "code_table:15=none"],
    ["zj-industry", "constructor", null, "code_table:constructor=none"],
    ["zj-natural-resources", "专业科目", "professional", "code_table:专业科目=professional"],
    ["zj-natural-resources", "其他", null, "code_table:其他=none"],
    ["demo-training", "3", "professional", "code_table:3=professional"],
    ["demo-training", "general_common", "general_common", "code_table:general_common=none;name:general_common"],
    ["somebody-else", "industry_common", "industry_common", "name:industry_common"],
    ["somebody-else", "1", null, "name:1=none"],
  ])("%s %s → %s", (name, code, subject, trace) => {
    expect(subjectOf(sourceNamed(name), code, catalogue)).toEqual({ subject, trace });
  });

  it("says that the catalogue itself is missing", () => {
    const city = sourceNamed("quzhou-city");
    expect(subjectOf(city, "103", null)).toEqual({ subject: null, trace: "catalogue=missing" });
  });
});

describe("PLATFORMS", () => {
  it("have names of their own and are found by them", () => {
    expect(new Set(PLATFORMS.map((platform) => platform.name)).size).toBe(PLATFORMS.length);
    for (const platform of PLATFORMS) expect(platformNamed(platform.name)).toBe(platform);
    expect(platformNamed("demo-training")).toBeNull();
  });
});
