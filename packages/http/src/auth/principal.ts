import type { PrincipalKind, Scope } from "@xueshi/contracts";

/** Who calls: the holder of an API key. */
export interface Principal {
  /** Public id of the key, for logs. */
  readonly keyId: string;
  readonly kind: PrincipalKind;
  /** The source or declaration system that the key is bound to, or the operator's name. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Finds a key by its SHA-256 (hex); null when it is unknown or revoked. */
export type LookupPrincipal = (keyHash: string) => Promise<Principal | null>;
