import { VERDICT_FORMAT } from "@xueshi/domain";
import { z } from "zod";
import { verdictResponseSchema } from "./verdict.ts";

/** Where the JSON Schema of answers stands, below this package: one file per format, and old ones stay. */
export const VERDICT_SCHEMA_PATH = `verdict-${VERDICT_FORMAT}.schema.json`;

/** The JSON Schema (draft 2020-12) of an answer and its explanation, in the format that `cut.format` names. */
export function verdictJsonSchema(): string {
  const schema = z.toJSONSchema(verdictResponseSchema, { io: "output", target: "draft-2020-12" });
  const title = `xueshi verdict, format ${VERDICT_FORMAT}`;
  return `${JSON.stringify({ $id: `urn:xueshi:verdict:${VERDICT_FORMAT}`, title, ...schema }, null, 2)}\n`;
}
