import { fieldError, type Language } from "@xueshi/contracts";
import { HttpProblem } from "@xueshi/http";

/** A cursor that this list did not give out. */
export function cursorProblem(language: Language): HttpProblem {
  return new HttpProblem("validation_failed", { errors: [fieldError("cursor", "cursor_invalid", language)] });
}
