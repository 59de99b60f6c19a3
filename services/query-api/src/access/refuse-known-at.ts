import { type FieldError, fieldError, formatInstant, type Language } from "@xueshi/contracts";
import { HttpProblem } from "@xueshi/http";

/** The fault of a known time that has not come yet, or null: nobody knows what will be in the ledger then. */
export function knownAtFault(knownAtMs: number, nowMs: number, language: Language): FieldError | null {
  if (knownAtMs <= nowMs) return null;
  return fieldError("knownAt", "too_large", language, { maximum: formatInstant(nowMs) });
}

/** Throws `validation_failed` for a known time that has not come yet. */
export function refuseKnownAt(
  knownAtMs: number,
  call: { readonly receivedAtMs: number; readonly language: Language },
): void {
  const fault = knownAtFault(knownAtMs, call.receivedAtMs, call.language);
  if (fault !== null) throw new HttpProblem("validation_failed", { errors: [fault] });
}
