import { fieldError, type Language } from "@xueshi/contracts";
import { HttpProblem } from "../problem/http-problem.ts";

const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** The Idempotency-Key of a request, or null. Throws `validation_failed` for one that is empty, too long or not visible ASCII. */
export function readIdempotencyKey(header: string | undefined, language: Language): string | null {
  if (header === undefined) return null;
  if (KEY_PATTERN.test(header)) return header;
  throw new HttpProblem("validation_failed", { errors: [fieldError("Idempotency-Key", "format_wrong", language)] });
}
