import { hash } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import type { PlatformRecord } from "../acquisition/platform-record.ts";
import { exampleRecord } from "../testing/examples.ts";
import { recordKeyOf } from "../values/keys.ts";
import { admitRecord } from "./admit-record.ts";
import type { RecordVersion } from "./record-version.ts";

const sha256Hex = (text: string) => hash("sha256", text, "hex");
const context = {
  sha256Hex,
  practitionerIdOf: (id: string) => `person of ${id}`,
  nameDigestOf: (practitionerId: string, name: string) => `${practitionerId}, ${name}`,
};
const DIGEST = "d".repeat(64);
const admit = (changes: Partial<PlatformRecord> = {}) => admitRecord(exampleRecord(changes), DIGEST, context);

function versionOf(changes: Partial<PlatformRecord> = {}): RecordVersion {
  const admission = admit(changes);
  if (admission.kind !== "version") throw new Error(`refused: ${admission.row.code}`);
  return admission.version;
}

function refusalOf(changes: Partial<PlatformRecord>) {
  const admission = admit(changes);
  return admission.kind === "refused" ? admission.row : null;
}

describe("what is refused", () => {
  const lengths = { short: "33089919800307001", wrong: "330899198003070012", birth: "33089919800230001X" };
  it.each<[string, Partial<PlatformRecord>, string]>([
    ["an id that is too short", { idNumber: lengths.short }, "id_invalid"],
    ["a wrong check digit", { idNumber: lengths.wrong }, "id_invalid"],
    ["an impossible birth date", { idNumber: lengths.birth }, "id_invalid"],
    ["hours in words", { hours: "八" }, "hours_invalid"],
    ["no hours", { hours: "0.00" }, "hours_invalid"],
    ["no name", { name: " 　" }, "record_invalid"],
    ["no record id", { recordId: " " }, "record_invalid"],
    ["a status word that is not listed", { status: "unknown" }, "status_invalid"],
    ["an update time that cannot be read", { updateTimeMs: null }, "update_time_invalid"],
    ["a date that is not there", { obtainedOn: "2020-02-30" }, "date_invalid"],
    ["a year in words", { attributedYear: "二〇二〇" }, "year_invalid"],
    ["the year 0", { attributedYear: 0 }, "year_invalid"],
    ["a school year", { attributedYear: "2022-2023年度" }, "year_invalid"],
  ])("%s", (_what, changes, code) => expect(refusalOf(changes)).toMatchObject({ code, contentDigest: DIGEST }));

  it("is judged in the order of the rule: the id, the hours, then the rest", () => {
    const all = {
      idNumber: "1",
      hours: "八",
      name: "",
      status: "unknown",
      updateTimeMs: null,
      obtainedOn: "",
    } as const;
    expect(refusalOf(all)?.code).toBe("id_invalid");
    expect(refusalOf({ ...all, idNumber: exampleRecord().idNumber })?.code).toBe("hours_invalid");
  });

  it("is tied to its record, and to its person where the id can be read", () => {
    const known = { recordId: "QZ1", recordKey: recordKeyOf(sha256Hex, "quzhou-city", "QZ1") };
    expect(refusalOf({ recordId: " ＱZ1", hours: "" })).toMatchObject({ ...known, attributedYear: 2020 });
    expect(refusalOf({ hours: "" })?.practitionerId).toBe("person of 330899198003070011");
    expect(refusalOf({ idNumber: "1" })).toMatchObject({ ...known, practitionerId: null });
  });

  it("stands alone under its own content when it has no record id", () => {
    expect(refusalOf({ recordId: "" })?.recordKey).toBe(recordKeyOf(sha256Hex, "quzhou-city", DIGEST));
  });
});

describe("what a withdrawal need not have", () => {
  const withdrawn = { status: "withdrawn" } as const;
  it.each<[string, Partial<PlatformRecord>, Partial<RecordVersion>]>([
    ["hours", { hours: "" }, { hoursHundredths: null }],
    ["a date", { obtainedOn: "" }, { obtainedOn: null, attributedYear: null }],
    ["a year", { attributedYear: "?" }, { attributedYear: null }],
  ])("readable %s", (_what, changes, expected) => {
    expect(versionOf({ ...withdrawn, ...changes })).toMatchObject({ status: "withdrawn", ...expected });
  });

  it("but an id, a name and a time it must have", () => {
    const missing = [{ idNumber: "" }, { name: "" }, { updateTimeMs: null }].map((changes) => ({
      ...withdrawn,
      ...changes,
    }));
    expect(missing.map((changes) => refusalOf(changes)?.code)).toEqual([
      "id_invalid",
      "record_invalid",
      "update_time_invalid",
    ]);
  });
});

test("values are read before they are judged", () => {
  const spelled = {
    hours: "５.５ ",
    idNumber: " 330899800307001",
    name: "王　伟",
    title: " 课（１） ",
    subjectCode: "１０１",
  };
  const admission = admit({ ...spelled, obtainedOn: "2019-12-31T16:00:00.000Z" });
  expect(admission).toMatchObject({ kind: "version", id: "330899198003070011", name: "王伟" });
  expect(versionOf({ ...spelled, obtainedOn: "2019-12-31T16:00:00.000Z" })).toMatchObject({
    ...{ hoursHundredths: 550, title: "课(1)", subjectCode: "101", obtainedOn: "2020-01-01", attributedYear: 2020 },
    ...{ yearBasis: "obtained_on", nameDigest: "person of 330899198003070011, 王伟" },
  });
});

test("the platform's own year is the attributed year, whatever the date says", () => {
  expect(versionOf({ attributedYear: " ２０１９ " })).toMatchObject({ attributedYear: 2019, yearBasis: "platform" });
  expect(versionOf({ attributedYear: 2021 })).toMatchObject({ attributedYear: 2021 });
  expect(versionOf({ attributedYear: null })).toMatchObject({ attributedYear: 2020, yearBasis: "obtained_on" });
});

describe("flags remove nothing", () => {
  it.each<[string, Partial<PlatformRecord>, string]>([
    ["hours that the days cannot hold", { hours: 33, studiedFrom: "2020-03-01" }, "more_hours_than_days_hold"],
    ["hours that the days just hold", { hours: 32, studiedFrom: "2020-03-01" }, ""],
    ["two days hold twice as much", { hours: 64, studiedFrom: "2020-02-29", studiedUntil: "2020-03-01" }, ""],
    ["no days are known", { hours: 400 }, ""],
    ["the first day is after the last", { hours: 400, studiedFrom: "2020-03-02" }, ""],
    ["an unreadable first day", { hours: 400, studiedFrom: "in spring" }, ""],
    ["updated before obtained", { updateTimeMs: Date.parse("2020-02-29T15:59:59Z") }, "updated_before_obtained"],
    ["updated on the day itself", { updateTimeMs: Date.parse("2020-02-29T16:00:00Z") }, ""],
  ])("%s", (_what, changes, flags) => expect(versionOf(changes).flags).toBe(flags));

  it("come in one order", () => {
    const all = { hours: 33, studiedFrom: "2020-03-01", updateTimeMs: 0, title: "2017年公需课" };
    expect(versionOf(all).flags).toBe(
      "more_hours_than_days_hold,updated_before_obtained,training_in_future,title_names_other_year",
    );
  });
});
