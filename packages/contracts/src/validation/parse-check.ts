import type { z } from "zod";
import type { Language } from "../language.ts";
import { reference } from "../schemas/primitives.ts";
import { type Parsed, parseBody } from "./parse-body.ts";

/**
 * Reads one check of a batch by the schema of single checks. `id` is the caller's reference even when the rest could not
 * be read, so that the answer finds its question; null when there is none or it is no reference.
 */
export function parseCheck<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  language: Language,
): { readonly id: string | null; readonly check: Parsed<z.output<Schema>> } {
  return { id: referenceOf(value), check: parseBody(schema, value, language) };
}

function referenceOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "id")) return null;
  const parsed = reference.safeParse((value as { id: unknown }).id);
  return parsed.success ? parsed.data : null;
}
