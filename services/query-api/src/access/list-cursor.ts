import { decodeCursor, fieldError, type Language } from "@xueshi/contracts";
import { HttpProblem } from "@xueshi/http";
import type { z } from "zod";

/** Where a list goes on, or null at its beginning. Throws `validation_failed` for a cursor that is not of this list. */
export function readListCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  position: Schema,
  language: Language,
): z.output<Schema> | null {
  if (cursor === undefined) return null;
  const decoded = decodeCursor(cursor, position);
  if (decoded === null) throw cursorInvalid(language);
  return decoded;
}

export function cursorInvalid(language: Language): HttpProblem {
  return new HttpProblem("validation_failed", { errors: [fieldError("cursor", "cursor_invalid", language)] });
}
