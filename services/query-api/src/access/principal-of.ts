import { PRINCIPAL_KINDS, SCOPES_BY_KIND } from "@xueshi/contracts";
import type { ApiKeyRow } from "@xueshi/database";
import type { Principal } from "@xueshi/http";

/**
 * The holder of a stored key, with no scope that its kind cannot have: a source's key never checks people, whatever was
 * written beside it. Null for no key, and for a kind that this version does not know.
 */
export function principalOf(row: ApiKeyRow | null): Principal | null {
  const kind = PRINCIPAL_KINDS.find((known) => known === row?.kind);
  if (row === null || kind === undefined) return null;
  const scopes = SCOPES_BY_KIND[kind].filter((scope) => row.scopes.includes(scope));
  return { keyId: row.keyId, kind, name: row.name, scopes };
}
