import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  daysInclusive,
  endOfDayMs,
  isCalendarDate,
  isInstant,
  type LocalDate,
  localDateAt,
  parseDateOrInstant,
  parseInstant,
  parseLocalDate,
  startOfDayMs,
  yearOf,
} from "./local-date.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const date = (text: string) => text as LocalDate;

describe("parseLocalDate", () => {
  it.each([
    ["2020-03-02", "2020-03-02"],
    ["2020/3/2", "2020-03-02"],
    ["2020-02-29", "2020-02-29"],
    ["2000-02-29", "2000-02-29"],
    ["0001-01-01", "0001-01-01"],
    ["9999-12-31", "9999-12-31"],
  ])("reads %s", (text, expected) => expect(parseLocalDate(text)).toBe(expected));

  it.each([
    ...["2019-02-29", "1900-02-29", "2020-02-30", "2020-04-31", "2020-00-10", "2020-13-01", "2020-01-00", "0000-01-01"],
    ...["20-01-01", "2020-1", "2020.01.01", " 2020-01-01", "2020-01-01 ", "2020-01-01T00:00:00Z", "", "2020年3月2日"],
  ])("refuses %j", (text) => expect(parseLocalDate(text)).toBeNull());

  test("has the calendar's days and no others", () => {
    const parts = fc.tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 0, max: 33 }),
    );
    fc.assert(
      fc.property(parts, ([year, month, day]) => {
        const utc = new Date(0);
        utc.setUTCFullYear(year, month - 1, day);
        const exists = utc.getUTCFullYear() === year && utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day;
        expect(isCalendarDate(year, month, day)).toBe(exists);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("instants are read in Shanghai", () => {
  it.each([
    ["2018-12-31T16:00:00.000Z", "2019-01-01"],
    ["2018-12-31T15:59:59.999Z", "2018-12-31"],
    ["2019-12-31T16:00:00Z", "2020-01-01"],
    ["2020-02-28T16:00:00.000Z", "2020-02-29"],
    ["2020-02-29T16:00:00.000Z", "2020-03-01"],
    ["2020-01-01T00:00:00+08:00", "2020-01-01"],
    ["2020-01-01T00:30:00+09:00", "2019-12-31"],
    ["2019-12-31T11:00:00-05:00", "2020-01-01"],
    ["2020/03/02", "2020-03-02"],
  ])("%s is %s", (text, expected) => expect(parseDateOrInstant(text)).toBe(expected));

  it.each([
    ...[
      "2020-02-30T00:00:00Z",
      "2020-01-01T24:00:01Z",
      "2020-01-01T00:00:00",
      "2020-01-01 00:00:00",
      "2020-01-01T00:00Z",
    ],
    ...["9999-12-31T16:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+00:01", "yesterday", ""],
  ])("%j is no date", (text) => expect(parseDateOrInstant(text)).toBeNull());

  it.each([
    ["2020-03-02 08:00:00", "2020-03-02T00:00:00.000Z"],
    ["2020-03-02T08:00:00.5", "2020-03-02T00:00:00.500Z"],
    ["2020-01-01 00:00:00", "2019-12-31T16:00:00.000Z"],
    ["2020-03-02T08:00:00+08:00", "2020-03-02T00:00:00.000Z"],
    ["2020-03-02T00:00:00.123Z", "2020-03-02T00:00:00.123Z"],
    ["9999-12-31 23:59:59.999", "9999-12-31T15:59:59.999Z"],
    ["0001-01-01 08:00:00", "0001-01-01T00:00:00.000Z"],
  ])("%s is %s", (text, expected) => {
    const instantMs = parseInstant(text);
    expect(instantMs === null ? null : new Date(instantMs).toISOString()).toBe(expected);
  });

  it.each([
    ...["2020-02-30 00:00:00", "2020-03-02 25:00:00", "2020-03-02 08:60:00", "2020-03-02", "2020-03-02 8:00:00", ""],
    ...["9999-12-31T23:59:59Z", "0001-01-01 07:59:59", "2020-03-02T00:00:00+99:99", "1583107200000"],
  ])("%j is no instant", (text) => expect(parseInstant(text)).toBeNull());

  it("holds exactly the instants of years with four digits", () => {
    const last = Date.parse("9999-12-31T23:59:59.999+08:00");
    expect([isInstant(last), isInstant(last + 1), isInstant(0.5), isInstant(Number.NaN)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    const first = Date.parse("0001-01-01T00:00:00Z");
    expect([isInstant(first), isInstant(first - 1)]).toEqual([true, false]);
  });
});

const instants = fc.integer({ min: Date.parse("1992-01-01T00:00:00Z"), max: Date.parse("2100-12-31T00:00:00Z") });

test("the day of an instant begins and ends around it, eight hours before UTC's", () => {
  fc.assert(
    fc.property(instants, (instantMs) => {
      const day = localDateAt(instantMs);
      expect(startOfDayMs(day)).toBeLessThanOrEqual(instantMs);
      expect(endOfDayMs(day)).toBeGreaterThan(instantMs);
      expect(endOfDayMs(day) - startOfDayMs(day)).toBe(DAY_MS);
      expect(startOfDayMs(day)).toBe(Date.parse(`${day}T00:00:00+08:00`));
      expect(yearOf(day)).toBe(new Date(instantMs + 8 * HOUR_MS).getUTCFullYear());
    }),
    { numRuns: 1_000 },
  );
});

test("days are counted with both ends, leap days too", () => {
  expect(daysInclusive(date("2020-02-28"), date("2020-03-01"))).toBe(3);
  expect(daysInclusive(date("2019-02-28"), date("2019-03-01"))).toBe(2);
  expect(daysInclusive(date("2019-01-01"), date("2020-12-31"))).toBe(731);
  expect(daysInclusive(date("2020-01-01"), date("2020-01-01"))).toBe(1);
});

test("the server's time zone changes nothing", () => {
  const module = new URL("./local-date.ts", import.meta.url).href;
  const program = `
    import * as dates from ${JSON.stringify(module)};
    const texts = ["2018-12-31T16:00:00.000Z", "2020-03-29 02:30:00", "2020-02-29", "2020-03-08T07:30:00Z", "2020/10/25"];
    const read = texts.map((text) => [dates.parseDateOrInstant(text), dates.parseInstant(text)]);
    const days = ["2020-03-08", "2020-11-01", "2019-12-31"].map((day) => [dates.startOfDayMs(day), dates.endOfDayMs(day)]);
    const hours = Array.from({ length: 48 }, (_, hour) => dates.localDateAt(Date.UTC(2019, 11, 31, hour)));
    console.log(JSON.stringify({ offset: new Date(0).getTimezoneOffset(), answer: [read, days, hours] }));`;
  const runs = ["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Apia"].map((TZ) => {
    const options = { env: { ...process.env, TZ }, encoding: "utf8" as const };
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], options);
    return JSON.parse(output) as { offset: number; answer: unknown };
  });
  expect(new Set(runs.map(({ offset }) => offset)).size).toBe(4);
  expect(new Set(runs.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
  expect(JSON.stringify(runs[0]?.answer)).toMatch(/^\[\[\["2019-01-01",1546272000000\],\[null,1585420200000\]/);
}, 30_000);
