import { HttpProblem } from "../problem/http-problem.ts";

export interface RateLimitOptions {
  /** Sustained requests per second of one key. */
  readonly requestsPerSecond: number;
  /** How many may come at once after a pause. */
  readonly burst: number;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
}

/** Takes one request of a key and gives the headers that tell how many are left; throws `rate_limited`. */
export type RateLimit = (keyId: string) => Readonly<Record<string, string>>;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A token bucket per key, in memory: each process counts for itself. Headers as in
 * draft-ietf-httpapi-ratelimit-headers-10. Only known keys come here, so there are as many buckets as keys.
 */
export function rateLimit(options: RateLimitOptions): RateLimit {
  const { requestsPerSecond, burst, clock } = options;
  const windowSeconds = Math.max(1, Math.ceil(burst / requestsPerSecond));
  const policy = `"key";q=${burst};w=${windowSeconds}`;
  const buckets = new Map<string, Bucket>();

  return (keyId) => {
    const nowMs = clock();
    const bucket = buckets.get(keyId) ?? { tokens: burst, atMs: nowMs };
    const elapsedSeconds = Math.max(0, nowMs - bucket.atMs) / 1000;
    bucket.tokens = Math.min(burst, bucket.tokens + elapsedSeconds * requestsPerSecond);
    bucket.atMs = nowMs;
    buckets.set(keyId, bucket);
    if (bucket.tokens < 1) {
      const seconds = String(Math.max(1, Math.ceil((1 - bucket.tokens) / requestsPerSecond)));
      throw new HttpProblem("rate_limited", {
        headers: { "RateLimit-Policy": policy, RateLimit: `"key";r=0;t=${seconds}`, "Retry-After": seconds },
      });
    }
    bucket.tokens -= 1;
    const resetSeconds = Math.ceil((burst - bucket.tokens) / requestsPerSecond);
    return {
      "RateLimit-Policy": policy,
      RateLimit: `"key";r=${Math.floor(bucket.tokens)};t=${resetSeconds}`,
    };
  };
}
