import { z } from "zod";
import { FIELD_ERROR_CODES } from "../catalogue/field-errors.ts";
import { PROBLEM_CODES } from "../catalogue/problems.ts";

/** One place that is not acceptable. The path names the field, never its value: `records[3].hours`. */
export const fieldErrorSchema = z.strictObject({
  path: z.string(),
  code: z.enum(FIELD_ERROR_CODES as [string, ...string[]]),
  message: z.string(),
});

/** RFC 9457 problem details, with a stable code and the id of the request. */
export const problemSchema = z.strictObject({
  type: z.string().meta({ format: "uri-reference" }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(PROBLEM_CODES as unknown as [string, ...string[]]),
  requestId: z.string(),
  errors: z.array(fieldErrorSchema).optional(),
});
