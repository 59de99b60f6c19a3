import type { Scope } from "@xueshi/contracts";
import { HttpProblem } from "../problem/http-problem.ts";
import type { Principal } from "./principal.ts";

/** Throws `scope_missing` (RFC 6750, 3.1: insufficient_scope) unless the principal holds the scope. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.includes(scope)) return;
  const challenge = `Bearer realm="xueshi", error="insufficient_scope", scope="${scope}"`;
  throw new HttpProblem("scope_missing", { headers: { "WWW-Authenticate": challenge } });
}
