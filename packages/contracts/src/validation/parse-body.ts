import type { z } from "zod";
import type { Language } from "../language.ts";
import { type FieldError, fieldErrors } from "./field-errors.ts";

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Parses what came over the wire; on failure every field at fault is named, in the caller's language. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  language: Language,
): Parsed<z.output<Schema>> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, errors: fieldErrors(parsed.error.issues, language) };
}
