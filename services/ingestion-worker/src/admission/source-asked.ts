import { fieldError, type Language } from "@xueshi/contracts";
import { HttpProblem } from "@xueshi/http";

/** Whose records are asked for: a source sees its own, an operator says whose. Throws `validation_failed`. */
export function sourceAsked(
  principal: { readonly kind: string; readonly name: string },
  asked: string | undefined,
  language: Language,
): string {
  if (principal.kind === "source") return principal.name;
  if (asked !== undefined) return asked;
  throw new HttpProblem("validation_failed", { errors: [fieldError("source", "required", language)] });
}
