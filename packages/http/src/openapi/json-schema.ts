import { z } from "zod";

/**
 * The JSON Schema (2020-12, which OpenAPI 3.1 uses) of a zod schema, as it is sent (`input`) or answered (`output`).
 * What a transform makes of an input never shows on the wire, so it is left open.
 */
export function jsonSchema(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  return rest;
}
