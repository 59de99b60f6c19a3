import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { RecordVersion } from "../admission/record-version.ts";
import { exampleVersion } from "../testing/examples.ts";
import type { LocalDate } from "../values/local-date.ts";
import { type ClassificationDecision, classifyRecord, type SubjectLookup } from "./classify-record.ts";

const sha256Hex = (text: string) => hash("sha256", text, "hex");
const lookup: SubjectLookup = (source, code) => ({
  subject: code === "101" ? "professional" : code === "201" ? "industry_common" : null,
  trace: `table of ${source}:${code}`,
});

function classify(
  changes: Partial<RecordVersion> = {},
  decision: ClassificationDecision | null = null,
  platform = "quzhou-city",
) {
  return classifyRecord(exampleVersion(changes), platform, lookup, decision, sha256Hex);
}

describe("the subject", () => {
  it("is what the platform's tables say, and the trace says which", () => {
    expect(classify()).toMatchObject({ subject: "professional", trace: "table of quzhou-city:101" });
    expect(classify({ subjectCode: "999" })).toMatchObject({ subject: null, achievementKey: null });
  });

  it("is what an operator decided, above the tables, and the trace says so", () => {
    const decision = { subject: "general_common", countsBesides: false } as const;
    const trace = "table of quzhou-city:999;operator=general_common";
    expect(classify({ subjectCode: "999" }, decision)).toMatchObject({ subject: "general_common", trace });
    expect(classify({}, decision)).toMatchObject({ subject: "general_common" });
  });

  it("stays the platform's own where the decision is about the duplicate only", () => {
    const decision = { subject: null, countsBesides: true };
    expect(classify({}, decision)).toMatchObject({ subject: "professional", trace: "table of quzhou-city:101" });
  });
});

describe("the same achievement", () => {
  const key = classify().achievementKey;
  it.each<[string, Partial<RecordVersion>]>([
    ["another id", { recordKey: "record-2", recordId: "QZ2" }],
    ["other hours", { hoursHundredths: 100 }],
    ["another provider", { provider: null }],
    ["a title with other spaces and brackets", { title: "《土地 整治》(１)" }],
    ["another source of the platform", { source: "demo-training" }],
  ])("is seen behind %s", (_what, changes) => expect(classify(changes).achievementKey).toBe(key));

  it.each<[string, Partial<RecordVersion>, string?]>([
    ["another title", { title: "土地整治（2）" }],
    ["another date", { obtainedOn: "2020-03-02" as LocalDate }],
    ["another subject", { subjectCode: "201" }],
    ["another platform of record", {}, "zj-industry"],
  ])("is not seen behind %s", (_what, changes, platform) => {
    const other = classify(changes, null, platform).achievementKey;
    expect(other).not.toBeNull();
    expect(other).not.toBe(key);
  });

  it("is nobody's without a subject or a date, or where an operator let it count besides", () => {
    expect(classify({ subjectCode: "999" }).achievementKey).toBeNull();
    expect(classify({ obtainedOn: null }).achievementKey).toBeNull();
    expect(classify({}, { subject: null, countsBesides: true }).achievementKey).toBeNull();
  });
});
