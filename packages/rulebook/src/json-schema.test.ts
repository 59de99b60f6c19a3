import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JSON_SCHEMA_PATH, ruleFileJsonSchema } from "./json-schema.ts";
import { RULES_DIRECTORY } from "./load-rulebook.ts";

test("the published schema is that of the code: run pnpm rules schema", () => {
  expect(readFileSync(join(RULES_DIRECTORY, JSON_SCHEMA_PATH), "utf8")).toBe(ruleFileJsonSchema());
});
