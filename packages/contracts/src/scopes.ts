/** What a key may do. Closed list: every route names one of these or is public. */
export const SCOPES = [
  "records:write",
  "batches:read",
  "checks:write",
  "verdicts:read",
  "practitioners:read",
  "practitioners:export",
  "reviews:read",
  "reviews:write",
  "quarantine:read",
  "quarantine:write",
  "pulls:read",
  "pulls:write",
  "platforms:read",
  "summaries:read",
  "checkpoints:read",
  "checkpoints:write",
  "feed:read",
  "corrections:read",
  "corrections:write",
  "erasures:read",
  "erasures:write",
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who holds a key: a source that pushes records, a declaration system that asks, or an operator. */
export const PRINCIPAL_KINDS = ["source", "declaration-system", "operator"] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** What a new key of each kind is given unless fewer are asked for. */
export const SCOPES_BY_KIND: Readonly<Record<PrincipalKind, readonly Scope[]>> = {
  source: ["records:write", "batches:read", "feed:read"],
  "declaration-system": ["checks:write", "verdicts:read", "practitioners:read", "checkpoints:read", "feed:read"],
  operator: [
    "batches:read",
    "verdicts:read",
    "practitioners:read",
    "practitioners:export",
    "reviews:read",
    "reviews:write",
    "quarantine:read",
    "quarantine:write",
    "pulls:read",
    "pulls:write",
    "platforms:read",
    "summaries:read",
    "checkpoints:read",
    "checkpoints:write",
    "feed:read",
    "corrections:read",
    "corrections:write",
    "erasures:read",
    "erasures:write",
  ],
};
