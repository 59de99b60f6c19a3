import { describe, expect, it } from "vitest";
import { parseRecord } from "./parse-record.ts";

const ARRIVED_AT_MS = Date.UTC(2020, 2, 5, 4);

const record = {
  recordId: "r-1",
  practitioner: { idType: "resident-id", idNumber: "330899197312100005", name: "邓国刚" },
  title: "机械制图",
  hours: 8,
  obtainedOn: "2020-03-02",
};

const parse = (raw: unknown) => parseRecord(raw, "demo-training", ARRIVED_AT_MS, "en");

describe("parseRecord, accepted", () => {
  it("keeps texts as they came and fills in what may be left out", () => {
    expect(parse(record)).toEqual({
      ok: true,
      record: {
        source: "demo-training",
        recordId: "r-1",
        idNumber: "330899197312100005",
        name: "邓国刚",
        title: "机械制图",
        provider: null,
        hours: 8,
        subjectCode: "",
        subjectBasis: "code",
        status: "final",
        obtainedOn: "2020-03-02",
        studiedFrom: null,
        studiedUntil: null,
        attributedYear: null,
        pathway: null,
        assessedOn: null,
        updateTimeMs: ARRIVED_AT_MS,
        otherFields: {},
      },
    });
  });

  it("reads every field of a full record", () => {
    const parsed = parse({
      ...record,
      revision: 2,
      provider: "衢州培训中心",
      hours: "7.50",
      subjectCode: "103",
      studiedFrom: "2020-02-28",
      studiedUntil: "2020-03-02",
      attributedYear: "2020",
      pathway: "online",
      status: "submitted",
      updateTime: "2020-03-04T10:00:00+08:00",
    });
    expect(parsed).toMatchObject({
      ok: true,
      record: {
        hours: "7.50",
        subjectCode: "103",
        attributedYear: "2020",
        status: "pending",
        updateTimeMs: Date.UTC(2020, 2, 4, 2),
        otherFields: { revision: 2 },
      },
    });
  });

  it.each([
    ["professional", "professional"],
    [null, ""],
    [undefined, ""],
  ])("takes the subject %s as the code %s", (subject, subjectCode) => {
    expect(parse({ ...record, subject })).toMatchObject({ ok: true, record: { subjectCode } });
  });

  it.each([
    ["final", "final"],
    ["draft", "pending"],
    ["submitted", "pending"],
    ["withdrawn", "withdrawn"],
    ["finished", "unknown"],
    ["constructor", "unknown"],
  ])("reads the status %s as %s", (status, expected) => {
    expect(parse({ ...record, status })).toMatchObject({ ok: true, record: { status: expected } });
  });

  it("leaves what the texts say to admission: bad ids, hours and dates pass the shape", () => {
    const parsed = parse({
      ...record,
      practitioner: { ...record.practitioner, idNumber: "123" },
      hours: -1,
      obtainedOn: "2021-02-29",
      updateTime: "yesterday",
    });
    expect(parsed).toMatchObject({ ok: true, record: { idNumber: "123", hours: -1, updateTimeMs: null } });
  });
});

describe("parseRecord, refused by shape", () => {
  it.each([
    ["nothing", undefined, "record_invalid", [""]],
    ["null", null, "record_invalid", [""]],
    ["text", "r-1", "record_invalid", [""]],
    ["no record id", { ...record, recordId: undefined }, "record_invalid", ["recordId"]],
    ["an empty record id", { ...record, recordId: "" }, "record_invalid", ["recordId"]],
    ["an unknown field", { ...record, credit: 8 }, "record_invalid", ["credit"]],
    ["a subject outside the list", { ...record, subject: "sports" }, "record_invalid", ["subject"]],
    ["subject and code", { ...record, subject: "professional", subjectCode: "1" }, "record_invalid", ["subjectCode"]],
    ["a control character", { ...record, title: "a\u0000b" }, "record_invalid", ["title"]],
    ["half a character", { ...record, title: "a\ud800b" }, "record_invalid", ["title"]],
    ["a title beyond the bound", { ...record, title: "长".repeat(513) }, "record_invalid", ["title"]],
    ["a deep value", { ...record, title: [[[[{}]]]] }, "record_invalid", ["title"]],
    ["hours missing", { ...record, hours: undefined }, "hours_invalid", ["hours"]],
    ["hours null", { ...record, hours: null }, "hours_invalid", ["hours"]],
    ["hours as a list", { ...record, hours: [8] }, "hours_invalid", ["hours"]],
    ["a date as a number", { ...record, obtainedOn: 20200302 }, "date_invalid", ["obtainedOn"]],
    ["a year as a list", { ...record, attributedYear: [2020] }, "year_invalid", ["attributedYear"]],
    ["a status as a number", { ...record, status: 3 }, "status_invalid", ["status"]],
    ["an update time as a number", { ...record, updateTime: 1 }, "update_time_invalid", ["updateTime"]],
    [
      "an id as a number, before the hours",
      { ...record, hours: null, practitioner: { ...record.practitioner, idNumber: 1 } },
      "id_invalid",
      ["practitioner.idNumber", "hours"],
    ],
  ])("%s", (_name, raw, code, paths) => {
    const parsed = parse(raw);
    expect(parsed).toMatchObject({ ok: false, code });
    expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toEqual(paths);
  });

  it("gives what can be read, so that the refused row finds its record and its person", () => {
    expect(parse({ ...record, hours: null })).toMatchObject({
      readable: { recordId: "r-1", idType: "resident-id", idNumber: "330899197312100005", title: "机械制图" },
    });
    expect(parse({ recordId: 7, practitioner: [], title: "x".repeat(600) })).toMatchObject({
      readable: { recordId: null, idType: null, idNumber: null, title: "" },
    });
  });

  it.each([
    ["passport", "passport"],
    [" Passport ", "passport"],
    ["foreign-permanent-resident-card", "foreign-permanent-resident-card"],
    ["driving-licence", null],
    [1, null],
    [undefined, null],
  ])("reads the kind of document %s as %s", (idType, expected) => {
    const practitioner = { ...record.practitioner, idType };
    expect(parse({ ...record, hours: null, practitioner })).toMatchObject({ readable: { idType: expected } });
  });

  it("never repeats what was sent", () => {
    const parsed = parse({ ...record, hours: [8], subject: "邓国刚", practitioner: { idNumber: 330899197312100000 } });
    expect(JSON.stringify(parsed.ok ? null : parsed.errors)).not.toMatch(/330899|邓国刚/);
  });
});
