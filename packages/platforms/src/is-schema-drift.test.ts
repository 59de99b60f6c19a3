import { describe, expect, it } from "vitest";
import { isSchemaDrift, PLATFORMS } from "./index.ts";

const [city] = PLATFORMS;
const whole = Object.fromEntries(
  [...Object.values(city?.mapping.fields ?? {}), ...(city?.mapping.otherFields ?? [])]
    .filter((field) => field !== null)
    .map((field) => [field, "x"]),
);
const { Credit: _, ...lacking } = whole;

describe("isSchemaDrift", () => {
  it.each([
    ["whole rows", [whole, whole, whole], false],
    ["no rows", [], false],
    ["rows that are no objects", [1, null, []], false],
    ["one row of many lacks a field", [lacking, whole, whole], false],
    ["every row lacks it", [lacking, lacking, lacking], true],
    ["two rows lack it, as dirt does", [lacking, lacking], false],
    ["one row has it under another name", [{ ...lacking, CreditHours: 1 }], true],
    ["a new field beside the known ones", [{ ...whole, Remark: "" }], false],
  ])("%s", (_name, rows, expected) => {
    if (city === undefined) throw new Error("no platform");
    expect(isSchemaDrift(city, rows)).toBe(expected);
  });
});
