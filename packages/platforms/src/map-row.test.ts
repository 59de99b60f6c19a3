import { describe, expect, it } from "vitest";
import { mapRow, type Platform, parsedContent, platformNamed, updateTimeMsOf } from "./index.ts";

const named = (name: string): Platform => {
  const platform = platformNamed(name);
  if (platform === null) throw new Error(`no platform ${name}`);
  return platform;
};
const city = named("quzhou-city");
const industry = named("zj-industry");
const files = named("zj-natural-resources");

const cityRow = {
  Id: "QZ1",
  IdCard: " 33089919670101123x",
  RealName: "林 涛",
  OrgName: "某单位",
  CategoryId: 103,
  CategoryName: "学术会议与学术讲座",
  Name: "土地整治（１）",
  TrainOrg: "学院",
  Credit: "５.５ ",
  CreditTime: "2018-12-31T16:00:00.000Z",
  Status: 3,
  TaskName: "已通过",
  UpdateTime: "2019-01-04 09:41:15",
};
const industryRow = {
  zgcId: "ZI1",
  idCard: "330899198101270340",
  userName: "杨宇国",
  title: "公需课",
  type: "2",
  classtime: "2",
  year: "2019",
  finishTime: "2019-01-04",
  orgName: "学院",
  state: "final",
  deleted: false,
  updateTime: 1_546_666_592_000,
};

function recordOf(platform: Platform, row: unknown) {
  const mapped = mapRow(platform, row);
  if (mapped.kind !== "record") throw new Error(`expected a record, got ${mapped.kind}`);
  return mapped.record;
}

describe("mapRow", () => {
  it("maps a city row verbatim, without a year of its own", () => {
    expect(recordOf(city, cityRow)).toEqual({
      source: "quzhou-city",
      recordId: "QZ1",
      idNumber: " 33089919670101123x",
      name: "林 涛",
      title: "土地整治（１）",
      provider: "学院",
      hours: "５.５ ",
      subjectCode: "103",
      subjectBasis: "code",
      status: "final",
      obtainedOn: "2018-12-31T16:00:00.000Z",
      studiedFrom: null,
      studiedUntil: null,
      attributedYear: null,
      pathway: null,
      assessedOn: null,
      updateTimeMs: Date.parse("2019-01-04T09:41:15+08:00"),
      otherFields: { OrgName: "某单位", CategoryName: "学术会议与学术讲座", TaskName: "已通过" },
    });
  });

  it("takes the industry platform's year, time in milliseconds and withdrawal flag", () => {
    const record = recordOf(industry, industryRow);
    expect(record).toMatchObject({ attributedYear: "2019", updateTimeMs: 1_546_666_592_000, status: "final" });
    expect(recordOf(industry, { ...industryRow, deleted: true, state: "draft" }).status).toBe("withdrawn");
    expect(recordOf(industry, { ...industryRow, deleted: "TRUE" }).status).toBe("withdrawn");
    expect(recordOf(industry, { ...industryRow, deleted: "perhaps" }).status).toBe("unknown");
  });

  it("maps an export row, whose end date is the obtained date", () => {
    const columns = files.connection.transport === "file" ? files.connection.columns : [];
    const values = ["NR1", "330899199012180268", "李超雨", "某单位", "2019", "职业道德", "一般公需科目", "2", ""];
    const row = Object.fromEntries(
      columns.map((column, index) => [
        column,
        [...values, "2019/02/09", "学院", "已撤销", "2019-03-01 12:08:40"][index],
      ]),
    );
    expect(recordOf(files, row)).toMatchObject({
      obtainedOn: "2019/02/09",
      studiedFrom: null,
      studiedUntil: "2019/02/09",
      attributedYear: "2019",
      status: "withdrawn",
      subjectCode: "一般公需科目",
      otherFields: { 单位: "某单位" },
    });
  });

  it.each([
    [1, "pending"],
    [2, "pending"],
    ["３ ", "final"],
    [9, "withdrawn"],
    [4, "unknown"],
    [null, "unknown"],
    [{}, "unknown"],
  ])("reads the city's status %j as %s", (Status, status) => {
    expect(recordOf(city, { ...cityRow, Status }).status).toBe(status);
  });

  it.each(["0", 0, " ０ "])("takes type %j for a total row, whatever else the row holds", (type) => {
    expect(mapRow(industry, { type, idCard: { no: "one" } })).toEqual({ kind: "total_row" });
  });

  it("keeps a platform's missing year apart from a platform without years", () => {
    expect(recordOf(industry, { ...industryRow, year: undefined }).attributedYear).toBe("");
  });

  it("leaves missing values to admission and calls rows without an id or with nested values malformed", () => {
    expect(recordOf(city, { ...cityRow, Credit: null, IdCard: undefined })).toMatchObject({ hours: "", idNumber: "" });
    expect(mapRow(city, { ...cityRow, Id: " " })).toMatchObject({ kind: "malformed", recordId: null });
    expect(mapRow(city, { ...cityRow, Credit: [8] })).toMatchObject({ kind: "malformed", recordId: "QZ1" });
    for (const row of [null, 7, "row", ["QZ1"]]) {
      expect(mapRow(city, row)).toEqual({ kind: "malformed", recordId: null, raw: row });
    }
  });

  it("does not read an id whose last digits a JSON number has lost", () => {
    expect(recordOf(city, { ...cityRow, IdCard: JSON.parse("330899196704143133") }).idNumber).toBe("");
  });

  it("bounds how deep a row may nest", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(mapRow(city, { ...cityRow, OrgName: deep }).kind).toBe("malformed");
    expect(parsedContent(city, { ...cityRow, OrgName: deep })).toContain('"…"');
  });
});

