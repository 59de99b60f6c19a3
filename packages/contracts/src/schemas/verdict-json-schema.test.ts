import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VERDICT_SCHEMA_PATH, verdictJsonSchema } from "./verdict-json-schema.ts";

test("the published schema is that of the code: run pnpm rules schema", () => {
  const path = join(import.meta.dirname, "../..", VERDICT_SCHEMA_PATH);
  expect(readFileSync(path, "utf8")).toBe(verdictJsonSchema());
});
