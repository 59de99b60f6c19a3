import type { Language } from "../language.ts";
import { type WithdrawalRequest, withdrawalRequestSchema } from "../schemas/record.ts";
import { type Parsed, parseBody } from "./parse-body.ts";

/** The reason of a withdrawal, from the body where there is one and from the query otherwise. */
export function parseWithdrawal(
  body: WithdrawalRequest | undefined,
  query: { readonly reason?: string | undefined; readonly updateTime?: string | undefined },
  language: Language,
): Parsed<WithdrawalRequest> {
  return body === undefined ? parseBody(withdrawalRequestSchema, query, language) : { ok: true, value: body };
}
