import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { formatHours, HOURS_HUNDREDTHS_MAX, hoursToNumber, parseHours } from "./hours.ts";

describe("parseHours", () => {
  it.each<[string | number, number]>([
    ["8", 800],
    ["8.5", 850],
    ["8.05", 805],
    ["0.01", 1],
    ["008", 800],
    ["８", 800],
    ["５.５ ", 550],
    ["　５．５", 550],
    ["\t16\n", 1_600],
    ["⑧", 800],
    [8, 800],
    [1.5, 150],
    [119.5, 11_950],
    [0.29, 29],
    [1.15, 115],
    [10_000_000, HOURS_HUNDREDTHS_MAX],
  ])("reads %j as %d hundredths", (input, hundredths) => {
    expect(parseHours(input)).toBe(hundredths);
  });

  it.each<[string | number]>([
    ...[[""], [" "], ["八"], ["NaN"], ["-3"], ["-1.5"], ["+8"], ["1.234"], ["0"], ["0.00"], ["1e2"], [".5"], ["7."]],
    ...[["8小时"], ["1,5"], ["1 5"], ["5..5"], ["0x10"], ["Infinity"], ["VIII"], ["Ⅷ"], ["٨"]],
    ...[[0], [-0], [-1], [0.1 + 0.2], [1e21], [Number.NaN], [Number.POSITIVE_INFINITY], [1.005]],
    ...[["10000000.01"], ["9".repeat(400)], [10_000_000.01]],
  ] as [string | number][])("refuses %j", (input) => {
    expect(parseHours(input)).toBeNull();
  });

  test("agrees with the pattern of the rule on any text, and with whole-number arithmetic on what matches", () => {
    const character = fc.constantFrom(..."0123456789.０５．eE+- 小");
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 9 }), (text) => {
        const match = /^([0-9]+)(?:\.([0-9]{1,2}))?$/.exec(text.normalize("NFKC").trim());
        const exact = match === null ? 0n : BigInt(match[1] ?? "") * 100n + BigInt((match[2] ?? "").padEnd(2, "0"));
        const expected = exact > 0n && exact <= BigInt(HOURS_HUNDREDTHS_MAX) ? Number(exact) : null;
        expect(parseHours(text)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("what is written is read again, as text, as a number, and in full width", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: HOURS_HUNDREDTHS_MAX }), (hundredths) => {
      const text = formatHours(hundredths);
      const wide = text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
      expect(parseHours(text)).toBe(hundredths);
      expect(parseHours(wide)).toBe(hundredths);
      expect(parseHours(hoursToNumber(hundredths))).toBe(hundredths);
      expect(formatHours(-hundredths)).toBe(`-${text}`);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [0, "0"],
  [5, "0.05"],
  [50, "0.5"],
  [55, "0.55"],
  [9_000, "90"],
  [-150, "-1.5"],
  [-5, "-0.05"],
])("%d hundredths are written %s", (hundredths, text) => {
  expect(formatHours(hundredths)).toBe(text);
});
