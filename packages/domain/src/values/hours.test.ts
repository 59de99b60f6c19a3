import { describe, expect, test } from "vitest";
import { formatHours, HOURS_HUNDREDTHS_MAX, parseHours } from "./hours.ts";

describe("parseHours", () => {
  test.each([
    ["8", 800],
    ["5.5", 550],
    ["60.0", 6000],
    ["0.01", 1],
    ["５.５ ", 550],
    [" 007.25", 725],
    [8, 800],
    [1.5, 150],
  ])("reads %j as %d hundredths", (text, hundredths) => expect(parseHours(text)).toBe(hundredths));

  test.each(["", "0", "0.00", "-1", "+1", "8.125", "8.", ".5", "1e2", "八", "NaN", "1,5", "8 h", "99999999999999"])(
    "refuses %j",
    (text) => expect(parseHours(text)).toBeNull(),
  );

  test("refuses numbers that are no plain decimals", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e-7, 1e21, 8.125, 0])
      expect(parseHours(value)).toBeNull();
  });

  test("is exact up to its bound", () => {
    expect(parseHours(String(HOURS_HUNDREDTHS_MAX / 100))).toBe(HOURS_HUNDREDTHS_MAX);
    expect(parseHours(String(HOURS_HUNDREDTHS_MAX / 100 + 1))).toBeNull();
  });
});

test("what is formatted is read back the same", () => {
  for (let hundredths = 1; hundredths <= 20_000; hundredths += 1) {
    expect(parseHours(formatHours(hundredths))).toBe(hundredths);
  }
  expect(formatHours(-150)).toBe("-1.5");
});
