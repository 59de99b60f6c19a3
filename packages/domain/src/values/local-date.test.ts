import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  daysInclusive,
  endOfDayMs,
  localDateAt,
  parseDateOrInstant,
  parseInstant,
  parseLocalDate,
} from "./local-date.ts";

describe.each(["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])("with the server in %s", (zone) => {
  const before = process.env.TZ;
  beforeAll(() => {
    process.env.TZ = zone;
  });
  afterAll(() => {
    process.env.TZ = before;
  });

  test("an instant is the date in Asia/Shanghai: at New Year the next year", () => {
    expect(parseDateOrInstant("2018-12-31T16:00:00.000Z")).toBe("2019-01-01");
    expect(parseDateOrInstant("2018-12-31T15:59:59.999Z")).toBe("2018-12-31");
    expect(localDateAt(Date.UTC(2020, 1, 28, 16))).toBe("2020-02-29");
  });

  test("a time without a zone is Asia/Shanghai", () => {
    expect(parseInstant("2020-01-01 00:00:00")).toBe(Date.UTC(2019, 11, 31, 16));
    expect(parseInstant("2020-01-01T00:00:00+08:00")).toBe(Date.UTC(2019, 11, 31, 16));
  });

  test("a day ends when the next begins in Asia/Shanghai", () => {
    const end = endOfDayMs(parseLocalDate("2020-12-31") ?? ("" as never));
    expect(localDateAt(end - 1)).toBe("2020-12-31");
    expect(localDateAt(end)).toBe("2021-01-01");
  });

  test("days are counted with both ends, over leap days too", () => {
    const [from, until] = [parseLocalDate("2020-02-28"), parseLocalDate("2020/3/1")];
    expect(from !== null && until !== null && daysInclusive(from, until)).toBe(3);
  });
});

test.each(["2019-02-29", "2020-02-30", "2020-13-01", "2020-00-10", "20200101", "2020-1", "", "2100-02-29"])(
  "%j is no date",
  (text) => expect(parseLocalDate(text)).toBeNull(),
);

test.each(["2020-02-30T00:00:00Z", "2020-01-01T25:00:00Z", "now", "9999-12-31T23:59:59-12:00"])(
  "%j is no instant",
  (text) => {
    expect(parseInstant(text)).toBeNull();
    expect(parseDateOrInstant(text)).toBeNull();
  },
);
