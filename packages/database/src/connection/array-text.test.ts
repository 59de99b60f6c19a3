import { describe, expect, test } from "vitest";
import { instantArray, plainArray, textArray } from "./array-text.ts";

describe("array literals", () => {
  test("plain elements are joined, null is NULL", () => {
    expect(plainArray([1, null, -2])).toBe("{1,NULL,-2}");
    expect(plainArray([])).toBe("{}");
  });

  test("text cannot end its element or be taken for NULL", () => {
    expect(textArray(["a,b", 'say "hi"', "back\\slash", "NULL", "", null, "{}"])).toBe(
      '{"a,b","say \\"hi\\"","back\\\\slash","NULL","",NULL,"{}"}',
    );
  });

  test("instants are written in UTC", () => {
    expect(instantArray([0, 0, null, 1_577_808_000_500])).toBe(
      '{"1970-01-01T00:00:00.000Z","1970-01-01T00:00:00.000Z",NULL,"2019-12-31T16:00:00.500Z"}',
    );
  });
});