describe("updateTimeMsOf", () => {
  it.each([
    [city, { UpdateTime: "2020-02-29 00:00:00" }, Date.parse("2020-02-28T16:00:00Z")],
    [city, { UpdateTime: "2020-02-29" }, null],
    [city, { UpdateTime: 1_582_905_600_000 }, null],
    [industry, { updateTime: 1_582_905_600_000 }, 1_582_905_600_000],
    [industry, { updateTime: "1582905600000" }, 1_582_905_600_000],
    [industry, { updateTime: 1.5 }, null],
    [industry, { updateTime: -1 }, null],
    [industry, { updateTime: 9e18 }, null],
    [industry, null, null],
  ])("%#", (platform, row, expected) => {
    expect(updateTimeMsOf(platform, row)).toBe(expected);
  });
});

describe("parsedContent", () => {
  it("is JSON with sorted keys, no spaces and no update time", () => {
    expect(parsedContent(city, cityRow)).toBe(
      '{"CategoryId":103,"CategoryName":"学术会议与学术讲座","Credit":550,"CreditTime":"2019-01-01","Id":"QZ1",' +
        '"IdCard":"33089919670101123X","Name":"土地整治(1)","OrgName":"某单位","RealName":"林涛","Status":3,' +
        '"TaskName":"已通过","TrainOrg":"学院"}',
    );
  });

  it.each([
    ["hours as text, number or full width", { Credit: 5.5 }, { Credit: " ５.50" }],
    ["the same date as instant, date or with slashes", { CreditTime: "2019-01-01" }, { CreditTime: "2019/01/01 " }],
    ["15 and 18 digits of one id", { IdCard: "330899670101123" }, { IdCard: "330899196701011239" }],
    ["names with inner spaces", { RealName: "林涛" }, { RealName: " 林　涛" }],
    ["another update time", { UpdateTime: "2019-01-01 00:00:00" }, { UpdateTime: "2020-01-01 00:00:00" }],
    ["keys in another order", { A: 1, B: 2 }, { B: 2, A: 1 }],
    ["nested values in another order", { X: { a: 1, b: [" t"] } }, { X: { b: ["t"], a: 1 } }],
    ["no hours at all, however written", { Credit: 0 }, { Credit: "0.0" }],
  ])("reads alike: %s", (_, left, right) => {
    expect(parsedContent(city, { ...cityRow, ...left })).toBe(parsedContent(city, { ...cityRow, ...right }));
  });

  it.each([
    ["hours", { Credit: 5 }],
    ["unreadable hours", { Credit: "5.555" }],
    ["a field without meaning", { OrgName: "另一单位" }],
    ["a new field", { Extra: null }],
    ["another day", { CreditTime: "2018-12-31" }],
  ])("tells apart: %s", (_, change) => {
    expect(parsedContent(city, { ...cityRow, ...change })).not.toBe(parsedContent(city, cityRow));
  });

  it("keeps what cannot be parsed as normalised text", () => {
    expect(parsedContent(city, { Credit: " －５ ", CreditTime: "２０２０年" })).toBe(
      '{"Credit":"-5","CreditTime":"2020年"}',
    );
  });
});
