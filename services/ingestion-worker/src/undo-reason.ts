import { type Language, parseUndo, type UndoRequest } from "@xueshi/contracts";
import { HttpProblem } from "@xueshi/http";

/** Why a decision is taken back. Throws `validation_failed` where nothing says so. */
export function undoReason(
  body: UndoRequest | undefined,
  query: { readonly reason?: string | undefined },
  language: Language,
): string {
  const parsed = parseUndo(body, query, language);
  if (!parsed.ok) throw new HttpProblem("validation_failed", { errors: parsed.errors });
  return parsed.value.reason;
}
