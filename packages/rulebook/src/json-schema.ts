import { z } from "zod";
import { ruleFileSchema } from "./rule-file-schema.ts";

/** Where the JSON Schema of rule files stands, below the rules folder. */
export const JSON_SCHEMA_PATH = "rule-file.schema.json";

/**
 * The JSON Schema (draft 2020-12) of rule files as they are written, for completion in editors. What is checked between
 * values (overlaps, rows that never answer, closed lists) is not in it.
 */
export function ruleFileJsonSchema(): string {
  const schema = z.toJSONSchema(ruleFileSchema, { io: "input", target: "draft-2020-12", reused: "ref" });
  return `${JSON.stringify({ title: "xueshi rule file", ...schema }, null, 2)}\n`;
}
