import { expect, test } from "vitest";
import { alignColumns } from "./align-columns.ts";
import { compareWorkings } from "./compare-workings.ts";
import { readLanguage } from "./verb.ts";
import { databaseName, withoutPasswords } from "./without-passwords.ts";

test("is Chinese unless English is asked for", () => {
  expect(readLanguage(["list"])).toBe("zh-CN");
  expect(readLanguage(["list", "--year", "2020", "--lang", "en", "--unknown"])).toBe("en");
  expect(() => readLanguage(["--lang", "fr"])).toThrow("--lang is zh or en.");
});

test("aligns columns by the width that a terminal draws", () => {
  expect(
    alignColumns([
      ["地区", "b"],
      ["abcde", "c"],
    ]),
  ).toEqual(["地区   b", "abcde  c"]);
});

test("lays workings side by side, and leaves out what is not checked", () => {
  const expected = { verdict: "met", years: undefined, workings: { total: "90 of 90" }, uncounted: { r1: ["held"] } };
  const actual = {
    verdict: "met",
    years: undefined,
    workings: { total: "72 of 90, short 18", more: "1 of 1" },
    uncounted: {},
  };
  expect(compareWorkings(expected, actual)).toEqual([
    { at: "workings.total", expected: "90 of 90", actual: "72 of 90, short 18" },
    { at: "uncounted.r1", expected: "held", actual: undefined },
    { at: "workings.more", expected: undefined, actual: "1 of 1" },
  ]);
  expect(compareWorkings(expected, { ...expected })).toEqual([]);
});

test("never says a password", () => {
  const url = "postgres://owner:s3cret%40x@db.example:5432/xueshi";
  expect(withoutPasswords(`cannot reach ${url} now`)).toBe(
    "cannot reach postgres://owner:***@db.example:5432/xueshi now",
  );
  expect(databaseName(url)).toBe("owner@db.example:5432/xueshi");
});
