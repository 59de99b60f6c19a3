import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JSON_SCHEMA_PATH, ruleFileJsonSchema } from "./json-schema.ts";
import { RULES_DIRECTORY } from "./load-rulebook.ts";

test("the published schema is that of the code: run pnpm rules schema", () => {
  expect(readFileSync(join(RULES_DIRECTORY, JSON_SCHEMA_PATH), "utf8")).toBe(ruleFileJsonSchema());
});

test("editors are told the shapes of hours and dates", () => {
  const text = ruleFileJsonSchema();
  const patterns = [...text.matchAll(/"pattern": "(\^[^"]*\[12\][^"]*)"/g)].map(
    ([, pattern = ""]) => new RegExp(pattern),
  );
  const [date, day] = ["2026-11-26", "09-01"];
  for (const good of [date, day]) expect(patterns.some((pattern) => pattern.test(good))).toBe(true);
  for (const bad of ["2026-13-01", "26-11-2026", "2026-1-1", "1-9"]) {
    expect(patterns.filter((pattern) => pattern.test(bad))).toEqual([]);
  }
  expect(text).toMatch(/"type": "number",\s+"exclusiveMinimum": 0|"exclusiveMinimum": 0,\s+"type": "number"/);
});
