import { uuidFromDigest } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";

/** Names a request by who sent it, to which operation, under which Idempotency-Key. */
export function requestKeyOf(source: string, operation: string, idempotencyKey: string): string {
  return uuidFromDigest(sha256Hex(`request\u0000${source}\u0000${operation}\u0000${idempotencyKey}`));
}
