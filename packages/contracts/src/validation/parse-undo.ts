import type { Language } from "../language.ts";
import { type UndoRequest, undoRequestSchema } from "../schemas/undo.ts";
import { type Parsed, parseBody } from "./parse-body.ts";

/** Why a decision is taken back, from the body where there is one and from the query otherwise. */
export function parseUndo(
  body: UndoRequest | undefined,
  query: { readonly reason?: string | undefined },
  language: Language,
): Parsed<UndoRequest> {
  return body === undefined ? parseBody(undoRequestSchema, query, language) : { ok: true, value: body };
}
