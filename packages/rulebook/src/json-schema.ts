import { z } from "zod";
import { ruleFileSchema } from "./rule-file-schema.ts";

/** Where the JSON Schema of rule files stands, below the rules folder. */
export const JSON_SCHEMA_PATH = "rule-file.schema.json";

/**
 * The JSON Schema (draft 2020-12) of rule files as they are written, by which editors complete and mark mistakes of shape.
 * Not in it: decimals of hours, days that a month does not have, closed lists, and all that is checked between values.
 */
export function ruleFileJsonSchema(): string {
  const schema = z.toJSONSchema(ruleFileSchema, { io: "input", target: "draft-2020-12", reused: "ref" });
  return `${JSON.stringify({ title: "xueshi rule file", ...schema }, null, 2)}\n`;
}
