import { describe, expect, it } from "vitest";
import { mapPushedRecord, type PushedRecord, parsedPushedContent } from "./index.ts";

const record: PushedRecord = {
  recordId: "r-1",
  practitioner: { idType: "resident-id", idNumber: "330899198101270340", name: "杨 宇国" },
  title: "课程",
  hours: 8,
  subject: "professional",
  obtainedOn: "2020-03-02",
  attributedYear: 2020,
  status: "final",
};
const ARRIVAL_MS = 1_600_000_000_000;

describe("mapPushedRecord", () => {
  it("takes the subject's name or the source's code, and the arrival as update time", () => {
    expect(mapPushedRecord("demo-training", record, ARRIVAL_MS)).toMatchObject({
      source: "demo-training",
      recordId: "r-1",
      idNumber: "330899198101270340",
      subjectCode: "professional",
      attributedYear: "2020",
      provider: null,
      updateTimeMs: ARRIVAL_MS,
      otherFields: { idType: "resident-id" },
    });
    const coded = { ...record, subject: null, subjectCode: "3", updateTime: "2020-03-03T08:00:00+08:00" };
    expect(mapPushedRecord("demo-training", coded, ARRIVAL_MS)).toMatchObject({
      subjectCode: "3",
      updateTimeMs: Date.parse("2020-03-03T00:00:00Z"),
    });
  });

  it("keeps an unreadable update time apart from none", () => {
    expect(mapPushedRecord("s", { ...record, updateTime: "soon" }, ARRIVAL_MS)?.updateTimeMs).toBeNull();
  });

  it("leaves the year to the obtained date when none is sent, and the status to its default", () => {
    const { attributedYear: _year, status: _status, ...short } = record;
    expect(mapPushedRecord("s", short, ARRIVAL_MS)).toMatchObject({ attributedYear: null, status: "final" });
  });

  it("gives no record without an id", () => {
    expect(mapPushedRecord("s", { ...record, recordId: "　" }, ARRIVAL_MS)).toBeNull();
  });
});

describe("parsedPushedContent", () => {
  it("is equal for the same assertion in another form", () => {
    const { status: _status, ...other } = { ...record, hours: "８.00", provider: null, attributedYear: "2020" };
    expect(parsedPushedContent({ ...other, updateTime: "2020-05-05T00:00:00Z" })).toBe(parsedPushedContent(record));
    expect(parsedPushedContent(record)).toBe(
      '{"attributedYear":"2020","hours":800,"idNumber":"330899198101270340","idType":"resident-id","name":"杨宇国",' +
        '"obtainedOn":"2020-03-02","recordId":"r-1","status":"final","subjectCode":"professional","title":"课程"}',
    );
  });

  it("differs when any field but the update time does", () => {
    expect(parsedPushedContent({ ...record, pathway: "online" })).not.toBe(parsedPushedContent(record));
    expect(parsedPushedContent({ ...record, revision: 2 })).not.toBe(parsedPushedContent(record));
  });
});
