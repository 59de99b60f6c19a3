import { HttpProblem } from "../problem/http-problem.ts";
import { hashApiKey, isApiKey } from "./api-key.ts";
import type { LookupPrincipal, Principal } from "./principal.ts";

export interface AuthenticateOptions {
  readonly lookup: LookupPrincipal;
  /** How long an answer of `lookup` holds, ms: a revoked key dies within this time. Default 5,000. */
  readonly cacheMs?: number;
  /** How many keys are remembered at most. Default 10,000. */
  readonly cachedKeysMax?: number;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
}

/** Reads an Authorization header: the principal at once when its key is remembered, else after a lookup. */
export type Authenticate = (authorization: string | undefined) => Principal | Promise<Principal>;

const CHALLENGE = 'Bearer realm="xueshi"';
const UNKNOWN_CACHE_MS_MAX = 1_000;

interface Remembered {
  readonly principal: Principal | null;
  readonly untilMs: number;
}

/**
 * Checks bearer API keys (RFC 6750). A lookup under way is shared by all requests with the same key; unknown keys are
 * remembered for a second at most, so that a new key works soon.
 * Throws `credentials_missing`, `credentials_invalid`, or `service_unavailable` when the lookup fails.
 */
export function authenticate(options: AuthenticateOptions): Authenticate {
  const { lookup, clock, cacheMs = 5_000, cachedKeysMax = 10_000 } = options;
  const remembered = new Map<string, Remembered>();
  const underway = new Map<string, Promise<Principal>>();

  async function look(keyHash: string): Promise<Principal> {
    const askedAtMs = clock();
    let principal: Principal | null;
    try {
      principal = await lookup(keyHash);
    } catch (cause) {
      throw new HttpProblem("service_unavailable", { cause, headers: { "Retry-After": "1" } });
    } finally {
      underway.delete(keyHash);
    }
    const holdsMs = principal === null ? Math.min(cacheMs, UNKNOWN_CACHE_MS_MAX) : cacheMs;
    remembered.delete(keyHash);
    if (remembered.size >= cachedKeysMax) remembered.delete(remembered.keys().next().value ?? "");
    remembered.set(keyHash, { principal, untilMs: askedAtMs + holdsMs });
    return accepted(principal);
  }

  return (authorization) => {
    const keyHash = hashApiKey(bearerKey(authorization));
    const known = remembered.get(keyHash);
    if (known !== undefined && clock() < known.untilMs) return accepted(known.principal);
    let pending = underway.get(keyHash);
    if (pending === undefined) {
      pending = look(keyHash);
      underway.set(keyHash, pending);
    }
    return pending;
  };
}

function accepted(principal: Principal | null): Principal {
  if (principal === null) throw invalid();
  return principal;
}

function invalid(): HttpProblem {
  const challenge = `${CHALLENGE}, error="invalid_token"`;
  return new HttpProblem("credentials_invalid", { headers: { "WWW-Authenticate": challenge } });
}

function bearerKey(authorization: string | undefined): string {
  if (authorization === undefined || authorization === "") {
    throw new HttpProblem("credentials_missing", { headers: { "WWW-Authenticate": CHALLENGE } });
  }
  const key = authorization.slice(7).trim();
  if (authorization.slice(0, 7).toLowerCase() !== "bearer " || !isApiKey(key)) throw invalid();
  return key;
}
